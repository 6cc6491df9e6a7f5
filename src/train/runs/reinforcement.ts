/**
 * The run of reinforcement learning: one agent and its worlds, in the order act → step → observe → update.
 */
import type { Agent, AgentDefinition, AgentSources, Metrics, StepBuffers } from '#core/agent.ts';
import { DivergenceError } from '#core/divergence.ts';
import type { EnvKernel } from '#core/env.ts';
import type { WorkerContext } from '#core/workers.ts';
import { rngStreams, type RngStreams } from '#core/rng.ts';
import { child, savedNumber, savedText, type Snapshot } from '#core/snapshot.ts';
import { actionBuffer, type ActionBuffer, type VectorEnv } from '#core/vector-env.ts';
import type { Compute, MaybePromise } from '#compile/step.ts';
import { leaderOf, type Leader } from '../parallel/leader.ts';
import { Recorder, type Mark } from '../record/recorder.ts';
import type { RunSubject } from '../request/subject.ts';
import { type RunSetup } from '../request/resolve.ts';
import { workersOf } from '../request/suitability.ts';
import type { Moments } from '../world/wrappers.ts';
import { checkParameters, finiteSnapshot, stopped, subjectOf } from './divergence.ts';
import { evaluate, type Evaluation } from './evaluate.ts';
import { LiveSetup } from './live-setup.ts';
import { checkVersion, createWorlds, restoreWorlds, saveWorlds, sceneOf, type Worlds } from './playing.ts';
import type { EvaluationRequest, Run, Scene, StepWatcher } from './run.ts';
import { Slice } from './slice.ts';
import type { Tuning } from '../record/recorder.ts';

interface Parts {
  readonly live: LiveSetup;
  readonly worlds: Worlds;
  readonly agent: Agent;
  readonly recorder: Recorder;
  /** With several workers: the leader, in the first of them, and which worker this is. */
  readonly leader: Leader | undefined;
  readonly worker: WorkerContext | undefined;
}

export interface ReinforcementOptions {
  /** Minimum number of rows that the record keeps; default all. */
  readonly keepRows?: number | undefined;
  /** Which worker this is, if another thread leads. */
  readonly worker?: WorkerContext | undefined;
}

/** Discount for normalising rewards if the agent has none. */
const USUAL_DISCOUNT = 0.99;

export class ReinforcementRun implements Run {
  readonly unit = 'env steps';
  readonly finished = false;
  readonly agent: Agent;
  readonly recorder: Recorder;
  readonly scene: Scene;
  watcher: StepWatcher | undefined;
  private readonly worlds: Worlds;
  private readonly live: LiveSetup;
  private readonly leader: Leader | undefined;
  private readonly worker: WorkerContext | undefined;
  private steps = 0;
  private readonly actions: ActionBuffer;
  /** Observations before the step, as the agent saw them and as the world gave them; mostly one array. */
  private readonly obs: Float32Array;
  private readonly rawObs: Float32Array;
  private readonly buffers: StepBuffers;
  private readonly slice = new Slice();

  private constructor({ live, worlds, agent, recorder, leader, worker }: Parts) {
    this.live = live;
    this.leader = leader;
    this.worker = worker;
    this.recorder = recorder;
    this.worlds = worlds;
    this.agent = agent;
    const { env } = worlds;
    this.scene = sceneOf(worlds, agent);
    this.actions = actionBuffer(env.spec, env.n);
    this.obs = new Float32Array(env.obs.length);
    this.rawObs = worlds.normaliser ? new Float32Array(env.obs.length) : this.obs;
    const { n, reward, terminated, truncated, obs: nextObs, finalObs } = env;
    const { obs, actions } = this;
    const raw = worlds.normaliser && {
      obs: this.rawObs,
      nextObs: env.raw.obs,
      finalObs: env.raw.finalObs,
    };
    this.buffers = { n, obs, actions, reward, terminated, truncated, nextObs, finalObs, raw };
  }

