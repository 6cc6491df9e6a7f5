/** The gradient steps of REINFORCE, A2C, A3C and PPO against their equations, and what these are given of a rollout. */
import { describe, expect, it } from 'vitest';
import type { StepBuffers } from '#core/agent.ts';
import { Episodes } from '#agents/policy/reinforce/episodes.ts';
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
  type Update,
} from '#tests/recorded-updates.ts';

const network = [{ kind: 'dense', units: 4, activation: 'tanh' }];
const [POLICY, CRITIC, SHARED] = [
  [4, 4, 2],
  [4, 4, 1],
  [4, 4, 3],
];
const coefficients = { entropyCoefficient: 0.1, valueCoefficient: 0.7 };
const common = { network, gamma: 0.9, learningRate: 0.01, gradientClip: 0, ...coefficients };

/** Of one row: log π(a | s), the entropy and V(s), by two networks or by one with both outputs. */
function evaluated(block: ArrayLike<number>, { inputs }: Update, k: number, shared = false) {
  const obs = row(inputs['obs'], k, 4);
  const outputs = stack(block, 0, shared ? SHARED : POLICY, obs);
  const logs = logSoftmax(outputs.slice(0, 2));
  const value = shared ? outputs[2] : stack(block, stackSize(POLICY), CRITIC, obs)[0];
  const entropy = -logs.reduce((sum, log) => sum + Math.exp(log) * log, 0);
  return { logProb: logs[inputs['actions'][k]], entropy, value };
}

function normalised(values: readonly number[]): readonly number[] {
  const centre = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return values.map((value) => (value - centre) / deviation);
}

/** −A log π − c_e H + c_v ½ (V − R)² of one row. */
function rowLoss(
  { logProb, entropy, value }: ReturnType<typeof evaluated>,
  advantage: number,
  target: number,
): number {
  const { entropyCoefficient, valueCoefficient } = coefficients;
  return -advantage * logProb - entropyCoefficient * entropy + (valueCoefficient / 2) * (value - target) ** 2;
}

/** A step that pays 1, and ends in 7 where it is cut off. */
function oneStep(truncated: number): StepBuffers {
  return {
    n: 1,
    obs: Float32Array.of(0),
    nextObs: Float32Array.of(0),
    finalObs: Float32Array.of(7),
    actions: { discrete: Int32Array.of(0), box: new Float32Array(0) },
    reward: Float32Array.of(1),
    terminated: Uint8Array.of(0),
    truncated: Uint8Array.of(truncated),
    raw: undefined,
  };
}

describe('A2C', () => {
  const config = { ...common, numEnvs: 2, steps: 8, lambda: 0.5, normaliseAdvantages: true };
  const request = { world: 'cart-pole', agent: 'a2c', config };

  it('descends on normalised advantages, entropy and the error of the value by RMSProp with a decay of 0.99', async () => {
    const update = (await recordUpdates(request, 3))[2];
    const { before, after, inputs } = update;
    const advantages = normalised([...inputs['advantages']]);
    const v = 'optimizer/v';
    // θ ← θ − η g / (√v + ε)
    const gradient = Float64Array.from(
      after['params'],
      (value, k) => ((before['params'][k] - value) * (Math.sqrt(after[v][k]) + 1e-5)) / 0.01,
    );
    expectGradient(gradient, before['params'], (block) =>
      mean(range(16).map((k) => rowLoss(evaluated(block, update, k), advantages[k], inputs['returns'][k]))),
    );
    gradient.forEach((g, k) => expect(after[v][k]).toBeCloseTo(0.99 * before[v][k] + 0.01 * g * g, 5));
  });

  it('has advantages that look ahead by λ, and returns that are advantage and value together', async () => {
    const played: { reward: number[]; terminated: number[]; next: number[][] }[] = [];
    const updates = await recordUpdates(request, 6, ({ env }) => {
      const [reward, terminated] = [[...env.reward], [...env.terminated]];
      played.push({ reward, terminated, next: [0, 1].map((i) => [...row(env.obs, i, 4)]) });
    });
    let ends = 0;
    updates.forEach(({ before, inputs }, u) => {
      const value = (obs: readonly number[]): number =>
        stack(before['params'], stackSize(POLICY), CRITIC, obs)[0];
      for (const slot of [0, 1]) {
        let advantage = 0;
        for (let t = 7; t >= 0; t--) {
          const { reward, terminated, next } = played[8 * u + t];
          const goesOn = terminated[slot] ? 0 : 1;
          ends += 1 - goesOn;
          const v = value(row(inputs['obs'], 2 * t + slot, 4));
          const delta = reward[slot] + 0.9 * goesOn * value(next[slot]) - v;
          advantage = delta + 0.9 * 0.5 * goesOn * advantage;
          expect(inputs['advantages'][2 * t + slot]).toBeCloseTo(advantage, 4);
          expect(inputs['returns'][2 * t + slot]).toBeCloseTo(advantage + v, 4);
        }
      }
    });
    expect(ends).toBeGreaterThan(0);
  });
});

