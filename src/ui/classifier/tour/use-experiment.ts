/** Runs an experiment of a component and says whether it is at it. */
import { useEffect, useState } from 'preact/hooks';
import type { Bench } from './bench.ts';

export interface Running {
  readonly busy: boolean;
  run(experiment: (still: () => void) => Promise<void>): void;
}

export function useExperiment(bench: Bench): Running {
  const [busy, setBusy] = useState(false);
  // What a lesson trains ends when it is left.
  useEffect(() => () => bench.stop(), [bench]);
  const run = (experiment: (still: () => void) => Promise<void>): void => {
    setBusy(true);
    void bench.fit.worker.attempt(() => bench.run(experiment)).finally(() => setBusy(false));
  };
  return { busy, run };
}
