/**
 * The worker's side of a run: takes commands, drives the trainer in slices, and reports. It touches neither `self` nor
 * the DOM, so that the tests run the very same code in Node over a MessageChannel.
 */
import { transfer } from 'comlink';
import type { Problem } from '#core/errors.ts';
import { buffersOf, type Snapshot } from '#core/snapshot.ts';
import type { createCompute } from '#host/compute.ts';
import { catalogue, type Catalogue } from '#train/catalogue/catalogue.ts';
import { parseRecording, recordedSteps, type Recording } from '#train/recordings/recording.ts';
import { Recorder, type Mark, type Tuning } from '#train/record/recorder.ts';
import { resolveRun, type Run, type RunRequest } from '#train/request/resolve.ts';
import { Trainer } from '#train/runs/trainer.ts';
import { learnersScene, Outbox } from './frames.ts';
import { outcomeOf, refused } from './outcome.ts';
import { Pace } from './pace.ts';
import type {
  BackendChoice,
  HumanPlayInfo,
  Outcome,
  PlayedEpisode,
  RunInfo,
  Setup,
  Speed,
  TrainerApi,
} from './protocol.ts';
import { HumanPlay } from './human-play.ts';

type HostCompute = Awaited<ReturnType<typeof createCompute>>;

/** What a session needs from where it runs. */
export interface SessionDeps {
  createCompute(choice: BackendChoice): Promise<HostCompute>;
  /** Milliseconds, from any origin. */
  now(): number;
  /** Lets waiting messages in, then goes on as soon as it can. */
  yield(): Promise<void>;
  sleep(milliseconds: number): Promise<void>;
}

/** Milliseconds of work between two looks at the mailbox. */
const SLICE = 10;
/** Milliseconds between frames at a paced speed (60 Hz) and in turbo, where a glance now and then is enough. */
const FRAME_GAP = 15;
const TURBO_FRAME_GAP = 250;
/** Milliseconds between batches of numbers, and over which steps per second are counted. */
const BATCH_GAP = 100;
const RATE_WINDOW = 500;
/** Rows of episodes and of metrics that the worker remembers, for checkpoints; the page keeps its own, thinned curves. */
const KEPT_ROWS = 100_000;

export class Session implements TrainerApi {
  private readonly deps: SessionDeps;
  private readonly pace = new Pace();
  private outbox: Outbox | undefined;
  private compute: { readonly choice: BackendChoice; readonly is: HostCompute } | undefined;
  private trainer: Trainer | undefined;
  private run = 0;
  private speed: Speed = '1';
  private running = false;
  private failed = false;
  private tail: Promise<unknown> = Promise.resolve();
  private lastFrame = 0;
  private lastBatch = 0;
  private batchDue = false;
  private frameDue = false;
  private readonly humanPlay: HumanPlay;
  /** The recording that the page sent last. */
  private recording: { readonly text: string; readonly is: Recording } | undefined;
  private rate = 0;
  private rateSince = { time: 0, steps: 0 };

  constructor(deps: SessionDeps) {
    this.deps = deps;
    this.humanPlay = new HumanPlay({
      now: () => deps.now(),
      sleep: (milliseconds) => deps.sleep(milliseconds),
      show: () => this.sendFrame(),
      played: (episode) => this.outbox?.post({ kind: 'played', run: this.run, episode }),
    });
  }

  connect(events: MessagePort): void {
    this.outbox = new Outbox(events, () => {
      if (this.frameDue) this.sendFrame();
      if (this.batchDue) this.report(true);
    });
  }

  catalogue(): Catalogue {
    return catalogue();
  }

  check(request: RunRequest): readonly Problem[] {
    const outcome = outcomeOf(() => resolveRun(this.read(request)));
    return outcome.ok ? [] : outcome.problems;
  }

  async create(setup: Setup): Promise<Outcome<RunInfo>> {
    return this.exclusive(async () => {
      try {
        const run = resolveRun(this.read(setup.request));
        const trainer =
          this.compute?.choice === setup.backend
            ? await Trainer.create(run, this.compute.is, new Recorder(KEPT_ROWS))
            : await this.createElsewhere(run, setup.backend);
        this.replaceTrainer(trainer);
        this.speed = setup.speed;
        this.rest();
        return { ok: true, value: this.describe(trainer) };
      } catch (error) {
        if (!this.trainer && this.run > 0) this.fail(error);
        return refused(error);
      }
    });
  }

