/** A run with its backend, as users of the package train it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Compute } from '#compile/step.ts';
import { createCompute, type ComputeChoice } from '#host/compute.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { createRun } from '#train/runs/create.ts';
import type { Evaluation } from '#train/runs/evaluate.ts';
import type { EvaluationRequest, Run } from '#train/runs/run.ts';
import { known } from './own.ts';
import type { Request } from './train.ts';

/** What runs the steps. */
export interface ComputeRequest {
  /** Default `simd`: compiled, with the same bits on every machine. */
  readonly backend?: ComputeChoice;
  /** Threads of large compiled steps, which change no bits. Default: 1. */
  readonly threads?: number;
}

export type TrainingRequest = Request & ComputeRequest;

export interface AdvanceOptions {
  /** Ends training early; what was learned stays. */
  readonly signal?: AbortSignal;
  /** Called about ten times per second. */
  readonly onProgress?: (run: Run) => void;
}

/** Milliseconds of training before other tasks of the process get their turn. */
const SLICE = 100;

/** A run that is being trained. Disposing frees what it holds; `using` does that by itself. */
export class Training implements Disposable {
  /** The run: its progress, record, agent and scene. */
  readonly run: Run;
  private readonly compute: Compute & Disposable;

  /** Use `startTraining` or `resumeTraining`. */
  constructor(run: Run, compute: Compute & Disposable) {
    this.run = run;
    this.compute = compute;
  }

  /** The complete request, with every setting written out. */
  get setup(): RunSetup {
    return this.run.setup;
  }

  /**
   * Trains until the run has `steps` training steps in total: env steps over all environments; of behaviour cloning, gradient
   * steps. Throws a `DivergenceError` if a loss or parameter is no longer a finite number.
   */
  async advance(steps: number, { signal, onProgress }: AdvanceOptions = {}): Promise<void> {
    const { run } = this;
    const target = run.progressAfter(steps);
    const isOver = (): boolean => run.finished || run.progress >= target || signal?.aborted === true;
    while (!isOver()) {
      const end = performance.now() + SLICE;
      await run.advance(() => isOver() || performance.now() >= end);
      onProgress?.(run);
      await nextTurn();
    }
  }

  /** Plays whole greedy episodes in fresh worlds; training is not affected. */
  evaluate(options: EvaluationRequest): Evaluation {
    return this.run.evaluate(options);
  }

  /** The run as a `.ludus` file, which the command line and the page open, too. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const { run } = this;
    return encodeCheckpoint({ ...run.subject, steps: run.progress, state: await run.snapshot() });
  }

  [Symbol.dispose](): void {
    this.run.dispose();
    this.compute[Symbol.dispose]();
  }
}

/** Creates the run that a request describes. Throws an `InputError` like `resolveRequest`. */
export async function startTraining(request: TrainingRequest): Promise<Training> {
  const { backend, threads, ...described } = request;
  return start(resolveRun(known(described)), { backend, threads });
}

/** The run of a `.ludus` file, which goes on to the same bits as if it had never stopped. Own worlds and agents have to be registered. */
export async function resumeTraining(
  file: Uint8Array<ArrayBuffer>,
  compute: ComputeRequest = {},
): Promise<Training> {
  const { request, state } = asRun(await decodeCheckpoint(file));
  const training = await start(resolveRun(request), compute);
  try {
    await training.run.restore(state);
    return training;
  } catch (error) {
    training[Symbol.dispose]();
    throw error;
  }
}

async function start(
  setup: RunSetup,
  { backend = 'simd', threads = 1 }: { backend?: ComputeChoice | undefined; threads?: number | undefined },
): Promise<Training> {
  const compute = await createCompute(backend, { threads });
  try {
    return new Training(await createRun(setup, compute), compute);
  } catch (error) {
    compute[Symbol.dispose]();
    throw error;
  }
}
