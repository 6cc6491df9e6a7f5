/** The gradient step of PPO against eq. 7 and 9 of Schulman et al. 2017, and what a rollout that remembers ends with. */
import { expect, it } from 'vitest';
import {
  expectGradient,
  gradientSeen,
  logSoftmax,
  mean,
  range,
  recordUpdates,
  row,
  stack,
  stackSize,
} from '#tests/recorded-updates.ts';

const [POLICY, CRITIC] = [
  [4, 4, 2],
  [4, 4, 1],
];
const [CLIP, ENTROPY, VALUE] = [0.2, 0.1, 0.7];

function within(x: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, x));
}

function rising(a: number, b: number): number {
  return a - b;
}

it('descends on the clipped surrogate of normalised advantages, entropy and the clipped error of the value', async () => {
  const config = {
    network: [{ kind: 'dense', units: 4, activation: 'tanh' }],
    numEnvs: 2,
    steps: 16,
    minibatches: 1,
    epochs: 10,
    clip: CLIP,
    clipValue: true,
    normaliseAdvantages: true,
    entropyCoefficient: ENTROPY,
    valueCoefficient: VALUE,
    gradientClip: 0,
    gamma: 0.9,
    // So fast that ratios and values leave their ranges.
    learningRate: 0.1,
  };
  const updates = await recordUpdates({ world: 'cart-pole', agent: 'ppo', config }, 10);
  const sides = { ratio: new Set<boolean>(), value: new Set<boolean>() };
  for (const update of [updates[1], updates[2], updates[9]]) {
    const { before, inputs } = update;
    const raw = [...inputs['advantages']];
    const centre = mean(raw);
    const deviation = Math.sqrt(mean(raw.map((a) => (a - centre) ** 2)));
    expectGradient(gradientSeen(update), before['params'], (block) =>
      mean(
        range(32).map((k) => {
          const obs = row(inputs['obs'], k, 4);
          const logs = logSoftmax(stack(block, 0, POLICY, obs));
          const value = stack(block, stackSize(POLICY), CRITIC, obs)[0];
          const ratio = Math.exp(logs[inputs['actions'][k]] - inputs['oldLogProbs'][k]);
          const advantage = (raw[k] - centre) / deviation;
          const surrogate = Math.min(ratio * advantage, within(ratio, 1 - CLIP, 1 + CLIP) * advantage);
          const old = inputs['oldValues'][k];
          const target = inputs['returns'][k];
          const error = Math.max(
            (value - target) ** 2,
            (within(value, old - CLIP, old + CLIP) - target) ** 2,
          );
          const entropy = -logs.reduce((sum, log) => sum + Math.exp(log) * log, 0);
          sides.ratio.add(Math.abs(ratio - 1) > CLIP);
          sides.value.add(Math.abs(value - old) > CLIP);
          return -surrogate - ENTROPY * entropy + (VALUE / 2) * error;
        }),
      ),
    );
  }
  // Both cases of both are there.
  expect([sides.ratio.size, sides.value.size]).toEqual([2, 2]);
});

it('ends a rollout with the value of every environment by what is remembered of that one', async () => {
  const config = {
    network: [{ kind: 'dense', units: 4, activation: 'tanh' }],
    memory: 'gru',
    memorySize: 8,
    sequenceLength: 4,
    numEnvs: 2,
    steps: 4,
    minibatches: 1,
    epochs: 1,
    lambda: 0,
    gamma: 0.9,
    // So slow that the next rollout begins with the same values.
    learningRate: 1e-6,
  };
  const updates = await recordUpdates({ world: 'cart-pole', agent: 'ppo', config }, 3);
  for (const [k, { inputs }] of updates.slice(0, 2).entries()) {
    // Rows are [steps, environments], the latter in some order; no pole has fallen yet.
    const last = [...inputs['returns'].subarray(6)].sort(rising);
    const next = [...updates[k + 1].inputs['oldValues'].subarray(0, 2)].sort(rising);
    expect(next[1] - next[0]).toBeGreaterThan(1e-3);
    last.forEach((value, i) => expect(value).toBeCloseTo(1 + 0.9 * next[i], 4));
  }
});