  start(): void {
    if (this.running || this.failed || !this.trainer || this.humanPlay.player) return;
    this.running = true;
    this.pace.restart();
    this.rateSince = { time: this.deps.now(), steps: this.trainer.steps };
    void this.loop(this.run);
  }

  async pause(): Promise<void> {
    this.running = false;
    await this.exclusive(() => this.rest());
  }

  async step(): Promise<void> {
    this.running = false;
    await this.exclusive(async () => {
      await this.guarded(() => this.trainer?.advance(() => true));
      this.rest();
    });
  }

  setSpeed(speed: Speed): void {
    this.speed = speed;
    this.pace.restart();
  }

  async setLive(change: Tuning): Promise<Outcome<Mark>> {
    return this.exclusive(() => {
      const { trainer } = this;
      if (!trainer) return refused(new Error('setLive: expected a run, got none'));
      const outcome = outcomeOf(() => trainer.tune(change));
      const mark = trainer.recorder.marks.at(-1);
      if (!outcome.ok || !mark) return outcome as Outcome<Mark>;
      // Returns under other weights belong to another recording.
      if (this.humanPlay.player && change.kind === 'reward') this.humanPlay.begin(trainer.run);
      this.report(true);
      return { ok: true, value: mark };
    });
  }

  async snapshot(): Promise<Snapshot | undefined> {
    return this.exclusive(async () => {
      if (!this.trainer || this.failed) return undefined;
      const saved = await this.trainer.snapshot();
      // Copied here, where nobody watches, so that the page gets the memory itself instead of one more copy.
      return transfer(saved, buffersOf(saved));
    });
  }

  async restore(saved: Snapshot): Promise<Outcome<RunInfo>> {
    return this.exclusive(async () => {
      if (!this.trainer) return refused(new Error('restore: expected a run, got none'));
      try {
        await this.trainer.restore(saved);
      } catch (error) {
        return refused(error);
      }
      this.outbox?.rewind();
      this.rest();
      return { ok: true, value: this.describe(this.trainer) };
    });
  }

  async startHumanPlay(): Promise<Outcome<HumanPlayInfo>> {
    this.running = false;
    return this.exclusive(() => {
      const { trainer } = this;
      if (!trainer) return refused(new Error('startHumanPlay: expected a run, got none'));
      const outcome = outcomeOf(() => this.humanPlay.begin(trainer.run));
      this.rest();
      return outcome;
    });
  }

  press(action: number, down: boolean): void {
    this.humanPlay.player?.press(action, down);
  }

  releaseKeys(): void {
    this.humanPlay.player?.releaseKeys();
  }

  newEpisode(): void {
    this.humanPlay.player?.again();
  }

  async endHumanPlay(): Promise<PlayedEpisode | undefined> {
    return this.exclusive(() => {
      const episode = this.humanPlay.end();
      this.rest();
      return episode;
    });
  }

  ping(): void {
    // The answer itself is the message.
  }

  async dispose(): Promise<void> {
    this.running = false;
    await this.exclusive(() => {
      this.humanPlay.end();
      this.putAway();
      this.outbox?.close();
    });
  }

  /** Ends the run with a message; also for errors that nobody waited for. */
  fail(error: unknown): void {
    this.running = false;
    this.failed = true;
    const message = error instanceof Error ? error.message : String(error);
    this.outbox?.post({ kind: 'failed', run: this.run, message });
  }

  /** One task at a time: a command never meets a half-done slice. */
  private exclusive<T>(task: () => T | Promise<T>): Promise<T> {
    const done = this.tail.then(task);
    this.tail = done.then(nothing, nothing);
    return done;
  }

  private async loop(run: number): Promise<void> {
    const mine = (): boolean => this.running && this.run === run;
    while (mine()) {
      const wait = await this.exclusive(() => (mine() ? this.slice() : 0));
      if (wait > 1) await this.deps.sleep(wait);
      else await this.deps.yield();
    }
  }