describe('A3C', () => {
  it('sums policy loss, entropy and the error of a shared value over the steps played, and returns by γ', async () => {
    const config = { ...common, workers: 1, steps: 16, shared: true };
    const lengths: number[] = [];
    let last = 0;
    const updates = await recordUpdates({ world: 'cart-pole', agent: 'a3c', config }, 8, (run, all) => {
      if (all.length === lengths.length) return;
      lengths.push(run.progress - last);
      last = run.progress;
    });
    // One that the end of an episode has cut short: it ends with nothing to follow.
    const index = lengths.findIndex((length) => length < 16);
    const [update, length] = [updates[index], lengths[index]];
    expect(length).toBeGreaterThan(1);
    let following = 0;
    const returns = range(length)
      .map(() => (following = 1 + 0.9 * following))
      .toReversed();
    returns.forEach((value, k) => expect(update.inputs['returns'][k]).toBeCloseTo(value, 5));
    const advantages = returns.map(
      (value, k) => value - evaluated(update.before['params'], update, k, true).value,
    );
    expectGradient(update.outputs['gradient'], update.before['params'], (block) =>
      range(length).reduce(
        (sum, k) => sum + rowLoss(evaluated(block, update, k, true), advantages[k], returns[k]),
        0,
      ),
    );
  });

  it('ends a rollout that was cut off with the value of its last observation', async () => {
    const config = { ...common, workers: 1, steps: 16, shared: true };
    const wrappers = { timeLimit: 6 };
    const ends: (readonly number[])[] = [];
    // No pole falls within six steps.
    const updates = await recordUpdates(
      { world: 'cart-pole', agent: 'a3c', config, wrappers },
      3,
      ({ env }) => {
        if (env.truncated[0]) ends.push(row(env.finalObs, 0, 4));
      },
    );
    updates.forEach(({ before, inputs }, u) => {
      let following = stack(before['params'], 0, SHARED, ends[u])[2];
      for (let k = 5; k >= 0; k--) {
        following = 1 + 0.9 * following;
        expect(inputs['returns'][k]).toBeCloseTo(following, 4);
      }
    });
  });
});

describe('REINFORCE', () => {
  it.each([true, false])(
    'with baseline %s climbs log π by normalised advantages, on the steps played',
    async (baseline) => {
      const config = { ...common, numEnvs: 1, episodes: 1, maxSteps: 512, baseline };
      const update = (await recordUpdates({ world: 'cart-pole', agent: 'reinforce', config }, 2))[1];
      const { before, inputs } = update;
      // CartPole pays 1 per step and ends by itself long before 512 steps: G = 1 + γ + γ² + …
      const length = inputs['weights'].findIndex((weight) => weight === 0);
      const returns = range(length).map((t) => (1 - 0.9 ** (length - t)) / 0.1);
      returns.forEach((value, k) => expect(inputs['returns'][k]).toBeCloseTo(value, 4));
      const advantages = normalised(
        returns.map((value, k) => value - (baseline ? evaluated(before['params'], update, k).value : 0)),
      );
      expectGradient(gradientSeen(update), before['params'], (block) =>
        mean(
          range(length).map((k) => {
            const now = evaluated(block, update, k);
            return rowLoss(baseline ? now : { ...now, value: returns[k] }, advantages[k], returns[k]);
          }),
        ),
      );
    },
  );

  it('begins with what a cut-off state is worth, and discounts it', () => {
    const episodes = new Episodes({ slots: 1, maxSteps: 4, observation: 1, action: 1 });
    for (const truncated of [0, 1]) episodes.observe(oneStep(truncated), Float32Array.of(0), 0.5, ([x]) => x);
    expect([...episodes.returns.subarray(0, 2)]).toEqual([1 + 0.5 * (1 + 0.5 * 7), 1 + 0.5 * 7]);
  });
});

describe('PPO', () => {
  const config = { ...common, numEnvs: 2, steps: 8, minibatches: 2, epochs: 3 };

  it('has returns as the target of its critic, and goes over every rollout once per epoch, each in another order', async () => {
    // Nothing follows a step where γ is 0: returns are rewards.
    let progress = 0;
    const updates = await recordUpdates(
      { world: 'cart-pole', agent: 'ppo', config: { ...config, gamma: 0 } },
      6,
      (run) => {
        progress = run.progress;
      },
    );
    expect(updates).toHaveLength(6);
    expect(progress).toBe(16);
    for (const { inputs } of updates) inputs['returns'].forEach((value) => expect(value).toBeCloseTo(1, 5));
    const epochs = range(3).map((epoch) =>
      [0, 1].flatMap((k) => [...updates[2 * epoch + k].inputs['oldLogProbs']]),
    );
    for (const epoch of epochs) expect(new Set(epoch)).toEqual(new Set(epochs[0]));
    expect(epochs[1]).not.toEqual(epochs[0]);
    expect(epochs[2]).not.toEqual(epochs[1]);
  });

  it('finds the policy at its first step as it was when it played, in all dims of an action, with σ = 1 half box', async () => {
    const one = { ...config, numEnvs: 8, steps: 32, minibatches: 1, epochs: 1, network: 'auto' };
    const [update] = await recordUpdates({ world: 'lunar-lander-continuous', agent: 'ppo', config: one }, 1);
    expect(update.outputs['approxKl'][0]).toBeCloseTo(0, 5);
    expect(update.outputs['clipFraction'][0]).toBe(0);
    // The entropy of two standard normals, and their spread: three standard errors.
    expect(update.outputs['entropy'][0]).toBeCloseTo(1 + Math.log(2 * Math.PI), 4);
    const actions = [...update.inputs['actions']];
    expect(Math.abs(Math.sqrt(mean(actions.map((x) => x * x))) - 1)).toBeLessThan(
      3 / Math.sqrt(2 * actions.length),
    );
  });
});
