/** The settings of a run on several seeds, trained out of sight in a pool of workers, for the same number of steps each. */
import { messageOf } from '#core/errors.ts';
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { WorkerLike } from '#worker/client.ts';
import type { Catalogue, Executor, NamedRequest, RunInfo, Setup } from '#worker/protocol.ts';
import { Form } from './form.ts';
import type { Origin, Row, RunRow } from './run-row.ts';
import { asOrigin } from './run-row.ts';
import { GroupCurve, SeedCurve } from './seed-curve.ts';
import { Recovery } from './recovery.ts';
import { LaneFault, SeedLane } from './seed-lane.ts';

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

/** A seed that is over, for the browser's database. */
export interface KeptSeed {
  readonly seed: number;
  readonly state: 'done' | 'failed';
  readonly progress: number;
  readonly problem: string | undefined;
  readonly means: Float64Array;
  readonly reached: number;
}

interface SeedGroupParts {
  readonly id: number;
  readonly order: number;
  /** The number of the run whose settings are repeated. */
  readonly number: number;
  readonly name: string;
  readonly backend: Setup['backend'];
  /** Its seed is the first. */
  readonly request: NamedRequest & { readonly seed: number };
  readonly info: RunInfo;
  readonly origin: Origin;
  readonly steps: number;
  readonly spawn: () => WorkerLike;
  readonly catalogue: ReadonlySignal<Catalogue | undefined>;
  /** Seeds that were over in an earlier visit, and whether the others were stopped. */
  readonly over?: readonly KeptSeed[];
  readonly stopped?: boolean;
}

/** What a group of seeds begins with. */
export function repeated(of: RunRow) {
  return {
    number: of.order,
    name: `${of.name.peek()}, ${SEEDS} seeds`,
    backend: of.backend,
    request: { ...of.request.peek(), seed: firstOf(of.form.seed) },
    info: of.info.peek(),
    origin: asOrigin(of),
  };
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
  readonly info: ReadonlySignal<RunInfo>;
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

  constructor(parts: SeedGroupParts) {
    const { id, order, number, name, backend, request, info, origin, steps, spawn, catalogue } = parts;
    this.id = id;
    this.order = order;
    this.number = number;
    this.name = signal(name);
    this.backend = backend;
    this.unit = info.unit;
    this.request = signal(request);
    this.info = signal(info);
    this.form = new Form(catalogue, this.request, this.info);
    this.origin = signal(origin);
    this.steps = steps;
    this.runs = Array.from({ length: SEEDS }, (_, i) => {
      const seed = request.seed + i;
      return seedRun(
        seed,
        steps,
        parts.over?.find((each) => each.seed === seed),
      );
    });
    const curves = this.runs.map(({ curve }) => curve);
    this.curve = new GroupCurve(curves, steps, () => this.version.value++);
    this.curve.refresh();
    const lanes = this.active.peek() ? lanesHere() : 0;
    this.lanes = Array.from({ length: lanes }, () => new SeedLane(spawn));
    if (parts.stopped) this.stop();
    for (const lane of this.lanes) void this.work(lane);
  }

  /** The seeds that are over. */
  keptSeeds(): readonly KeptSeed[] {
    return this.runs.flatMap(({ seed, state, progress, problem, curve: { means, reached } }) => {
      const is = state.peek();
      return is === 'done' || is === 'failed'
        ? [{ seed, state: is, progress: progress.peek(), problem: problem.peek(), means, reached }]
        : [];
    });
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

  /** Trains a seed, and again from its first step after a fault of what computes it, unless that comes too often. */
  private async train(run: SeedRun, lane: SeedLane): Promise<void> {
    const recovery = new Recovery();
    for (;;) {
      try {
        await this.attempt(run, lane, recovery.avoid);
        run.state.value = 'done';
        return;
      } catch (error) {
        if (lane.closed) return;
        const goesOn = error instanceof LaneFault && recovery.allows(error.fault, run.progress.peek());
        if (!goesOn) {
          run.problem.value = messageOf(error);
          run.state.value = 'failed';
          return;
        }
        await recovery.rest();
        run.curve.startOver();
        run.progress.value = 0;
        this.curve.refresh();
      }
    }
  }

  private async attempt(run: SeedRun, lane: SeedLane, avoid: readonly Executor[]): Promise<void> {
    const { steps, unit } = this;
    const request = { ...this.request.peek(), seed: run.seed };
    await lane.train({ request, backend: this.backend, speed: 'turbo', avoid }, (batch) => {
      run.curve.take(batch.episodes, batch.progress);
      run.progress.value = Math.min(steps, batch.progress);
      // A fit ends with its epochs.
      const ended = batch.progress >= steps || (unit === 'examples' && batch.finished);
      if (ended) run.curve.finish();
      this.curve.refresh();
      return ended;
    });
  }
}

/** The first seed of a group: that of the run, unless there are too few above it. */
export function firstOf(seed: unknown): number {
  return Math.min(Number(seed), Number.MAX_SAFE_INTEGER - SEEDS + 1);
}

function seedRun(seed: number, steps: number, over: KeptSeed | undefined): SeedRun {
  const curve = new SeedCurve(steps);
  if (over) curve.takeBack(over);
  return {
    seed,
    curve,
    progress: signal(over?.progress ?? 0),
    state: signal(over?.state ?? 'waiting'),
    problem: signal(over?.problem),
  };
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
