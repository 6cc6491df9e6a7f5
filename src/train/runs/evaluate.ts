/** Evaluation: whole episodes of greedy play in fresh worlds, separate from those of training. */
import type { Player } from '#core/agent.ts';
import { checkFinite } from '#core/divergence.ts';
import { rngStreams, type RngStreams } from '#core/rng.ts';
import { mean, standardDeviation } from '#core/stats.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { timeLimit } from '#core/wrappers.ts';
import { setWeights } from '../world/setup.ts';
import { EpisodeRecorder } from '../recordings/episode-recorder.ts';
import type { RecordedEpisode } from '../recordings/recording.ts';
import { createKernel, createMoments, type RunSetup } from '../request/resolve.ts';
import { transformsFor, withoutLearning, type Moments } from '../world/wrappers.ts';

export interface Evaluation {
  /** [episodes] undiscounted, under the run's reward weights. */
  readonly returns: Float64Array;
  /** [episodes] */
  readonly lengths: Float64Array;
  readonly mean: number;
  /** Sample standard deviation; 0 for a single episode. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly meanLength: number;
  /** Episodes cut off at `maxSteps`; their return so far counts. */
  readonly capped: number;
}

export interface EvaluationOptions {
  readonly episodes: number;
  readonly seed: number;
  /** Steps after which an episode is cut off where the world has no time limit: a perfect player may never lose. */
  readonly maxSteps?: number;
  /** Statistics of the run's normalising wrappers from training; required if it has any. */
  readonly moments?: Moments;
  /** Called with every counted episode as it ends; see recording.ts. */
  readonly record?: (episode: RecordedEpisode) => void;
}

type Options = Required<Omit<EvaluationOptions, 'record'>> & Pick<EvaluationOptions, 'record'>;

/** Worlds played side by side. */
const SLOTS = 10;

/**
 * Plays `episodes` whole episodes. Every slot plays a fixed share, because taking the first to finish would favour short
 * episodes.
 */
export function evaluate(setup: RunSetup, player: Player, options: EvaluationOptions): Evaluation {
  const { episodes, seed, maxSteps = 100_000 } = options;
  if (!Number.isInteger(episodes) || episodes < 1)
    throw new Error(`episodes: expected a positive integer, got ${episodes}`);
  const { moments = createMoments(setup) } = options;
  return withoutLearning(moments, () =>
    playEpisodes(setup, player, { ...options, episodes, seed, maxSteps, moments }),
  );
}

function playEpisodes(setup: RunSetup, player: Player, options: Options): Evaluation {
  const { episodes, maxSteps, record } = options;
  const n = Math.min(episodes, SLOTS);
  const { env, recorder } = evaluationWorlds(setup, n, options);
  const actions = actionBuffer(env.spec, n);
  const returns = new Float64Array(episodes);
  const lengths = new Float64Array(episodes);
  // Slot i plays episodes i, i + n, i + 2n, …
  const playing = Int32Array.from({ length: n }, (_, i) => i);
  const begins = new Uint8Array(n).fill(1);
  let capped = 0;
  for (let left = episodes; left > 0;) {
    player.act(env.obs, n, actions, 'greedy', begins);
    recorder?.note(actions);
    env.step(actions);
    for (let i = 0; i < n; i++) {
      const episode = playing[i];
      begins[i] = env.terminated[i] | env.truncated[i];
      if (!begins[i]) continue;
      const isCapped = !env.terminated[i] && env.episodeLength[i] >= maxSteps;
      const taken = recorder?.take(i, isCapped);
      if (episode >= episodes) continue;
      if (taken) record?.(taken);
      checkFinite('the return of an episode', env.episodeReturn[i]);
      returns[episode] = env.episodeReturn[i];
      lengths[episode] = env.episodeLength[i];
      if (isCapped) capped++;
      playing[i] += n;
      left--;
    }
  }
  return summarise(returns, lengths, capped);
}

/** Fresh worlds with the run's reward weights, and random streams that no training draws from, whatever its seed. */
function evaluationWorlds(
  setup: RunSetup,
  n: number,
  options: Options,
): { readonly env: VectorEnv; readonly recorder: EpisodeRecorder | undefined } {
  const kernel = createKernel(setup);
  const limit =
    kernel.spec.maxSteps === 0 ? options.maxSteps : Math.min(kernel.spec.maxSteps, options.maxSteps);
  const seeded = rngStreams(options.seed);
  const streams: RngStreams = (purpose, index) => seeded(`evaluation/${purpose}`, index);
  const limited = timeLimit(kernel, limit);
  const transforms = transformsFor(n, setup.wrappers, options.moments);
  const recorder = options.record && new EpisodeRecorder(limited, n, streams, setup.agent.id, transforms);
  const env = recorder?.env ?? new VectorEnv(limited, n, streams, transforms);
  setWeights(env, setup);
  return { env, recorder };
}

function summarise(returns: Float64Array, lengths: Float64Array, capped: number): Evaluation {
  return {
    returns,
    lengths,
    mean: mean(returns),
    std: standardDeviation(returns),
    min: returns.reduce((least, value) => Math.min(least, value)),
    max: returns.reduce((most, value) => Math.max(most, value)),
    meanLength: mean(lengths),
    capped,
  };
}
