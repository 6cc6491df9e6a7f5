/** Drives a run in slices, at a multiple of real time or at full speed, and lets commands run between slices. */
import type { Scene, TrainingRun } from '#train/runs/run.ts';
import type { Exclusive } from './exclusive.ts';
import { Pace } from './pace.ts';
import type { Speed } from './protocol.ts';

export interface DriverDeps {
  /** The run to drive, asked for every slice: a refused change of backend makes the same run anew. */
  run(): (TrainingRun & { readonly scene?: Scene | undefined }) | undefined;
  /** Milliseconds since an arbitrary origin. */
  readonly now: () => number;
  /** Handles waiting messages, then continues as soon as possible. */
  readonly yield: () => Promise<void>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Slices and commands take turns. */
  readonly exclusive: Exclusive;
  /** Makes the first slice of a run, which may start threads and compile. */
  readonly first: (slice: () => Promise<number>) => Promise<number>;
  /** After every slice. */
  report(): void;
  fail(error: unknown): void;
}

/** Milliseconds of work between two checks for messages. */
const SLICE = 10;
/** Advances per second at speed 1 for a run without a scene. */
const UNSEEN_RATE = 60;

export class Driver {
  private readonly deps: DriverDeps;
  private readonly pace = new Pace();
  /** Number of starts: a loop of an earlier start ends. */
  private turn = 0;
  private isOn = false;
  private begun: unknown;
  private chosen: Speed = '1';

  constructor(deps: DriverDeps) {
    this.deps = deps;
  }

  get running(): boolean {
    return this.isOn;
  }

  get speed(): Speed {
    return this.chosen;
  }

  set speed(speed: Speed) {
    this.chosen = speed;
    this.pace.restart();
  }

  start(): void {
    this.isOn = true;
    this.pace.restart();
    void this.loop(++this.turn);
  }

  /** Starts no further slices; one in progress ends normally. */
  stop(): void {
    this.isOn = false;
  }

  /** The smallest possible advance. */
  async step(): Promise<void> {
    await this.guarded(() => this.deps.run()?.advance(() => true));
  }

  private async loop(turn: number): Promise<void> {
    const { exclusive, sleep, yield: giveWay } = this.deps;
    const isMine = (): boolean => this.isOn && this.turn === turn;
    while (isMine()) {
      const wait = await exclusive(() => (isMine() ? this.next() : 0));
      if (wait > 1) await sleep(wait);
      else await giveWay();
    }
  }

  private next(): Promise<number> {
    const run = this.deps.run();
    if (this.begun === run) return this.slice();
    this.begun = run;
    return this.deps.first(() => this.slice());
  }

  /** Works until the slice is over or the due steps are done; returns the milliseconds until more are due. */
  private async slice(): Promise<number> {
    const { deps, pace } = this;
    const run = deps.run();
    if (!run) {
      this.stop();
      return 0;
    }
    const begin = deps.now();
    const turbo = this.chosen === 'turbo';
    const rate = turbo ? Infinity : (run.scene?.env.spec.fps ?? UNSEEN_RATE) * Number(this.chosen);
    const due = turbo ? Infinity : pace.due(begin, rate);
    if (due >= 1) {
      let done = 0;
      await this.guarded(() => run.advance(() => ++done >= due || deps.now() - begin >= SLICE));
      if (!turbo) pace.spend(done);
    }
    deps.report();
    return turbo ? 0 : pace.wait(rate);
  }

  private async guarded(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.stop();
      this.deps.fail(error);
    }
  }
}
