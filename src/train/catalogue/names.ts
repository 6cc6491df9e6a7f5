/** Finds definitions by id, and collects problems so that one error reports them all. */
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';

/** The entry with this id; else an `InputError` that suggests similar ones, or the command `all` that lists them. */
export function byId<T extends { readonly id: string }>(
  list: readonly T[],
  id: string,
  { field, all }: { readonly field: string; readonly all: string },
): T {
  if (typeof id !== 'string') throw refusal(field, 'an id', show(id));
  const found = list.find((entry) => entry.id === id);
  if (found) return found;
  const names = list.map((entry) => entry.id);
  throw refusal(field, known(id, names, all), show(id));
}

/** Puts a user's definition into a list, in the place of one with its id. Throws an `InputError` if the id is the project's. */
export function list<T extends { readonly id: string }>(
  listed: T[],
  project: readonly T[],
  definition: T,
  field: string,
): void {
  const { id } = definition;
  if (typeof id !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    throw refusal(`${field}.id`, 'lower case with hyphens', show(id));
  if (project.some((other) => other.id === id && other !== definition))
    throw refusal(`${field}.id`, 'an id of its own', `${show(id)}, which comes with Ludus`);
  const place = listed.findIndex((other) => other.id === id);
  listed.splice(place < 0 ? listed.length : place, 1, definition);
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