  /** Works until the slice is over or the due steps are done; gives the milliseconds until there is more to do. */
  private async slice(): Promise<number> {
    const { trainer, deps, pace } = this;
    if (!trainer) {
      this.running = false;
      return 0;
    }
    const begin = deps.now();
    const turbo = this.speed === 'turbo';
    const rate = turbo ? Infinity : trainer.env.spec.fps * Number(this.speed);
    const due = turbo ? Infinity : pace.due(begin, rate);
    if (due >= 1) {
      let done = 0;
      await this.guarded(() => trainer.advance(() => ++done >= due || deps.now() - begin >= SLICE));
      if (!turbo) pace.spend(done);
    }
    if (!this.failed) this.report(false);
    return turbo ? 0 : pace.wait(rate);
  }

  private async guarded(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Sends a frame and a batch if it is time for them; `now` means that the page shall see this state. */
  private report(now: boolean): void {
    const { trainer, outbox, deps } = this;
    if (!trainer || !outbox || this.failed) return;
    const time = deps.now();
    this.countRate(time, trainer);
    const gap = this.speed === 'turbo' && this.running ? TURBO_FRAME_GAP : FRAME_GAP;
    if (now || time - this.lastFrame >= gap) this.sendFrame();
    if (!now && time - this.lastBatch < BATCH_GAP) return;
    const { running, rate } = this;
    this.batchDue = !outbox.sendBatch(this.run, trainer, { running, rate });
    if (!this.batchDue) this.lastBatch = time;
  }

  /** Shows the world played by hand, else the learner's; later if the page has no room for it now. */
  private sendFrame(): void {
    const { trainer, outbox, humanPlay } = this;
    if (!trainer || !outbox) return;
    this.frameDue = !outbox.sendFrame(this.run, humanPlay.scene() ?? learnersScene(trainer));
    if (!this.frameDue) this.lastFrame = this.deps.now();
  }

  /** Shows the state at which the run rests. */
  private rest(): void {
    this.rate = 0;
    this.report(true);
  }

  /** The request with its recording read, once for all times that the page sends it. */
  private read(request: RunRequest): RunRequest {
    const { demonstrations: text } = request;
    if (typeof text !== 'string') return request;
    if (this.recording?.text !== text) this.recording = { text, is: parseRecording(text) };
    return { ...request, demonstrations: this.recording.is };
  }

  private countRate(time: number, trainer: Trainer): void {
    if (!this.running) return;
    const passed = time - this.rateSince.time;
    if (passed < RATE_WINDOW) return;
    this.rate = ((trainer.steps - this.rateSince.steps) / passed) * 1000;
    this.rateSince = { time, steps: trainer.steps };
  }

  /**
   * Makes a run on another backend. A thread has one backend at a time, so the old run is put away first; if the new
   * one does not come up, the old one is brought back as it was.
   */
  private async createElsewhere(run: Run, choice: BackendChoice): Promise<Trainer> {
    const { trainer, compute } = this;
    const saved = this.failed ? undefined : await trainer?.snapshot();
    this.putAway();
    try {
      return await this.createOn(run, choice);
    } catch (error) {
      this.putAway();
      if (trainer && compute && saved) {
        this.trainer = await this.createOn(trainer.run, compute.choice);
        await this.trainer.restore(saved);
      }
      throw error;
    }
  }

  private async createOn(run: Run, choice: BackendChoice): Promise<Trainer> {
    const is = await this.deps.createCompute(choice);
    this.compute = { choice, is };
    return Trainer.create(run, is, new Recorder(KEPT_ROWS));
  }

  private putAway(): void {
    this.trainer?.dispose();
    this.trainer = undefined;
    this.compute?.is[Symbol.dispose]();
    this.compute = undefined;
  }

  private replaceTrainer(trainer: Trainer): void {
    this.humanPlay.leave();
    this.running = false;
    this.failed = false;
    this.trainer?.dispose();
    this.trainer = trainer;
    this.run++;
    this.rate = 0;
    this.outbox?.rewind();
  }

  private describe(trainer: Trainer): RunInfo {
    const { env, run, workers } = trainer;
    const choice = this.compute?.choice ?? 'auto';
    const label = this.compute?.is.label ?? '';
    const fallback = choice === 'auto' && !label.includes('webgpu');
    const { demonstrations, ...request } = run.request;
    return {
      run: this.run,
      request,
      ...(demonstrations && {
        demonstrations: {
          episodes: demonstrations.episodes.length,
          steps: recordedSteps(demonstrations, env.spec),
        },
      }),
      spec: env.spec,
      slots: env.n,
      workers,
      backend: { choice, label, fallback },
    };
  }
}

function nothing(): void {
  // Errors belong to whoever called; the next task starts all the same.
}
