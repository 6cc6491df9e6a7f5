/**
 * A saved policy that plays without learning, apart from the run that it is from: in a world to be watched, in fresh worlds to be
 * tested, and from the start of somebody else's episode to be compared.
 */
import type { Learner, Player } from '#core/agent.ts';
import { withoutExperience } from '#core/experience.ts';
import { rngStreams } from '#core/rng.ts';
import { child, type Snapshot } from '#core/snapshot.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { soleWorker } from '#core/workers.ts';
import type { Compute } from '#compile/step.ts';
import { Playback } from '../recordings/playback.ts';
import type { Recording } from '../recordings/recording.ts';
import { createKernel, type RunSetup } from '../request/resolve.ts';
import { wrapperSetup } from '../request/suitability.ts';
import { evaluate, type Evaluation, type EvaluationOptions } from '../runs/evaluate.ts';
import { FitRun } from '../runs/fit.ts';
import { ReinforcementRun } from '../runs/reinforcement.ts';
import { setWeights } from '../world/setup.ts';
import { restoreMoments, transformsFor, type Moments } from '../world/wrappers.ts';

/** What of a run's snapshot its greedy policy depends on; small, and plain data. */
export function policyOf(saved: Snapshot): Snapshot {
  const agent = child(saved, 'agent');
  // Of an agent without a replay buffer nothing is left out.
  return { moments: child(saved, 'moments'), agent: { ...withoutExperience(agent), lean: true } };
}

/** Steps after which an episode is cut off where the world has no time limit. */
const MOST_STEPS = 100_000;

export class StandIn {
  readonly setup: RunSetup;
  private readonly run: ReinforcementRun | FitRun;

  private constructor(setup: RunSetup, run: ReinforcementRun | FitRun) {
    this.setup = setup;
    this.run = run;
    this.freeze();
  }

  static async create(setup: RunSetup, compute: Compute): Promise<StandIn> {
    const run =
      setup.agent.kind === 'cloner'
        ? await FitRun.create(setup, compute)
        : await ReinforcementRun.create(setup, compute, { worker: soleWorker() });
    return new StandIn(setup, run);
  }

  get agent(): Player & Learner {
    return this.run.agent;
  }

  get moments(): Moments {
    return this.run.moments;
  }

  /** Takes over a policy: the result of `policyOf`. */
  async adopt(policy: Snapshot): Promise<void> {
    restoreMoments(this.moments, child(policy, 'moments'));
    await this.agent.restore(child(policy, 'agent'));
  }

  /** As `Run.evaluate`: the same policy gets the same returns. */
  evaluate(options: Omit<EvaluationOptions, 'moments'>): Evaluation {
    try {
      return evaluate(this.setup, this.agent, { ...options, moments: this.moments });
    } finally {
      this.freeze();
    }
  }

  /** Plays greedily in a world of this seed, a step at a time. */
  play(seed: number): GreedyPlay {
    return new GreedyPlay(this, seed);
  }

  /** The return of a greedy episode from the start of the recording's first one, played in the same world. */
  playFrom(recording: Recording): { readonly return: number; readonly length: number } {
    const view = wrapperSetup(this.setup);
    const transforms = transformsFor(1, this.setup.wrappers, this.moments);
    const playback = new Playback(recording, view, transforms);
    const { env, actions } = playback;
    playback.begin(0);
    const begins = Uint8Array.of(1);
    do {
      this.agent.act(env.obs, 1, actions, 'greedy', begins);
      begins[0] = 0;
      env.step(actions);
    } while (!(env.terminated[0] | env.truncated[0]) && env.episodeLength[0] < MOST_STEPS);
    return { return: env.episodeReturn[0], length: env.episodeLength[0] };
  }

  dispose(): void {
    this.run.dispose();
  }

  /** Statistics are those of the policy: nothing is learned here. */
  private freeze(): void {
    for (const each of [this.moments.observation, this.moments.reward]) if (each) each.learning = false;
  }
}

/** A world in which a stand-in plays. */
export class GreedyPlay {
  readonly env: VectorEnv;
  private readonly player: Player;
  private readonly actions: ActionBuffer;
  private readonly begins = Uint8Array.of(1);

  constructor({ setup, agent, moments }: StandIn, seed: number) {
    const kernel = createKernel(setup);
    this.player = agent;
    this.env = new VectorEnv(kernel, 1, rngStreams(seed), transformsFor(1, setup.wrappers, moments));
    setWeights(this.env, setup);
    this.actions = actionBuffer(kernel.spec, 1);
  }

  /** The next step; after the last one of an episode the world shows the start of another. */
  step(): void {
    const { env, player, actions, begins } = this;
    player.act(env.obs, 1, actions, 'greedy', begins);
    env.step(actions);
    begins[0] = env.terminated[0] | env.truncated[0];
  }
}
