/** Which lessons are done and which is open, kept by the browser between visits where it allows that. */
import { keep, readKept, type Kept } from '../../state/kept.ts';
import { LESSONS, type LessonId } from './lessons.ts';

export interface Progress {
  readonly open: LessonId;
  readonly done: readonly LessonId[];
}

const KEY = 'ludus.tour';
const START: Progress = { open: LESSONS[0], done: [] };

/** Anything that is not a progress, such as that of another version, counts as none. */
export function readProgress(storage: () => Kept): Progress {
  try {
    const kept: unknown = JSON.parse(readKept(KEY, storage) ?? 'null');
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

export function keepProgress(storage: () => Kept, progress: Progress): void {
  keep(KEY, JSON.stringify(progress), storage);
}
