/** Trains one seed of an experiment with compiled steps, which give the same bits on every machine. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCompute } from '#host/compute.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import { keyOf, type CurvePoint, type Provenance, type SeedRecord } from './record.ts';
import { writeLog } from './seed-log.ts';
import { nameOf, runOf, type Experiment } from './suite.ts';
import { timeSplit } from './time-split.ts';

/** Episodes of the mean training return. */
const RECENT = 100;
/** Points of the learning curve. */
const POINTS = 50;
/** Milliseconds of training between two looks at signals and messages. */
const SLICE = 200;

/** `logs`: the folder in which the seed's episodes and metrics are written, if they are. */
export async function trainSeed(
  experiment: Experiment,
  seed: number,
  provenance: Provenance,
  logs?: string,
): Promise<SeedRecord> {
  const run = runOf(experiment, seed);
  // One thread, since seeds are trained in parallel and their CPU time is compared.
  using compute = await createCompute('simd', { threads: 1 });
  const trainer = await createRun(run, compute);
  try {
    const { curve, seconds, cpuSeconds } = await advance(trainer, trainer.progressAfter(experiment.steps));
    const { recorder } = trainer;
    const { mean, std } = trainer.evaluate({ episodes: experiment.episodes, seed });
    const training = {
      mean: recorder.recentReturn(RECENT) ?? null,
      episodes: Math.min(RECENT, recorder.episodes),
      curve,
    };
    const { progress } = trainer;
    if (logs !== undefined) writeLog(logs, { experiment: nameOf(experiment), seed }, recorder);
    // Last, since it trains on; a run that diverges after its end has been trained all the same.
    const split = await timeSplit(trainer).catch(() => undefined);
    return {
      experiment: nameOf(experiment),
      key: keyOf(experiment),
      seed,
      steps: progress,
      training,
      greedy: { mean, std, episodes: experiment.episodes },
      seconds,
      cpuSeconds,
      ...(split && { split }),
      backend: compute.label,
      request: run.request,
      provenance,
    };
  } finally {
    trainer.dispose();
  }
}

async function advance(
  trainer: Run,
  steps: number,
): Promise<Pick<SeedRecord, 'seconds' | 'cpuSeconds'> & { readonly curve: readonly CurvePoint[] }> {
  const curve: CurvePoint[] = [];
  const started = performance.now();
  const startedCpu = process.cpuUsage();
  for (let point = 1; point <= POINTS; point++) {
    const goal = Math.round((steps * point) / POINTS);
    while (trainer.progress < goal) {
      const end = performance.now() + SLICE;
      await trainer.advance(() => trainer.progress >= goal || performance.now() >= end);
      await nextTurn();
    }
    const mean = trainer.recorder.recentReturn(RECENT);
    const seconds = (performance.now() - started) / 1000;
    if (mean !== undefined)
      curve.push([trainer.progress, Number(mean.toFixed(4)), Number(seconds.toFixed(3))]);
  }
  const cpu = process.cpuUsage(startedCpu);
  return {
    curve,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}
