/** The settings of a run on several seeds, trained out of sight in a pool of workers, for the same number of steps each. */
import { messageOf } from '#core/errors.ts';
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { WorkerLike } from '#worker/client.ts';
import type { Catalogue, NamedRequest, RunInfo, Setup } from '#worker/protocol.ts';
import { Form } from './form.ts';
import type { Origin, Row, RunRow } from './run-row.ts';
import { asOrigin } from './run-row.ts';
import { GroupCurve, SeedCurve } from './seed-curve.ts';
import { SeedLane } from './seed-lane.ts';

/** Seeds of a group. */
export const SEEDS = 5;

/** One seed of a group. */
export interface SeedRun {
  readonly seed: number;
  readonly curve: SeedCurve;
  readonly progress: Signal<number>;
  /** `waiting` until a worker takes it; `failed` ones are not part of the curve. */
  readonly state: Signal<'waiting' | 'learning' | 'done' | 'failed'>;
  readonly problem: Signal<string | undefined>;
}

interface SeedGroupParts {
  readonly id: number;
  readonly order: number;
  /** The run whose settings are repeated, from its seed on. */
  readonly of: RunRow;
  readonly steps: number;
  readonly spawn: () => WorkerLike;
  readonly catalogue: ReadonlySignal<Catalogue | undefined>;
}

export class SeedGroup implements Row, Disposable {
  readonly kind = 'seeds';
  readonly id: number;
  readonly order: number;
  readonly number: number;
  readonly name: Signal<string>;
  readonly shown = signal(true);
  readonly backend: Setup['backend'];
  readonly unit: RunInfo['unit'];
  readonly request: ReadonlySignal<NamedRequest>;
  readonly form: Form;
  readonly origin: ReadonlySignal<Origin>;
  /** Steps of every seed. */
  readonly steps: number;
  readonly runs: readonly SeedRun[];
  readonly curve: GroupCurve;
  /** Number of changes of the curve. */
  readonly version = signal(0);
  readonly stopped = signal(false);
  readonly done = computed(() => this.runs.filter(({ state }) => state.value === 'done').length);
  readonly failed = computed(() => this.runs.filter(({ state }) => state.value === 'failed').length);
  /** Whether there are seeds left to train. */
  readonly active = computed(() => this.done.value + this.failed.value < this.runs.length);
  private readonly lanes: readonly SeedLane[];

  constructor({ id, order, of, steps, spawn, catalogue }: SeedGroupParts) {
    const request = of.request.peek();
    const first = firstOf(of.form.seed);
    this.id = id;
    this.order = order;
    this.number = of.order;
    this.name = signal(`${of.name.peek()}, ${SEEDS} seeds`);
    this.backend = of.backend;
    this.unit = of.unit;
    this.request = signal({ ...request, seed: first });
    this.form = new Form(catalogue, this.request, signal(of.info.peek()));
    this.origin = signal(asOrigin(of));
    this.steps = steps;
    this.runs = Array.from({ length: SEEDS }, (_, i) => ({
      seed: first + i,
      curve: new SeedCurve(steps),
      progress: signal(0),
      state: signal('waiting'),
      problem: signal(undefined),
    }));
    const curves = this.runs.map(({ curve }) => curve);
    this.curve = new GroupCurve(curves, steps, () => this.version.value++);
    this.lanes = Array.from({ length: lanesHere() }, () => new SeedLane(spawn));
    for (const lane of this.lanes) void this.work(lane);
  }

  stop(): void {
    this.stopped.value = true;
    for (const lane of this.lanes) lane.pause();
  }

  continue(): void {
    this.stopped.value = false;
    for (const lane of this.lanes) lane.resume();
  }

  [Symbol.dispose](): void {
    for (const lane of this.lanes) lane[Symbol.dispose]();
    this.curve[Symbol.dispose]();
  }

  /** Trains the seeds that wait, one after another, then gives the worker back. */
  private async work(lane: SeedLane): Promise<void> {
    for (let next = this.take(); next && !lane.closed; next = this.take()) await this.train(next, lane);
    lane[Symbol.dispose]();
  }

  private take(): SeedRun | undefined {
    const next = this.runs.find(({ state }) => state.value === 'waiting');
    if (next) next.state.value = 'learning';
    return next;
  }

  private async train(run: SeedRun, lane: SeedLane): Promise<void> {
    const { steps, unit } = this;
    const request = { ...this.request.peek(), seed: run.seed };
    try {
      await lane.train({ request, backend: this.backend, speed: 'turbo' }, (batch) => {
        run.curve.take(batch.episodes, batch.progress);
        run.progress.value = Math.min(steps, batch.progress);
        // A fit ends with its epochs.
        const ended = batch.progress >= steps || (unit === 'examples' && batch.finished);
        if (ended) run.curve.finish();
        this.curve.refresh();
        return ended;
      });
      run.state.value = 'done';
    } catch (error) {
      run.problem.value = messageOf(error);
      run.state.value = 'failed';
    }
  }
}

/** The first seed of a group: that of the run, unless there are too few above it. */
export function firstOf(seed: unknown): number {
  return Math.min(Number(seed), Number.MAX_SAFE_INTEGER - SEEDS + 1);
}

/** About as many steps as a run has taken, and enough to see it learn: one digit and zeros. */
export function stepsFor(progress: number): number {
  const least = Math.max(10_000, progress);
  const power = 10 ** Math.floor(Math.log10(least));
  return Math.ceil(least / power) * power;
}

/** Workers at once: the page and its runs keep a core. */
function lanesHere(): number {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 2;
  return Math.max(1, Math.min(SEEDS, cores - 1));
}
