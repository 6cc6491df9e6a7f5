/** The gradient steps of TD3 against algorithm 1 of Fujimoto et al. 2018. */
import { expect, it } from 'vitest';
import {
  expectGradient,
  gradientSeen,
  mean,
  range,
  recordUpdates,
  row,
  stack,
  stackSize,
  type Update,
} from '#tests/recorded-updates.ts';

const [B, CLIP] = [8, 0.3];
const ACTOR = [8, 4, 2];
const CRITIC = [10, 4, 1];
const request = {
  world: 'lunar-lander-continuous',
  agent: 'td3',
  config: {
    network: [{ kind: 'dense', units: 4, activation: 'tanh' }],
    batchSize: B,
    learningStarts: 24,
    learningRate: 0.01,
    targetRate: 0.1,
    gamma: 0.9,
    // So much that noise and actions have to be clipped.
    targetNoise: 0.4,
    targetNoiseClip: CLIP,
    explorationNoise: 2,
  },
};

function act(actor: ArrayLike<number>, obs: readonly number[]): readonly number[] {
  return stack(actor, 0, ACTOR, obs).map(Math.tanh);
}

function q(
  critics: ArrayLike<number>,
  which: number,
  obs: readonly number[],
  action: readonly number[],
): number {
  return stack(critics, which * stackSize(CRITIC), CRITIC, [...obs, ...action])[0];
}

function criticLoss({ before, inputs }: Update): (critics: Float64Array) => number {
  const y = range(B).map((k) => {
    const next = row(inputs['nextObs'], k, 8);
    const noise = row(inputs['noise'], k, 2);
    const action = act(before['targetActor'], next).map((a, d) => Math.min(1, Math.max(-1, a + noise[d])));
    const least = Math.min(...[0, 1].map((c) => q(before['targetCritics'], c, next, action)));
    return inputs['rewards'][k] + inputs['discounts'][k] * least;
  });
  const error = (critics: Float64Array, c: number, k: number): number =>
    q(critics, c, row(inputs['obs'], k, 8), row(inputs['actions'], k, 2)) - y[k];
  return (critics) =>
    [0, 1].reduce((sum, c) => sum + mean(range(B).map((k) => error(critics, c, k) ** 2)), 0);
}

it('descends on the errors of both critics at every step, on −Q₁ of the policy at every second', async () => {
  // Noise that leads most target actions out of the box, to which they are clipped.
  const config = { ...request.config, targetNoise: 2, targetNoiseClip: 2 };
  const updates = await recordUpdates({ ...request, config }, 32);
  for (const index of [30, 31]) {
    const update = updates[index];
    const { before, after, inputs } = update;
    const gradient = gradientSeen(update, 'critics/optimizer/m');
    expectGradient(gradient, before['critics'], criticLoss(update));
    if (index % 2 === 0) {
      // Neither the policy nor its moments, nor the targets.
      for (const name of ['actor', 'actor/optimizer/m', 'actor/optimizer/v', 'targetActor', 'targetCritics'])
        expect(after[name], name).toEqual(before[name]);
      continue;
    }
    expectGradient(gradientSeen(update, 'actor/optimizer/m'), before['actor'], (actor) =>
      mean(
        range(B).map((k) => {
          const obs = row(inputs['obs'], k, 8);
          return -q(after['critics'], 0, obs, act(actor, obs));
        }),
      ),
    );
    for (const [target, own] of [
      ['targetActor', 'actor'],
      ['targetCritics', 'critics'],
    ])
      after[target].forEach((value, k) =>
        expect(value).toBeCloseTo(0.9 * before[target][k] + 0.1 * after[own][k], 5),
      );
  }
});

it('clips the noise on target actions, and its own actions to the box', async () => {
  const updates = await recordUpdates(request, 32);
  const all = (name: string): readonly number[] => updates.flatMap(({ inputs }) => [...inputs[name]]);
  expect(Math.max(...all('noise'))).toBe(Math.fround(CLIP));
  expect(Math.min(...all('noise'))).toBe(-Math.fround(CLIP));
  expect(new Set(all('noise').map((x) => Math.abs(x) < CLIP))).toEqual(new Set([true, false]));
  expect(Math.max(...all('actions').map(Math.abs))).toBe(1);
});
