/** Reward transforms: after the weights, before the agent, and never in what the record shows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvKernel } from '#core/env.ts';
import { RunningMoments } from '#core/moments.ts';
import { rewardTransform, type RewardOptions } from '#core/reward.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';

const gamma = (): number => 0.9;

/** Two terms, worth 3 and −1; the action says how often the first happens. Episodes of five steps. */
const kernel: EnvKernel = {
  spec: {
    id: 'terms',
    version: 1,
    title: 'Terms',
    observation: { kind: 'vector', shape: [1] },
    action: { kind: 'discrete', names: ['none', 'once', 'twice'] },
    rewards: [
      { id: 'good', label: 'Good', weight: 3, help: '' },
      { id: 'step', label: 'Step', weight: -1, help: '' },
    ],
    maxSteps: 5,
    fps: 1,
    keys: {},
  },
  allocate: () => ({}),
  reset: () => {},
  step: (_, __, action, ___, out) => {
    out.events[0] = action as number;
    out.events[1] = 1;
  },
  observe: () => {},
  draw: () => {},
};

function world(options: RewardOptions, n = 1): VectorEnv {
  return new VectorEnv(kernel, n, rngStreams(1), { reward: rewardTransform(n, options) });
}

function play(env: VectorEnv, action: number): void {
  const actions = actionBuffer(env.spec, env.n);
  actions.discrete.fill(action);
  env.step(actions);
}

describe('clipping', () => {
  it('clips the weighted sum, whatever the weights are now, and leaves the return alone', () => {
    const env = world({ clip: 1, discount: gamma });
    play(env, 2);
    expect([env.reward[0], env.episodeReturn[0]]).toEqual([1, 5]);
    env.weights[0] = 0.25;
    play(env, 2);
    expect([env.reward[0], env.episodeReturn[0]]).toEqual([-0.5, 4.5]);
    env.weights[1] = -10;
    play(env, 0);
    expect([env.reward[0], env.episodeReturn[0]]).toEqual([-1, -5.5]);
  });

  it('asks for nothing at 0 and refuses what is below', () => {
    expect(rewardTransform(3, { clip: 0, discount: gamma })).toBeUndefined();
    expect(() => rewardTransform(3, { clip: -1, discount: gamma })).toThrow('clip: expected at least 0');
  });
});

describe('normalising', () => {
  it('divides by the deviation of the discounted return, with the given discount, and begins anew with an episode', () => {
    const actions = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 40 });
    const discounts = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(actions, discounts, fc.boolean(), (chosen, discount, isClipped) => {
        const clip = isClipped ? 2 : 0;
        const env = world({ clip, moments: new RunningMoments(1), discount: () => discount });
        const returns: number[] = [];
        let discounted = 0;
        chosen.forEach((action, t) => {
          play(env, action);
          const whole = 3 * action - 1;
          const reward = isClipped ? Math.min(2, Math.max(-2, whole)) : whole;
          discounted = (t % 5 === 0 ? 0 : discount * discounted) + reward;
          returns.push(discounted);
          const mean = returns.reduce((sum, x) => sum + x, 0) / returns.length;
          const variance = returns.reduce((sum, x) => sum + (x - mean) ** 2, 0) / returns.length;
          const scale = returns.length < 2 ? 1 : Math.sqrt(variance + 1e-8);
          expect(Math.abs(env.reward[0] * scale - reward)).toBeLessThan(1e-3);
        });
      }),
    );
  });

  it('follows a discount that changes, and goes on from a snapshot bit for bit', () => {
    let discount = 0.5;
    const make = (): VectorEnv => world({ clip: 0, moments, discount: () => discount }, 2);
    const moments = new RunningMoments(1);
    const [one, two] = [make(), make()];
    for (let t = 0; t < 7; t++) play(one, t % 3);
    two.restore(structuredClone(one.snapshot()));
    discount = 1;
    const saved = moments.snapshot();
    play(one, 1);
    moments.restore(saved);
    play(two, 1);
    expect(two.reward).toEqual(one.reward);
    moments.restore(saved);
    discount = 0;
    one.restore(two.snapshot());
    play(one, 1);
    expect(one.snapshot()).not.toEqual(two.snapshot());
  });
});
