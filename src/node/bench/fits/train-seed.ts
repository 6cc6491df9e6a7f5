/** Trains one seed of a row with compiled steps, which give the same bits on every machine, and tests it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCompute } from '#host/compute.ts';
import type { DataSet } from '#core/data-set.ts';
import { ModelRun } from '#train/runs/model.ts';
import { provenance } from '../results/provenance.ts';
import { keyOf, type FitRecord } from './records.ts';
import { fitOf, nameOf, type FitExperiment } from './suite.ts';

/** Milliseconds of training between two looks at signals. */
const SLICE = 200;

/** The record; undefined if `stopped` became true before the last epoch. */
export async function trainSeed(
  experiment: FitExperiment,
  seed: number,
  { data, stopped }: { readonly data: DataSet; readonly stopped: () => boolean },
): Promise<FitRecord | undefined> {
  const setup = fitOf(experiment, seed);
  // One thread, since CPU times are compared.
  using compute = await createCompute('simd', { threads: 1 });
  const run = await ModelRun.create(setup, data, compute);
  try {
    const started = performance.now();
    const startedCpu = process.cpuUsage();
    while (!run.finished) {
      if (stopped()) return undefined;
      const end = performance.now() + SLICE;
      await run.advance(() => run.finished || performance.now() >= end);
      await nextTurn();
    }
    const seconds = (performance.now() - started) / 1000;
    const cpu = process.cpuUsage(startedCpu);
    const scores = await run.evaluate('test');
    if (scores.kind !== 'classes') throw new Error(`${nameOf(experiment)}: expected classes to tell apart`);
    const { count, accuracy, loss, calibrationError } = scores;
    return {
      experiment: nameOf(experiment),
      key: keyOf(experiment),
      seed,
      epochs: run.epoch,
      examples: run.progress,
      test: { count, accuracy, loss, calibrationError },
      seconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      backend: compute.label,
      request: { ...setup.request },
      provenance: provenance(),
    };
  } finally {
    run.dispose();
  }
}
