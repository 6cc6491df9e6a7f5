/**
 * A run that is going: one agent, its worlds and the record of both, in the order act → step → observe → update. It knows
 * neither clock nor page: whoever drives it says when a slice is enough.
 */
import type { Agent, AgentSources, Metrics, StepBuffers } from '#core/agent.ts';
import { describe, parseConfig } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import type { WorkerContext } from '#core/workers.ts';
import { rngStreams, type RngStreams } from '#core/rng.ts';
import { child, savedNumber, savedText, type Snapshot } from '#core/snapshot.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import type { Compute, MaybePromise } from '#compile/step.ts';
import { leaderOf, type Leader } from '../parallel/leader.ts';
import { demonstrate } from '../recordings/demonstrations.ts';
import { Recorder, type Tuning } from '../record/recorder.ts';
import { parseWeight, setWeights } from '../world/setup.ts';
import {
  createKernel,
  createMoments,
  wrapperSetup,
  weightProblems,
  withValues,
  type Run,
} from '../request/resolve.ts';
import { restoreMoments, saveMoments, type Moments } from '../world/wrappers.ts';

interface Parts {
  readonly run: Run;
  readonly env: VectorEnv;
  readonly agent: Agent;
  readonly recorder: Recorder;
  readonly moments: Moments;
  /** The leader's side of several workers, in the first of them; which worker this is. */
  readonly leader: Leader | undefined;
  readonly worker: WorkerContext | undefined;
}

export class Trainer {
  readonly env: VectorEnv;
  readonly agent: Agent;
  readonly recorder: Recorder;
  /** What the run's normalising wrappers have learned. */
  readonly moments: Moments;
  private readonly leader: Leader | undefined;
  private readonly worker: WorkerContext | undefined;
  private current: Run;
  private stepCount = 0;
  private readonly actions: ActionBuffer;
  private readonly obs: Float32Array;
  private readonly buffers: StepBuffers;
  /** The slice that waits for a device, if any. */
  private slice: Promise<void> | undefined;

  private constructor({ run, env, agent, recorder, moments, leader, worker }: Parts) {
    this.current = run;
    this.leader = leader;
    this.worker = worker;
    this.recorder = recorder;
    this.moments = moments;
    this.env = env;
    this.agent = agent;
    this.actions = actionBuffer(env.spec, env.n);
    this.obs = new Float32Array(env.obs.length);
    const { n, reward, terminated, truncated, obs: nextObs, finalObs } = env;
    this.buffers = {
      n,
      obs: this.obs,
      actions: this.actions,
      reward,
      terminated,
      truncated,
      nextObs,
      finalObs,
    };
  }

  /**
   * Makes worlds and agent of a run; the same run and seed give the same training. Where the agent wants several workers, this
   * is their leader unless `worker` says otherwise; they race, so that no two such runs are the same.
   */
  static async create(
    run: Run,
    compute: Compute,
    recorder = new Recorder(),
    worker?: WorkerContext,
  ): Promise<Trainer> {
    const size = run.agent.workers?.(run.config) ?? 1;
    const leader = worker ? undefined : leaderOf(size, compute.threads);
    const own = worker ?? leader?.context;
    const streams = workerStreams(rngStreams(run.seed), own);
    const moments = createMoments(run);
    const kernel = createKernel(run, moments);
    const env = new VectorEnv(kernel, run.agent.slots(run.config), streams);
    setWeights(env, run);
    const sources = { ...sourcesOf(run, kernel), worker: own };
    const agent = await run.agent.create(env.spec, run.config, streams, compute, sources);
    return new Trainer({ run, env, agent, recorder, moments, leader, worker: own });
  }

  /** The run with the values that are in force now. */
  get run(): Run {
    return this.current;
  }

  /** Threads that learn together, this one included. With more than one, the same seed does not give the same run. */
  get workers(): number {
    return this.worker?.size ?? 1;
  }

  /** Env steps over all slots, those of other workers included. */
  get steps(): number {
    return this.stepCount;
  }

  /** Finished episodes. */
  get episodes(): number {
    return this.recorder.episodes;
  }

  /**
   * Plays and learns for at least one step of every slot, then until `enough()`, which is asked after every such step.
   * Synchronous unless the agent's device is asynchronous or others work along: those play as many steps and rest again
   * before it ends. An error of the agent or world names the step it happened at.
   */
  advance(enough: () => boolean): MaybePromise<void> {
    if (this.slice) throw new Error('advance: the previous slice has not ended; wait for it');
    if (this.leader) {
      this.slice = this.advanceTogether(this.leader, enough).finally(() => (this.slice = undefined));
      return this.slice;
    }
    do {
      const pending = this.step();
      if (pending) {
        this.slice = this.advanceWaiting(pending, enough).finally(() => (this.slice = undefined));
        return this.slice;
      }
    } while (!enough());
  }

  /** Changes a live value from the next step on. Throws an `InputError` on a field that is not live or a wrong value. */
  tune(change: Tuning): void {
    const { kind, key, value } = change;
    if (kind === 'reward') this.tuneReward(key, value);
    else this.tuneAgent(key, value);
    this.leader?.tune(change);
    const values: Readonly<Record<string, unknown>> = kind === 'reward' ? this.run.rewards : this.run.config;
    this.recorder.recordMark({ step: this.steps, kind, key, value: values[key] });
  }

