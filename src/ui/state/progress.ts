/** Which of a room's lessons are done, which was opened last and how far each one got, kept by the browser where it allows that. */
import { keep, readKept, type Kept } from './kept.ts';

export interface Progress<Id extends string> {
  readonly open: Id;
  readonly done: readonly Id[];
  /** Number of the step at which a lesson was left. */
  readonly steps: Readonly<Partial<Record<string, number>>>;
}

/** Anything that is not a progress, such as that of another version, counts as none. */
export function readProgress<Id extends string>(
  key: string,
  ids: readonly [Id, ...Id[]],
  storage?: () => Kept,
): Progress<Id> {
  const none: Progress<Id> = { open: ids[0], done: [], steps: {} };
  try {
    const kept: unknown = JSON.parse(readKept(key, storage) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return none;
    const { open, done, steps } = kept as Readonly<Record<keyof Progress<Id>, unknown>>;
    return {
      open: ids.find((id) => id === open) ?? none.open,
      done: Array.isArray(done) ? ids.filter((id) => done.includes(id)) : [],
      steps: stepsOf(ids, steps),
    };
  } catch {
    return none;
  }
}

export function keepProgress<Id extends string>(
  key: string,
  progress: Progress<Id>,
  storage?: () => Kept,
): void {
  keep(key, JSON.stringify(progress), storage);
}

function stepsOf(ids: readonly string[], kept: unknown): Progress<string>['steps'] {
  if (typeof kept !== 'object' || kept === null) return {};
  const isStep = ([id, step]: readonly [string, unknown]): boolean =>
    ids.includes(id) && Number.isInteger(step) && Number(step) >= 0;
  return Object.fromEntries(Object.entries(kept).filter(isStep));
}
