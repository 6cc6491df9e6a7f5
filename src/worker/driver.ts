/** Drives a run in slices, at a multiple of a person's pace or as fast as it goes, and lets commands in between them. */
import type { Run } from '#train/runs/run.ts';
import type { Exclusive } from './exclusive.ts';
import { Pace } from './pace.ts';
import type { Speed } from './protocol.ts';

export interface DriverDeps {
  /** Milliseconds, from any origin. */
  readonly now: () => number;
  /** Lets waiting messages in, then resumes as soon as it can. */
  readonly yield: () => Promise<void>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Slices take their turn with commands. */
  readonly exclusive: Exclusive;
  /** After every slice. */
  report(): void;
  fail(error: unknown): void;
}

/** Milliseconds of work between two looks at the mailbox. */
const SLICE = 10;
/** Advances per second at speed 1 where there is nothing to see. */
const UNSEEN_RATE = 60;

export class Driver {
  private readonly deps: DriverDeps;
  private readonly pace = new Pace();
  /** Counts the times that it was set going: a loop that belongs to an earlier time ends. */
  private turn = 0;
  private isOn = false;
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

  start(run: Run): void {
    this.isOn = true;
    this.pace.restart();
    void this.loop(run, ++this.turn);
  }

  /** No slice begins from now on; one in progress ends as it would. */
  stop(): void {
    this.isOn = false;
  }

  /** The smallest advance there is. */
  async step(run: Run): Promise<void> {
    await this.guarded(() => run.advance(() => true));
  }

  private async loop(run: Run, turn: number): Promise<void> {
    const { exclusive, sleep, yield: giveWay } = this.deps;
    const isMine = (): boolean => this.isOn && this.turn === turn;
    while (isMine()) {
      const wait = await exclusive(() => (isMine() ? this.slice(run) : 0));
      if (wait > 1) await sleep(wait);
      else await giveWay();
    }
  }

  /** Works until the slice is over or the due steps are done; gives the milliseconds until there is more to do. */
  private async slice(run: Run): Promise<number> {
    const { deps, pace } = this;
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