  /** Everything that the next step depends on. Waits for the end of a slice that is under way. */
  async snapshot(): Promise<Snapshot> {
    await this.slice;
    return {
      worldVersion: this.env.spec.version,
      steps: this.stepCount,
      live: JSON.stringify({ config: this.run.config, rewards: this.run.rewards }),
      moments: saveMoments(this.moments),
      env: this.env.snapshot(),
      agent: await this.agent.snapshot(),
      recorder: this.recorder.snapshot(),
      ...(this.leader && { followers: await this.leader.snapshot() }),
    };
  }

  /** Continues a snapshot of the same run as if it had never stopped. Waits for the end of a slice that is under way. */
  async restore(saved: Snapshot): Promise<void> {
    await this.slice;
    const { id, version } = this.env.spec;
    const savedVersion = savedNumber(saved, 'worldVersion');
    if (savedVersion !== version) {
      const got = `version ${savedVersion}, whose rules were different`;
      throw new InputError([{ field: 'checkpoint', expected: `${id} version ${version}`, got }]);
    }
    const live = JSON.parse(savedText(saved, 'live')) as Pick<Run, 'config' | 'rewards'>;
    this.stepCount = savedNumber(saved, 'steps');
    this.current = withValues(this.current, live);
    restoreMoments(this.moments, child(saved, 'moments'));
    this.env.restore(child(saved, 'env'));
    await this.agent.restore(child(saved, 'agent'));
    // The agent's own snapshot has its values; tuning tells those that keep theirs elsewhere.
    this.agent.tune(live.config);
    this.recorder.restore(child(saved, 'recorder'));
    this.leader?.restore(saved);
  }

  dispose(): void {
    this.leader?.dispose();
    this.agent.dispose();
  }

  /** One step of every slot; a promise only where the update gives one. */
  private step(): Promise<void> | undefined {
    const { env, agent } = this;
    try {
      agent.act(env.obs, env.n, this.actions, 'explore');
      this.obs.set(env.obs);
      env.step(this.actions);
      this.stepCount += env.n * this.workers;
      this.recorder.recordStep(env, this.stepCount, env.n * (this.worker?.index ?? 0));
      agent.observe(this.buffers);
      const updated = agent.update();
      if (updated instanceof Promise) return updated.then(this.recordMetrics, this.fail);
      this.recordMetrics(updated);
      return undefined;
    } catch (error) {
      return this.fail(error);
    }
  }

  private async advanceWaiting(pending: Promise<void>, enough: () => boolean): Promise<void> {
    await pending;
    while (!enough()) {
      const next = this.step();
      if (next) await next;
    }
  }

  private async advanceTogether(leader: Leader, enough: () => boolean): Promise<void> {
    const from = this.recorder.episodes;
    await leader.begin(this.run.request).catch(this.fail);
    try {
      let rounds = 0;
      do {
        const pending = this.step();
        if (pending) await pending;
        leader.grant(++rounds);
      } while (!enough());
    } catch (error) {
      // The others shall not go on alone; what they have to say comes too late.
      await leader.rest().catch(() => []);
      throw error;
    }
    this.recorder.addEpisodes(from, await leader.rest().catch(this.fail));
  }

  private readonly recordMetrics = (metrics: Metrics | undefined): void => {
    if (metrics) this.recorder.recordMetrics(metrics, this.stepCount);
  };

  private readonly fail = (cause: unknown): never => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${this.run.agent.id} on ${this.run.world.id}, step ${this.stepCount}: ${message}`, {
      cause,
    });
  };

  private tuneReward(key: string, value: unknown): void {
    const weight = parseWeight(this.env, key, value);
    const problems =
      this.run.agent.needs === 'model'
        ? weightProblems(this.env, { ...this.run.rewards, [key]: weight })
        : [];
    if (problems.length > 0) throw new InputError(problems);
    this.env.weights[this.env.spec.rewards.findIndex((term) => term.id === key)] = weight;
    this.current = withValues(this.current, { rewards: { ...this.run.rewards, [key]: weight } });
  }

  private tuneAgent(key: string, value: unknown): void {
    const { agent, config } = this.run;
    const changed = parseConfig(agent.config, { ...config, [key]: value }, 'agent');
    const field = describe(agent.config).find((entry) => entry.key === key);
    if (!field?.live)
      throw new InputError([
        {
          field: `agent.${key}`,
          expected: 'a field that may change while it runs',
          got: 'one that needs a reset',
        },
      ]);
    this.agent.tune(changed);
    this.current = withValues(this.current, { config: changed });
  }
}

/** Streams of a worker's own; the leader draws what it would draw alone. */
function workerStreams(streams: RngStreams, worker: WorkerContext | undefined): RngStreams {
  if (!worker || worker.index === 0) return streams;
  return (purpose, index) => streams(`worker ${worker.index}/${purpose}`, index);
}

/** What the agent says it needs; nobody else pays for making it. */
function sourcesOf({ agent, demonstrations, ...run }: Run, kernel: EnvKernel): AgentSources {
  if (agent.needs === 'model') return { model: kernel.model?.() };
  if (agent.needs === undefined || !demonstrations) return {};
  return { demonstrations: demonstrate(demonstrations, wrapperSetup({ agent, ...run })) };
}
