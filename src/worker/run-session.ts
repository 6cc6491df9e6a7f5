/**
 * A run in its worker: makes it, drives it in slices, reports and saves. It uses neither `self` nor the DOM, so that tests run
 * the same code in Node over a MessageChannel.
 */
import { transfer } from 'comlink';
import { DivergenceError } from '#core/divergence.ts';
import { messageOf } from '#core/errors.ts';
import type { Place } from '#storage/saves.ts';
import { buffersOf, type Snapshot } from '#core/snapshot.ts';
import { divergedFinding } from '#train/diagnosis/diagnose.ts';
import { briefRequest } from '#train/request/brief.ts';
import type { Run } from '#train/runs/run.ts';
import type { CreateCompute } from './backend-in-use.ts';
import { Driver, type DriverDeps } from './driver.ts';
import { exclusively, type Exclusive } from './exclusive.ts';
import { HumanPlay } from './human-play.ts';
import { describeRun, RequestReader } from './run-info.ts';
import { keepFile } from './keeping.ts';
import { outcomeLater, refused } from './outcome.ts';
import type { KeptRunFile, Outcome, RunFile, RunInfo, Setup, Speed, Vital } from './protocol.ts';
import { NetworkEye } from './network-eye.ts';
import { Reporter, type Reported } from './reporter.ts';
import { checkpointOf, fileOf, given, savedRun } from './run-file.ts';
import { Pulse } from './pulse.ts';
import { RunHolder } from './run-holder.ts';
import { SideStage } from './time/side-stage.ts';
import { TimeMachine } from './time/time-machine.ts';

/** What a session needs from its host. */
export interface SessionDeps extends Pick<DriverDeps, 'now' | 'yield' | 'sleep'> {
  readonly createCompute: CreateCompute;
}

export class RunSession {
  readonly time: TimeMachine;
  readonly side: SideStage;
  protected readonly holder: RunHolder;
  protected readonly driver: Driver;
  protected readonly reporter: Reporter;
  protected readonly humanPlay: HumanPlay;
  protected readonly networkEye = new NetworkEye();
  protected readonly requests = new RequestReader();
  /** One command at a time, and none within a slice. */
  protected readonly exclusive: Exclusive;
  private readonly pulse: Pulse;
  /** Number of runs created by this worker. */
  private number = 0;
  private failed = false;

  constructor({ createCompute, now, yield: giveWay, sleep }: SessionDeps) {
    this.reporter = new Reporter(now, () => this.reported());
    const pulse = new Pulse(now, (vital) => this.reporter.post({ kind: 'pulse', vital }));
    this.pulse = pulse;
    this.holder = new RunHolder(async (...choice) => pulse.watch(await createCompute(...choice)));
    const inTurn = exclusively();
    this.exclusive = (task) => inTurn(() => pulse.during(task, 'command'));
    this.driver = new Driver({
      run: () => this.holder.run,
      now,
      sleep,
      yield: giveWay,
      exclusive: inTurn,
      first: (slice) => pulse.during(slice),
      report: () => {
        pulse.beat();
        this.reporter.report(false);
        this.time.follow(this.holder.run);
      },
      fail: (error) => this.fail(error),
    });
    pulse.isWorking = () => this.driver.running;
    this.time = new TimeMachine({
      now,
      exclusive: this.exclusive,
      save: (run, lean) => this.saved(run, lean),
    });
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

  async create(setup: Setup): Promise<Outcome<RunInfo>> {
    return this.exclusive(() => this.pulse.during(() => this.make(setup)));
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

  async snapshot(): Promise<Snapshot | undefined> {
    return this.exclusive(async () => {
      const { run } = this.holder;
      const saved = run && !this.failed ? await this.saved(run) : undefined;
      // Copied here, off the page's thread, so that its memory can be transferred instead of cloned.
      return saved && transfer(saved, buffersOf(saved));
    });
  }

  async save(): Promise<Outcome<RunFile>> {
    const saved = await this.withRun('save', async (run) => {
      const state = this.failed ? undefined : await this.saved(run);
      if (!state) throw new Error('save: expected a run, got one that has ended with an error');
      return checkpointOf(run, state);
    });
    return fileOf(saved);
  }

  async keep(place: Place): Promise<Outcome<KeptRunFile>> {
    const saved = await this.save();
    return saved.ok ? given(await keepFile(place, saved.value)) : saved;
  }

  ping(): Vital {
    return this.pulse.vital();
  }

  async restore(to: Snapshot | number | 'left'): Promise<Outcome<RunInfo>> {
    return this.withRun('restore', async (run) => {
      await this.time.restore(run, to);
      this.reporter.rewind();
      return this.settled(run).value;
    });
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
    const { run } = this.holder;
    const findings = run && error instanceof DivergenceError ? [divergedFinding(error, run)] : undefined;
    const executor = this.holder.backend.atFault(error);
    this.reporter.post({
      kind: 'failed',
      run: this.number,
      message: messageOf(error),
      ...(findings && { findings }),
      ...(executor && { executor }),
    });
  }

  private async make(wanted: Setup): Promise<Outcome<RunInfo>> {
    const { request, backend, speed, unwatched, avoid, ...from } = wanted;
    try {
      this.holder.backend.avoid(avoid);
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
      // Its first checkpoint could not be read from the device.
      if (this.holder.giveUp(error)) return this.make(wanted);
      if (!this.holder.run && this.number > 0) this.fail(error);
      return refused(error);
    }
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
  protected withRun<T>(command: string, task: (run: Run) => T | Promise<T>): Promise<Outcome<T>> {
    const answer = (): T | Promise<T> => {
      const { run } = this.holder;
      if (!run) throw new Error(`${command}: expected a run, got none`);
      return task(run);
    };
    return this.exclusive(() => outcomeLater(answer));
  }

  /** Shows the run at rest and describes it. */
  private settled(run: Run): Outcome<RunInfo> & { readonly ok: true } {
    this.reporter.rest();
    return { ok: true, value: describeRun(this.number, run, this.holder.backend.info) };
  }

  private reported(): Reported | undefined {
    const { run } = this.holder;
    if (!run || this.failed) return undefined;
    const { running, speed } = this.driver;
    const scene = this.humanPlay.scene() ?? run.scene;
    return { number: this.number, run, scene, running, turbo: speed === 'turbo' };
  }
}
