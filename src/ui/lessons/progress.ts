/** How far the learner has got in the lessons of the arena. */
import { signal } from '@preact/signals';
import { keepProgress, readProgress } from '../state/progress.ts';
import { LESSONS, type LessonId } from './names.ts';

const KEY = 'ludus.lessons';

export const progress = signal(readProgress(KEY, LESSONS));

/** The step at which a lesson goes on; one that is done begins anew. */
export function stepOf(id: LessonId, count: number): number {
  const step = progress.peek().steps[id] ?? 0;
  return step < count ? step : 0;
}

export function reach(id: LessonId, step: number): void {
  const { value: before } = progress;
  keepAll({ ...before, open: id, steps: { ...before.steps, [id]: step } });
}

export function finish(id: LessonId): void {
  const { done, steps } = progress.value;
  keepAll({
    open: id,
    done: LESSONS.filter((each) => each === id || done.includes(each)),
    steps: { ...steps, [id]: 0 },
  });
}

function keepAll(next: (typeof progress)['value']): void {
  progress.value = next;
  keepProgress(KEY, next);
}
