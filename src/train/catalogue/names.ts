/** Finds definitions by id, and collects problems so that one error reports them all. */
import { InputError, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';

/** The entry with this id; else an `InputError` that suggests similar ones, or the command `all` that lists them. */
export function byId<T extends { readonly id: string }>(
  list: readonly T[],
  id: string,
  { field, all }: { readonly field: string; readonly all: string },
): T {
  if (typeof id !== 'string') throw new InputError([{ field, expected: 'an id', got: show(id) }]);
  const found = list.find((entry) => entry.id === id);
  if (found) return found;
  const names = list.map((entry) => entry.id);
  throw new InputError([{ field, expected: known(id, names, all), got: show(id) }]);
}

/** The value, or undefined with its problems added to the list. */
export function collect<T>(problems: Problem[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