  /**
   * Creates worlds and agent; the same setup and seed give the same run. If the agent asks for several workers, this one
   * leads them unless `worker` says otherwise. Their updates race, so no two such runs are the same.
   */
  static async create(
    setup: RunSetup,
    compute: Compute,
    { keepRows, worker }: ReinforcementOptions = {},
  ): Promise<ReinforcementRun> {
    const { agent: definition } = setup;
    if (definition.kind !== 'agent')
      throw new Error(`agent: expected one that learns from its own steps, got ${definition.id}`);
    const leader = worker ? undefined : leaderOf(workersOf(setup), compute.threads);
    const own = worker ?? leader?.context;
    const streams = workerStreams(rngStreams(setup.seed), own);
    const live = new LiveSetup(setup);
    const worlds = createWorlds(setup, streams, () => discountOf(live.current));
    const { kernel, normaliser } = worlds;
    live.shape(worlds.env);
    const sources = { ...sourcesOf(definition, kernel), worker: own, normaliser };
    const agent = await definition.create(worlds.env.spec, setup.config, streams, compute, sources);
    return new ReinforcementRun({
      live,
      worlds,
      agent,
      recorder: new Recorder(keepRows),
      leader,
      worker: own,
    });
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

  get workers(): number {
    return this.worker?.size ?? 1;
  }

  /** Env steps over all slots and workers. */
  get progress(): number {
    return this.steps;
  }

  progressAfter(steps: number): number {
    return steps;
  }

  get env(): VectorEnv {
    return this.worlds.env;
  }

  get moments(): Moments {
    return this.worlds.moments;
  }

  /** The smallest advance is a step of every slot. Other workers play as many steps and are at rest again before it ends. */
  advance(enough: () => boolean): MaybePromise<void> {
    const { leader, slice } = this;
    if (leader) return slice.together(() => this.advanceTogether(leader, enough));
    const step = this.watcher ? () => this.watchedStep() : () => this.step();
    return slice.advance(step, enough);
  }

  tune(change: Tuning): Mark {
    const { live, env, agent: learner, recorder, progress: step } = this;
    const mark = live.tune(change, { env, learner, recorder, step });
    this.leader?.tune(change);
    return mark;
  }

  evaluate(options: EvaluationRequest): Evaluation {
    try {
      checkParameters(this.agent);
      return evaluate(this.setup, this.agent, { ...options, moments: this.moments });
    } catch (error) {
      throw error instanceof DivergenceError ? this.stopped(error) : error;
    }
  }

  async snapshot(lean = false): Promise<Snapshot> {
    await this.slice.ended();
    try {
      return {
        ...saveWorlds(this.worlds, lean),
        steps: this.steps,
        live: this.live.save(),
        agent: finiteSnapshot(await this.agent.snapshot(lean), 'agent'),
        recorder: this.recorder.snapshot(),
        ...(this.leader && { followers: await this.leader.snapshot() }),
      };
    } catch (error) {
      throw error instanceof DivergenceError ? this.stopped(error) : error;
    }
  }

  async restore(saved: Snapshot): Promise<void> {
    await this.slice.ended();
    checkVersion(this.env, saved);
    this.steps = savedNumber(saved, 'steps');
    restoreWorlds(this.worlds, saved);
    await this.agent.restore(child(saved, 'agent'));
    this.live.restore(savedText(saved, 'live'), this.agent, this.env);
    this.recorder.restore(child(saved, 'recorder'));
    this.leader?.restore(saved);
  }

  dispose(): void {
    this.leader?.dispose();
    this.agent.dispose();
  }

  /** One step of every slot; a promise only if the update returns one. */
  private step(): Promise<void> | undefined {
    const { env, agent } = this;
    try {
      agent.act(env.obs, env.n, this.actions, 'explore');
      this.obs.set(env.obs);
      if (this.rawObs !== this.obs) this.rawObs.set(env.raw.obs);
      env.step(this.actions);
      this.steps += env.n * this.workers;
      this.recorder.recordStep(env, this.steps, env.n * (this.worker?.index ?? 0));
      agent.observe(this.buffers);
      const updated = agent.update();
      if (updated instanceof Promise) return updated.then(this.recordMetrics).catch(this.fail);
      this.recordMetrics(updated);
      return undefined;
    } catch (error) {
      return this.fail(error);
    }
  }

  /** Apart from `step`, which compiles to slower code with it in. */
  private watchedStep(): Promise<void> | undefined {
    const pending = this.step();
    this.watcher?.stepped(this.env, this.actions, this.recorder.episodes);
    return pending;
  }

  private async advanceTogether(leader: Leader, enough: () => boolean): Promise<void> {
    const from = this.recorder.episodes;
    await leader.begin(this.setup.request).catch(this.fail);
    try {
      let rounds = 0;
      do {
        const pending = this.watchedStep();
        if (pending) await pending;
        leader.grant(++rounds);
      } while (!enough());
    } catch (error) {
      // Stops the other workers too; their own errors are no longer of interest.
      await leader.rest().catch(() => []);
      throw error;
    }
    this.recorder.addEpisodes(from, await leader.rest().catch(this.fail));
  }

  private readonly recordMetrics = (metrics: Metrics | undefined): void => {
    if (!metrics) return;
    const { recorder } = this;
    const rows = recorder.metricRows;
    recorder.recordMetrics(metrics, this.steps);
    // Once per row: far cheaper than the gradient steps that it reports.
    if (recorder.metricRows > rows) checkParameters(this.agent);
  };

  private readonly fail = (cause: unknown): never => {
    throw this.stopped(cause);
  };

  private stopped(cause: unknown): Error {
    return stopped(cause, subjectOf(this.setup), { unit: 'step', step: this.steps });
  }
}

/** Separate random streams per worker; the leader's are those of a run with one worker. */
function workerStreams(streams: RngStreams, worker: WorkerContext | undefined): RngStreams {
  if (!worker || worker.index === 0) return streams;
  return (purpose, index) => streams(`worker ${worker.index}/${purpose}`, index);
}

/** The source that the agent requires: a model is created only for planners. */
function sourcesOf({ needs }: AgentDefinition<Compute>, kernel: EnvKernel): AgentSources {
  return needs === 'model' ? { model: kernel.model?.() } : {};
}

function discountOf({ config }: RunSetup): number {
  const { gamma } = config;
  return typeof gamma === 'number' ? gamma : USUAL_DISCOUNT;
}
