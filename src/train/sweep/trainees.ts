/** What a job trains, a run or a fit, as far as the work on it has to tell them apart. */
import type { Compute } from '#compile/step.ts';
import type { DataSet } from '#core/data-set.ts';
import { checkFinite } from '#core/divergence.ts';
import { refusal } from '#core/errors.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { resolveFit, type FitSetup } from '../request/resolve-fit.ts';
import { resolveRun } from '../request/resolve.ts';
import { createRun } from '../runs/create.ts';
import { ModelRun } from '../runs/model.ts';
import type { TrainingRun } from '../runs/run.ts';
import type { FitJob, Job, JobResult, RunJob } from './job.ts';

export interface Trainee {
  readonly run: TrainingRun;
  /** Env steps or epochs so far. */
  readonly steps: number;
  /** Whether it has come to this many. */
  isAt(steps: number): boolean;
  /** Changes a live value, by its field in a plan. */
  tune(field: string, value: unknown): void;
  saved(): Promise<Checkpoint>;
  /** What the job is about, the time left out. */
  measure(): Promise<JobResult>;
}

/** Episodes of the mean training return. */
const RECENT = 100;

export interface Means {
  readonly compute: Compute;
  /** The examples of a fit; they may be those of another one with the same settings. */
  readonly data: (setup: FitSetup) => Promise<DataSet>;
}

export function createTrainee(job: Job, means: Means): Promise<Trainee> {
  return job.kind === 'run' ? createRunning(job, means) : createFitted(job, means);
}

async function createRunning(job: RunJob, { compute }: Means): Promise<Trainee> {
  const run = await createRun(resolveRun({ ...job.request, seed: job.seed }), compute, RECENT);
  return {
    run,
    get steps() {
      return run.progress;
    },
    isAt: (steps) => run.progress >= steps,
    tune(field, value) {
      const [part, key] = field.split('.');
      run.tune({ kind: part === 'rewards' ? 'reward' : 'agent', key, value });
    },
    saved: async () => ({ ...run.subject, steps: run.progress, state: await run.snapshot() }),
    measure: async () => ({
      kind: 'done',
      greedy: run.evaluate({ episodes: job.episodes, seed: job.seed }).mean,
      training: run.recorder.recentReturn(RECENT) ?? null,
      ...(!run.recorder.hasMetrics && { updated: false }),
      steps: run.progress,
      seconds: 0,
    }),
  };
}

async function createFitted(job: FitJob, { compute, data }: Means): Promise<Trainee> {
  const setup = resolveFit({ ...job.request, seed: job.seed });
  const run = await ModelRun.create(setup, await data(setup), compute, RECENT);
  const epochs = (): number => run.progress / run.progressAfter(run.split.perEpoch);
  return {
    run,
    get steps() {
      return epochs();
    },
    // What early stopping makes of an epoch is part of it; a fit that it has stopped goes no further.
    isAt: (steps) => run.finished || (epochs() >= steps && !run.isMeasuring),
    tune: (field, value) => void run.tune({ key: field.slice(field.indexOf('.') + 1), value }),
    saved: async () => ({ ...run.subject, steps: run.progress, state: await run.snapshot() }),
    async measure() {
      const { part } = job;
      if (part === 'validation' && run.heldOut.count === 0) {
        const expected = 'a share that holds out an example at least';
        throw refusal('model.validation', expected, String(setup.config['validation']));
      }
      const scores = await run.evaluate(part);
      checkFinite(`the ${part} loss`, scores.loss);
      return {
        kind: 'fitted',
        ...(scores.kind === 'classes' && { accuracy: scores.accuracy }),
        loss: scores.loss,
        steps: epochs(),
        seconds: 0,
      };
    },
  };
}
