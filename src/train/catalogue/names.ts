/** Finding things by name, and keeping what is wrong until all of it can be said. */
import { InputError, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';

/** The entry with this id; else an `InputError` that lists the near ones. */
export function byId<T extends { readonly id: string }>(list: readonly T[], id: string, field: string): T {
  const found = list.find((entry) => entry.id === id);
  if (found) return found;
  const names = list.map((entry) => entry.id);
  throw new InputError([{ field, expected: known(id, names), got: show(id) }]);
}

/** The value, or undefined with its problems kept: so that one message names all wrong fields. */
export function collect<T>(problems: Problem[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
