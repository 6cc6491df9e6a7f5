/** The gradient step of SAC against its equations: Haarnoja et al. 2018, for discrete actions Christodoulou 2019. */
import { describe, expect, it } from 'vitest';
import { logStdOf } from '#agents/policy/sac/networks.ts';
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

const B = 8;
const config = {
  network: [{ kind: 'dense', units: 4, activation: 'tanh' }],
  batchSize: B,
  learningStarts: 24,
  learningRate: 0.01,
  targetRate: 0.1,
  temperature: 0.3,
  targetEntropy: 0.7,
  gamma: 0.9,
};

/** What the two kinds of actions have in common: V of a row under some critics, and E log π, by the policy of `params`. */
interface Soft {
  readonly value: number;
  readonly logProb: number;
}

interface Case {
  readonly name: string;
  readonly world: string;
  readonly observation: number;
  /** Numbers of an action, as the inputs have it. */
  readonly width: number;
  readonly actor: readonly number[];
  readonly critic: readonly number[];
  readonly targetEntropy: number;
  q(critic: ArrayLike<number>, from: number, obs: readonly number[], action: readonly number[]): number;
  soft(
    policy: readonly number[],
    noise: readonly number[],
    alpha: number,
    q: (action: readonly number[]) => number,
  ): Soft;
}

const continuous: Case = {
  name: 'continuous',
  world: 'lunar-lander-continuous',
  observation: 8,
  width: 2,
  actor: [8, 4, 4],
  critic: [10, 4, 1],
  // −1 times it per dim.
  targetEntropy: -2 * config.targetEntropy,
  q: (critic, from, obs, action) => stack(critic, from, [10, 4, 1], [...obs, ...action])[0],
  soft(policy, noise, alpha, q) {
    const dims = noise.map((e, d) => {
      const logStd = -5 + 3.5 * (Math.tanh(policy[2 + d]) + 1);
      const action = Math.tanh(policy[d] + Math.exp(logStd) * e);
      const normal = -0.5 * e * e - logStd - 0.5 * Math.log(2 * Math.PI);
      // Appendix C: the density of tanh(u).
      return { action, logProb: normal - Math.log(1 - action * action) };
    });
    const logProb = dims.reduce((sum, dim) => sum + dim.logProb, 0);
    return { value: q(dims.map(({ action }) => action)) - alpha * logProb, logProb };
  },
};

const discrete: Case = {
  name: 'discrete',
  world: 'cart-pole',
  observation: 4,
  width: 1,
  actor: [4, 4, 2],
  critic: [4, 4, 2],
  // Its share of the largest.
  targetEntropy: config.targetEntropy * Math.log(2),
  q: (critic, from, obs, [action]) => stack(critic, from, [4, 4, 2], obs)[action],
  soft(policy, _noise, alpha, q) {
    const logs = logSoftmax(policy);
    const sum = (term: (log: number, a: number) => number): number =>
      logs.reduce((total, log, a) => total + Math.exp(log) * term(log, a), 0);
    return { value: sum((log, a) => q([a]) - alpha * log), logProb: sum((log) => log) };
  },
};

describe.each([continuous, discrete])('SAC with $name actions', (kind) => {
  it('descends on the losses of critics, policy and temperature, and moves the targets by τ', async () => {
    const updates = await recordUpdates({ world: kind.world, agent: 'sac', config }, 12);
    // Not the first one: targets and critics have parted.
    const update = updates[11];
    const { before, after, inputs } = update;
    const [actorSize, criticSize] = [stackSize(kind.actor), stackSize(kind.critic)];
    const { params, targets } = before;
    const alpha = Math.exp(params[params.length - 1]);
    const obs = (name: string, k: number): readonly number[] => row(inputs[name], k, kind.observation);
    const noise = (name: string, k: number): readonly number[] => row(inputs[name] ?? [], k, kind.width);
    /** min over both critics, whose parameters begin at `from`. */
    const least =
      (critics: ArrayLike<number>, from: number, state: readonly number[]) => (action: readonly number[]) =>
        Math.min(...[0, 1].map((c) => kind.q(critics, from + c * criticSize, state, action)));
    const softAt = (
      actor: ArrayLike<number>,
      k: number,
      of: string,
      q: (action: readonly number[]) => number,
    ): Soft => {
      const policy = stack(actor, 0, kind.actor, obs(of, k));
      return kind.soft(policy, noise(of === 'obs' ? 'noise' : 'nextNoise', k), alpha, q);
    };

    // y = r + γ (1 − d) V⁻(s′)
    const y = range(B).map((k) => {
      const next = obs('nextObs', k);
      return (
        inputs['rewards'][k] +
        inputs['discounts'][k] * softAt(params, k, 'nextObs', least(targets, 0, next)).value
      );
    });
    const criticLoss = (block: ArrayLike<number>): number =>
      [0, 1].reduce((sum, c) => {
        const from = actorSize + c * criticSize;
        const error = (k: number) =>
          kind.q(block, from, obs('obs', k), row(inputs['actions'], k, kind.width)) - y[k];
        return sum + 0.5 * mean(range(B).map((k) => error(k) ** 2));
      }, 0);
    const now = (block: ArrayLike<number>) =>
      range(B).map((k) => softAt(block, k, 'obs', least(params, actorSize, obs('obs', k))));
    const policyLoss = (block: ArrayLike<number>): number => -mean(now(block).map(({ value }) => value));
    const logProb = mean(now(params).map((each) => each.logProb));
    const alphaLoss = (block: ArrayLike<number>): number =>
      -block[block.length - 1] * (logProb + kind.targetEntropy);
    // Each loss moves its own parameters only.
    const all = Float64Array.from(params);
    const part = (block: Float64Array, from: number, to: number): Float64Array => {
      const mixed = all.slice();
      mixed.set(block.subarray(from, to), from);
      return mixed;
    };
    expectGradient(
      gradientSeen(update),
      params,
      (block) =>
        policyLoss(part(block, 0, actorSize)) +
        criticLoss(part(block, actorSize, block.length - 1)) +
        alphaLoss(block),
    );
    const moved = Array.from(targets, (old, k) => 0.9 * old + 0.1 * after['params'][actorSize + k]);
    moved.forEach((value, k) => expect(after['targets'][k]).toBeCloseTo(value, 5));
  });
});

it('draws with a log σ from −5 to 2, as it learns', () => {
  expect([-50, 0, 50].map(logStdOf)).toEqual([-5, -1.5, 2]);
});
