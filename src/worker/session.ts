/**
 * The worker's side of a run: takes commands, drives the run in slices, and reports. It uses neither `self` nor the DOM, so
 * that tests run the same code in Node over a MessageChannel.
 */
import { transfer } from 'comlink';
import { DivergenceError } from '#core/divergence.ts';
import { messageOf, type Problem } from '#core/errors.ts';
import type { Place } from '#storage/saves.ts';
import type { Overlay } from '#core/overlay.ts';
import { buffersOf, type Snapshot } from '#core/snapshot.ts';
import { encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { describeNetworks, type NetworkEntry } from '#train/checkpoints/networks.ts';
import type { NetworkLook } from '#train/insight/network-look.ts';
import { divergedFinding } from '#train/diagnosis/diagnose.ts';
import { catalogue, type Catalogue } from '#train/catalogue/catalogue.ts';
import type { Mark } from '#train/record/recorder.ts';
import { briefRequest } from '#train/request/brief.ts';
import type { RunRequest } from '#train/request/resolve.ts';
import type { Run } from '#train/runs/run.ts';
import type { Tuning } from '#train/record/recorder.ts';
import { Driver, type DriverDeps } from './driver.ts';
import { exclusively } from './exclusive.ts';
import { filmEpisode, memoryOf, type FilmedEpisode, type FilmRequest } from './filming.ts';
import { HumanPlay } from './human-play.ts';
import { describeRun, RequestReader } from './run-info.ts';
import { keepFile } from './keeping.ts';
import { outcomeOf, problemsOf, refused } from './outcome.ts';
import type {
  HumanPlayInfo,
  Outcome,
  PlayedEpisode,
  RunFile,
  RunInfo,
  Setup,
  Speed,
  TrainerApi,
} from './protocol.ts';
import { NetworkEye } from './network-eye.ts';
import { Reporter, type Reported } from './reporter.ts';
import { checkpointOf, savedRun } from './run-file.ts';
import { RunHolder, type CreateCompute } from './run-holder.ts';
import { SideStage } from './time/side-stage.ts';
import { TimeMachine } from './time/time-machine.ts';

/** What a session needs from its host. */
export interface SessionDeps extends Pick<DriverDeps, 'now' | 'yield' | 'sleep'> {
  readonly createCompute: CreateCompute;
}

export class Session implements TrainerApi {
  readonly time: TimeMachine;
  readonly side: SideStage;
  private readonly holder: RunHolder;
  private readonly driver: Driver;
  private readonly reporter: Reporter;
  private readonly humanPlay: HumanPlay;
  private readonly networkEye = new NetworkEye();
  private readonly requests = new RequestReader();
  /** One task at a time, so that no command runs within a slice. */
  private readonly exclusive = exclusively();
  /** Number of runs created by this worker. */
  private number = 0;
  private failed = false;

  constructor({ createCompute, now, yield: giveWay, sleep }: SessionDeps) {
    this.holder = new RunHolder(createCompute);
    this.reporter = new Reporter(now, () => this.reported());
    this.driver = new Driver({
      run: () => this.holder.run,
      now,
      sleep,
      yield: giveWay,
      exclusive: this.exclusive,
      report: () => {
        this.reporter.report(false);
        this.time.follow(this.holder.run);
      },
      fail: (error) => this.fail(error),
    });
    const { exclusive } = this;
    this.time = new TimeMachine({ now, exclusive, save: (run, lean) => this.saved(run, lean) });
    this.side = new SideStage(createCompute, now);
    this.humanPlay = new HumanPlay({
      now,
      sleep,
      show: () => this.reporter.sendFrame(),
      played: (episode) => this.reporter.post({ kind: 'played', run: this.number, episode }),
    });
  }

  connect(events: MessagePort): void {
    this.reporter.connect(events);
  }

  catalogue(): Catalogue {
    return catalogue();
  }

  check(request: RunRequest): readonly Problem[] {
    return problemsOf(() => this.requests.resolve(request));
  }

  planNetworks(request: RunRequest): Outcome<readonly NetworkEntry[]> {
    return outcomeOf(() => describeNetworks(this.requests.resolve(request)));
  }

  lookAtNetworks(): Promise<Outcome<readonly NetworkLook[]>> {
    return this.withRun('lookAtNetworks', (run) => {
      const { backendInUse } = this.holder;
      const looks = backendInUse ? this.networkEye.look(run, backendInUse) : [];
      this.reporter.dead = this.networkEye.dead();
      return looks;
    });
  }

  lookAway(): void {
    this.networkEye.close(this.holder.backendInUse);
    this.reporter.dead = undefined;
  }

  async create({ request, backend, speed, unwatched, ...from }: Setup): Promise<Outcome<RunInfo>> {
    return this.exclusive(async () => {
      try {
        const saved = await savedRun(from);
        const setup = this.requests.resolve(saved?.request ?? request);
        const run = await this.holder.replace(setup, backend, { isSound: !this.failed, saved: saved?.state });
        this.humanPlay.leave();
        this.driver.stop();
        this.driver.speed = speed;
        this.failed = false;
        this.number++;
        this.reporter.rewind();
        await this.time.begin(unwatched ? undefined : run);
        const { value: info } = this.settled(run);
        return { ok: true, value: { ...info, ...(saved && { asked: briefRequest(setup) }) } };
      } catch (error) {
        if (!this.holder.run && this.number > 0) this.fail(error);
        return refused(error);
      }
    });
  }

  start(): void {
    if (this.driver.running || this.failed || !this.holder.run || this.humanPlay.player) return;
    this.reporter.startCounting();
    this.time.rest();
    this.driver.start();
  }

  async pause(): Promise<void> {
    this.driver.stop();
    await this.exclusive(() => this.reporter.rest());
  }

  async step(): Promise<void> {
    this.driver.stop();
    await this.exclusive(async () => {
      await this.driver.step();
      this.reporter.rest();
    });
  }

  setSpeed(speed: Speed): void {
    this.driver.speed = speed;
  }

  watch(overlays: readonly Overlay[]): Promise<void> {
    return this.exclusive(() => this.reporter.watch(overlays));
  }

  async setLive(change: Tuning): Promise<Outcome<Mark>> {
    return this.withRun('setLive', (run) => {
      const mark = run.tune(change);
      // Returns under other reward weights belong to another recording.
      if (this.humanPlay.player && change.kind === 'reward') this.humanPlay.begin(run.setup);
      this.reporter.report(true);
      return mark;
    });
  }

  async snapshot(): Promise<Snapshot | undefined> {
    return this.exclusive(async () => {
      const { run } = this.holder;
      if (!run || this.failed) return undefined;
      const saved = await this.saved(run);
      if (!saved) return undefined;
      // Copied here, off the page's thread, so that its memory can be transferred instead of cloned.
      return transfer(saved, buffersOf(saved));
    });
  }

  async save(): Promise<Outcome<RunFile>> {
    const saved = await this.withRun('save', async (run) => {
      if (this.failed) throw new Error('save: expected a run, got one that has ended with an error');
      return checkpointOf(run, await run.snapshot());
    });
    if (!saved.ok) return saved;
    // The run goes on meanwhile.
    const content = await encodeCheckpoint(saved.value);
    return transfer({ ok: true, value: { content, steps: saved.value.steps } }, [content.buffer]);
  }

  async keep(place: Place): Promise<Outcome<number>> {
    const saved = await this.save();
    return saved.ok ? keepFile(place, saved.value.content) : saved;
  }

  async film(request: FilmRequest): Promise<Outcome<FilmedEpisode>> {
    const filmed = await this.withRun('film', (run) => filmEpisode(run, request));
    return filmed.ok ? transfer(filmed, memoryOf(filmed.value)) : filmed;
  }

  async restore(to: Snapshot | number | 'left'): Promise<Outcome<RunInfo>> {
    return this.withRun('restore', async (run) => {
      await this.time.restore(run, to);
      this.reporter.rewind();
      return this.settled(run).value;
    });
  }

  async startHumanPlay(): Promise<Outcome<HumanPlayInfo>> {
    this.driver.stop();
    return this.withRun('startHumanPlay', (run) => {
      const info = this.humanPlay.begin(run.setup);
      this.reporter.rest();
      return info;
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
      this.reporter.rest();
      return episode;
    });
  }

  ping(): void {
    // The answer is the message.
  }

  async dispose(): Promise<void> {
    this.driver.stop();
    await this.exclusive(() => {
      this.humanPlay.end();
      this.side.dispose();
      this.holder.dispose();
      this.reporter.close();
    });
  }

  /** Ends the run with a message, including for unhandled errors. */
  fail(error: unknown): void {
    this.driver.stop();
    this.failed = true;
    const message = messageOf(error);
    const { run } = this.holder;
    const findings = run && error instanceof DivergenceError ? [divergedFinding(error, run)] : undefined;
    this.reporter.post({ kind: 'failed', run: this.number, message, ...(findings && { findings }) });
  }

  /** A snapshot to keep, or undefined where the run has diverged: it then ends, and the page keeps its last checkpoint. */
  private async saved(run: Run, lean = false): Promise<Snapshot | undefined> {
    try {
      return await run.snapshot(lean);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      this.fail(error);
      return undefined;
    }
  }

  /** Runs a command on the current run; errors become its answer. */
  private withRun<T>(command: string, task: (run: Run) => T | Promise<T>): Promise<Outcome<T>> {
    return this.exclusive(async () => {
      const { run } = this.holder;
      if (!run) return refused(new Error(`${command}: expected a run, got none`));
      try {
        return { ok: true, value: await task(run) };
      } catch (error) {
        return refused(error);
      }
    });
  }

  /** Shows the run at rest and describes it. */
  private settled(run: Run): Outcome<RunInfo> & { readonly ok: true } {
    this.reporter.rest();
    return { ok: true, value: describeRun(this.number, run, this.holder.backend) };
  }

  private reported(): Reported | undefined {
    const { run } = this.holder;
    if (!run || this.failed) return undefined;
    const { running, speed } = this.driver;
    const scene = this.humanPlay.scene() ?? run.scene;
    return { number: this.number, run, scene, running, turbo: speed === 'turbo' };
  }
}
