/** Goes on to the end of an epoch, in slices, so that other commands take their turn. */
import type { ModelRun } from '#train/runs/model.ts';
import type { Exclusive } from '../exclusive.ts';

/** Milliseconds of work between two checks for messages. */
const SLICE = 10;

interface Steps {
  /** Whether another command has ended it. */
  readonly isEnded: () => boolean;
  readonly now: () => number;
  readonly step: () => Promise<void>;
  /** After every slice. */
  readonly report: () => void;
  /** Slices and commands take turns. */
  readonly exclusive: Exclusive;
  readonly giveWay: () => Promise<void>;
}

/** Steps until the epoch is over and measured. */
export async function finishEpoch(run: ModelRun, { isEnded, now, step, ...rest }: Steps): Promise<void> {
  const { epoch } = run;
  const isOver = (): boolean => isEnded() || run.finished || (run.epoch > epoch && !run.isMeasuring);
  while (!isOver()) {
    await rest.exclusive(async () => {
      const begin = now();
      while (!isOver() && now() - begin < SLICE) await step();
      rest.report();
    });
    await rest.giveWay();
  }
}
