/**
 * What chance scores in each world, against the same measured on the references: a wrong start, rule or reward shows here even
 * where no recording goes. Within three standard errors of the difference.
 */
import { describe, expect, it } from 'vitest';
import { kernelFor, RandomPlay, type Setting } from '#package/contract/env-play.ts';
import { defaults } from '#tests/contract/settings.ts';

interface Floor {
  readonly world: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** The reference's mean return and its standard error. */
  readonly mean: number;
  readonly error: number;
  readonly episodes: number;
}

const full = { actions: 'full' };

const floors: readonly Floor[] = [
  // MinAtar, sticky 0.1, 2000 episodes each (Freeway 40).
  { world: 'asterix', params: full, mean: 0.467, error: 0.018, episodes: 1600 },
  { world: 'asterix', mean: 0.505, error: 0.019, episodes: 1600 },
  { world: 'breakout', params: full, mean: 0.489, error: 0.016, episodes: 2000 },
  { world: 'breakout', mean: 0.403, error: 0.015, episodes: 2000 },
  { world: 'freeway', params: full, mean: 0.125, error: 0.05, episodes: 40 },
  { world: 'freeway', mean: 0.35, error: 0.08, episodes: 40 },
  { world: 'seaquest', mean: 0.119, error: 0.01, episodes: 2000 },
  { world: 'space-invaders', params: full, mean: 2.878, error: 0.05, episodes: 1200 },
  { world: 'space-invaders', mean: 4.024, error: 0.07, episodes: 1200 },
  // Gymnasium. Acrobot's was published without an error; nearly every episode is the limit's −500, few end early.
  { world: 'cart-pole', mean: 22.1, error: 0.3, episodes: 2000 },
  { world: 'mountain-car', mean: -200, error: 0, episodes: 32 },
  { world: 'acrobot', mean: -491, error: 3, episodes: 160 },
  { world: 'pendulum', mean: -1228, error: 38, episodes: 320 },
  // By reckoning: the ball's column does not depend on the paddle's; a guess; the mean of 0.1 … 0.9; solved exactly.
  { world: 'catch', mean: 2 / 5 - 1, error: 0, episodes: 1600 },
  { world: 'memory', mean: 0, error: 0, episodes: 1600 },
  { world: 'bandit', mean: 0.5, error: 0, episodes: 1600 },
  { world: 'corridor', mean: 0.78458, error: 0, episodes: 1600 },
];

/** The first episodes of each of sixteen slots, as many of each: short ones must not crowd out long ones. */
function randomReturns(setting: Setting, episodes: number): readonly number[] {
  const slots = 16;
  const play = new RandomPlay(kernelFor(setting), { n: slots, seed: 5, actionSeed: 6 });
  const { env } = play;
  const left = new Int32Array(slots).fill(Math.ceil(episodes / slots));
  const returns: number[] = [];
  while (left.some((count) => count > 0)) {
    play.step();
    for (let i = 0; i < slots; i++)
      if ((env.terminated[i] || env.truncated[i]) && left[i]-- > 0) returns.push(env.episodeReturn[i]);
  }
  return returns;
}

describe('random play scores what it does in the reference', () => {
  it.each(floors)('$world $params', ({ world, params = {}, mean, error, episodes }) => {
    const setting = defaults.find(({ definition }) => definition.id === world);
    expect(setting, `a world called ${world}`).toBeDefined();
    const returns = randomReturns({ ...setting!, params }, episodes);
    const n = returns.length;
    const got = returns.reduce((sum, x) => sum + x, 0) / n;
    const variance = returns.reduce((sum, x) => sum + (x - got) ** 2, 0) / (n - 1);
    expect(Math.abs(got - mean), `${got} against ${mean}`).toBeLessThanOrEqual(
      3 * Math.sqrt(variance / n + error * error),
    );
  });
});
