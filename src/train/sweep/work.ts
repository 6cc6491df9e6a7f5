/**
 * Runs a job: goes on from the furthest state of its run that is kept, trains to its end, evaluates. The same job gives the same
 * result whether it goes on or begins anew, since going on equals never having stopped.
 */
import { DivergenceError } from '#core/divergence.ts';
import { InputError, messageOf } from '#core/errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoints/checkpoint.ts';
import { stateOf, type Job, type JobResult, type Leg } from './job.ts';
import { createTrainee, type Means, type Trainee } from './trainees.ts';

/** Where states are kept, by what they depend on (`stateOf`). */
export interface States {
  load(state: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  save(state: string, checkpoint: Uint8Array<ArrayBuffer>): Promise<void>;
  drop(state: string): Promise<void>;
}

export interface WorkOptions extends Means {
  readonly states: States;
  /** Milliseconds, from any origin. */
  readonly now: () => number;
  /** Asked often; once true, the job's state is kept and there is no result. */
  readonly stopped: () => boolean;
  /** Lets the thread read its messages. */
  readonly breathe: () => Promise<void>;
  /** Called with the env steps or epochs done, now and then. */
  readonly progress?: (steps: number) => void;
}

/** Milliseconds of training between two looks at whether to stop, and between two states that are kept. */
const SLICE = 100;
const KEEP_EVERY = 30_000;

/** The result of a job, or undefined if it was stopped. */
export async function runJob(job: Job, options: WorkOptions): Promise<JobResult | undefined> {
  try {
    const trainee = await createTrainee(job, options);
    try {
      return await train(trainee, job, options);
    } finally {
      trainee.run.dispose();
    }
  } catch (error) {
    if (error instanceof DivergenceError || error instanceof InputError)
      return { kind: 'failed', reason: messageOf(error) };
    throw error;
  }
}

async function train(trainee: Trainee, job: Job, options: WorkOptions): Promise<JobResult | undefined> {
  const { now, states } = options;
  const started = now();
  for (let leg = await resume(trainee, job, states); leg < job.legs.length; leg++) {
    if (!(await advance(trainee, { job, leg }, options))) return undefined;
    if (leg < job.legs.length - 1) tune(trainee, job.legs[leg + 1]);
  }
  const result = await trainee.measure();
  return result.kind === 'failed' ? result : { ...result, seconds: (now() - started) / 1000 };
}

/** Restores the furthest state that is kept; the leg that is next, which is one past the last if only the score is missing. */
async function resume(trainee: Trainee, job: Job, states: States): Promise<number> {
  for (let legs = job.legs.length; legs > 0; legs--) {
    if (await restore(trainee, await states.load(stateOf(upTo(job, legs))))) {
      if (legs < job.legs.length) tune(trainee, job.legs[legs]);
      return legs;
    }
    if (await restore(trainee, await states.load(withinLeg(upTo(job, legs))))) return legs - 1;
  }
  tune(trainee, job.legs[0]);
  return 0;
}

/** Trains to the end of a leg and keeps its state there if somebody may go on from it; false if it was stopped before. */
async function advance(
  trainee: Trainee,
  { job, leg }: { readonly job: Job; readonly leg: number },
  { now, states, stopped, breathe, progress }: WorkOptions,
): Promise<boolean> {
  const { run } = trainee;
  const { until } = job.legs[leg];
  const own = upTo(job, leg + 1);
  let kept = now();
  while (!trainee.isAt(until)) {
    const end = now() + SLICE;
    await run.advance(() => trainee.isAt(until) || now() >= end);
    progress?.(trainee.steps);
    await breathe();
    const isStopped = stopped();
    if (!trainee.isAt(until) && (isStopped || now() - kept > KEEP_EVERY)) {
      await states.save(withinLeg(own), await encodeCheckpoint(await trainee.saved()));
      kept = now();
      if (isStopped) return false;
    }
  }
  // A leg before the last was the end of another job, or will be.
  if (job.keep) await states.save(stateOf(own), await encodeCheckpoint(await trainee.saved()));
  await states.drop(withinLeg(own));
  return true;
}

function upTo(job: Job, legs: number): Job {
  return { ...job, legs: job.legs.slice(0, legs) };
}

/** The name of a state before the end of the last leg. */
function withinLeg(job: Job): string {
  return `within ${stateOf(job)}`;
}

function tune(trainee: Trainee, { tune: values = {} }: Leg): void {
  for (const [field, value] of Object.entries(values)) trainee.tune(field, value);
}

/** False where there is none, or one that is damaged, which is as good as none. */
async function restore({ run }: Trainee, checkpoint: Uint8Array<ArrayBuffer> | undefined): Promise<boolean> {
  if (!checkpoint) return false;
  try {
    const { state } = await decodeCheckpoint(checkpoint);
    await run.restore(state);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
