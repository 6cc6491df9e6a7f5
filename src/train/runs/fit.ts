/**
 * The run that fits a policy to demonstrations by gradient steps over a data set. Between them the policy plays its worlds
 * without learning from that, which evaluates it and gives a picture.
 */
import type { Metrics } from '#core/agent.ts';
import { DivergenceError } from '#core/divergence.ts';
import type { FittedPolicy } from '#core/fit.ts';
import { rngStreams } from '#core/rng.ts';
import { child, savedText, type Snapshot } from '#core/snapshot.ts';
import { actionBuffer, type ActionBuffer, type VectorEnv } from '#core/vector-env.ts';
import type { Compute, MaybePromise } from '#compile/step.ts';
import { Recorder, type Mark } from '../record/recorder.ts';
import { demonstrate } from '../recordings/demonstrations.ts';
import type { RunSubject } from '../request/subject.ts';
import { type RunSetup } from '../request/resolve.ts';
import type { Moments } from '../world/wrappers.ts';
import { wrapperSetup } from '../request/suitability.ts';
import { checkParameters, finiteSnapshot, stopped, subjectOf } from './divergence.ts';
import { evaluate, type Evaluation } from './evaluate.ts';
import { LiveSetup } from './live-setup.ts';
import { checkVersion, createWorlds, restoreWorlds, saveWorlds, sceneOf, type Worlds } from './playing.ts';
import type { EvaluationRequest, Run, Scene, StepWatcher } from './run.ts';
import { Slice } from './slice.ts';
import type { Tuning } from '../record/recorder.ts';

/** Gradient steps whose metrics become one row of the record. */
const STEPS_PER_ROW = 100;

export class FitRun implements Run {
  readonly unit = 'examples';
  readonly workers = 1;
  readonly recorder: Recorder;
  readonly scene: Scene;
  watcher: StepWatcher | undefined;
  readonly agent: FittedPolicy;
  private readonly live: LiveSetup;
  private readonly worlds: Worlds;
  private readonly actions: ActionBuffer;
  private readonly slice = new Slice();

  private constructor(setup: RunSetup, agent: FittedPolicy, worlds: Worlds, recorder: Recorder) {
    this.live = new LiveSetup(setup);
    this.agent = agent;
    this.worlds = worlds;
    this.recorder = recorder;
    this.actions = actionBuffer(worlds.env.spec, worlds.env.n);
    this.scene = sceneOf(worlds, agent);
  }

  /** Replays the demonstrations and creates worlds and policy; the same setup and seed give the same fit. */
  static async create(setup: RunSetup, compute: Compute, keepRows?: number): Promise<FitRun> {
    const { agent: cloner, demonstrations } = setup;
    if (cloner.kind !== 'cloner' || !demonstrations)
      throw new Error(`${cloner.id}: expected an agent with demonstrations to fit`);
    const streams = rngStreams(setup.seed);
    const worlds = createWorlds(setup, streams);
    const shown = demonstrate(demonstrations, wrapperSetup(setup));
    const agent = await cloner.create(worlds.env.spec, setup.config, streams, compute, shown);
    const recorder = new Recorder(keepRows, STEPS_PER_ROW * agent.batchSize);
    return new FitRun(setup, agent, worlds, recorder);
  }

  get subject(): RunSubject {
    return { kind: 'run', request: this.setup.request };
  }

  get parameters(): Float32Array | undefined {
    return this.agent.parameters;
  }

  get setup(): RunSetup {
    return this.live.current;
  }

  get progress(): number {
    return this.agent.examples;
  }

  progressAfter(steps: number): number {
    return steps * this.agent.batchSize;
  }

  get moments(): Moments {
    return this.worlds.moments;
  }

  get env(): VectorEnv {
    return this.worlds.env;
  }

  get finished(): boolean {
    return this.agent.finished;
  }

  advance(enough: () => boolean): MaybePromise<void> {
    return this.slice.advance(() => this.step(), enough);
  }

  tune(change: Tuning): Mark {
    const { live, agent: learner, recorder, progress: step } = this;
    return live.tune(change, { env: this.env, learner, recorder, step });
  }

  evaluate(options: EvaluationRequest): Evaluation {
    try {
      checkParameters(this.agent);
      return evaluate(this.setup, this.agent, { ...options, moments: this.worlds.moments });
    } catch (error) {
      throw error instanceof DivergenceError ? this.stopped(error) : error;
    }
  }

  async snapshot(lean = false): Promise<Snapshot> {
    await this.slice.ended();
    try {
      return {
        ...saveWorlds(this.worlds, lean),
        live: this.live.save(),
        agent: finiteSnapshot(await this.agent.snapshot(lean), 'agent'),
        recorder: this.recorder.snapshot(),
      };
    } catch (error) {
      throw error instanceof DivergenceError ? this.stopped(error) : error;
    }
  }

  async restore(saved: Snapshot): Promise<void> {
    await this.slice.ended();
    checkVersion(this.env, saved);
    restoreWorlds(this.worlds, saved);
    await this.agent.restore(child(saved, 'agent'));
    this.live.restore(savedText(saved, 'live'), this.agent);
    this.recorder.restore(child(saved, 'recorder'));
  }

  dispose(): void {
    this.agent.dispose();
  }

  /** The policy's gradient steps, unless all epochs are over, then one step of the worlds. */
  private step(): Promise<void> | undefined {
    try {
      const learned = this.finished ? undefined : this.agent.fit();
      if (learned instanceof Promise) return learned.then((metrics) => this.play(metrics)).catch(this.fail);
      this.play(learned);
      return undefined;
    } catch (error) {
      return this.fail(error);
    }
  }

  private play(metrics: Metrics | undefined): void {
    const { env } = this;
    const { recorder } = this;
    const rows = recorder.metricRows;
    if (metrics) recorder.recordMetrics(metrics, this.progress);
    if (this.finished) recorder.flush(this.progress);
    if (recorder.metricRows > rows) checkParameters(this.agent);
    this.agent.act(env.obs, env.n, this.actions, 'explore');
    env.step(this.actions);
    this.recorder.recordStep(env, this.progress);
    this.watcher?.stepped(env, this.actions, recorder.episodes);
  }

  private readonly fail = (cause: unknown): never => {
    throw this.stopped(cause);
  };

  private stopped(cause: unknown): Error {
    return stopped(cause, subjectOf(this.setup), { unit: 'example', step: this.progress });
  }
}
