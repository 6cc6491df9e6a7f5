/** Which lessons are done and which is open, kept by the browser between visits where it allows that. */
import { LESSONS, type LessonId } from './lessons.ts';

export interface Progress {
  readonly open: LessonId;
  readonly done: readonly LessonId[];
}

/** What is needed of a browser's storage. */
export type Kept = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'ludus.tour';
const START: Progress = { open: LESSONS[0], done: [] };

/** Anything that is not a progress, such as that of another version, counts as none. */
export function readProgress(storage: () => Kept): Progress {
  try {
    const kept: unknown = JSON.parse(storage().getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return START;
    const { open, done } = kept as { readonly open?: unknown; readonly done?: unknown };
    return {
      open: LESSONS.find((id) => id === open) ?? START.open,
      done: Array.isArray(done) ? LESSONS.filter((id) => done.includes(id)) : [],
    };
  } catch {
    return START;
  }
}

/** Does nothing where the browser keeps nothing: in private windows, or when it is full. */
export function keepProgress(storage: () => Kept, progress: Progress): void {
  try {
    storage().setItem(KEY, JSON.stringify(progress));
  } catch {
    // The tour works without.
  }
}
