/** The saliency of an agent's choice is what finite differences of its own estimates say, network by network. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Player } from '#core/agent.ts';
import { argmax } from '#core/argmax.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { actionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

let compute: Compute;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});

/** Large enough for the rounding of float32, small enough for a kink to be seldom in between. */
const STEP = 2e-3;

async function trained(request: RunRequest, steps: number): Promise<ReinforcementRun> {
  const run = await createRun(resolveRun({ seed: 4, ...request }), compute);
  if (!(run instanceof ReinforcementRun)) throw new Error('expected a run of reinforcement learning');
  await run.advance(() => run.progress >= steps);
  return run;
}

/** Σ over what is chosen of |∂ of it / ∂ obs[k]| by differences. */
function byDifferences(
  chosen: (obs: Float32Array) => readonly number[],
  obs: Float32Array,
  k: number,
): number {
  const [up, down] = [obs.slice(), obs.slice()];
  up[k] += STEP;
  down[k] -= STEP;
  const below = chosen(down);
  return chosen(up).reduce((sum, value, d) => sum + Math.abs(value - below[d]), 0) / (up[k] - down[k]);
}

const QS: readonly (readonly [string, RunRequest, number])[] = [
  ['DQN', { world: 'cart-pole', agent: 'dqn', config: { learningStarts: 200 } }, 800],
  ['Rainbow', { world: 'cart-pole', agent: 'dqn', preset: 'rainbow', config: { learningStarts: 200 } }, 600],
  [
    'QR-DQN',
    { world: 'cart-pole', agent: 'dqn', config: { distribution: 'quantile', learningStarts: 200 } },
    600,
  ],
  ['DQN on planes', { world: 'breakout', agent: 'dqn', config: { learningStarts: 100 } }, 300],
  ['PQN', { world: 'cart-pole', agent: 'pqn' }, 1100],
];

describe.each(QS)('saliency of %s', (_name, request, steps) => {
  it('is |∂ max Q / ∂ input|', async () => {
    const { agent, env } = await trained(request, steps);
    const obs = anObservation(env.spec);
    const best = argmax(agent.inspect(obs).actionValues!);
    compare(agent, obs, (x) => [agent.inspect(x).actionValues![best]]);
  });
});

it('DQN tells the transition of its last batch that surprises it most', async () => {
  const request = {
    world: 'cart-pole',
    agent: 'dqn',
    config: { learningStarts: 200, batchSize: 16, nStep: 1 },
  };
  const { agent } = await trained(request, 150);
  expect(agent.lastUpdate!()).toBeUndefined();
  const later = await trained(request, 400);
  const update = later.agent.lastUpdate!();
  if (update?.kind !== 'batch') throw new Error('expected a batch');
  expect(update).toMatchObject({ size: 16, reward: 1 });
  // The pole falls in some transition, and in all others there is more to come.
  expect(update.target).toBeGreaterThanOrEqual(1);
  expect(Math.abs(update.target - update.expected)).toBeGreaterThan(0);
  expect([0, 1]).toContain(update.action);
});

const POLICIES: readonly (readonly [string, RunRequest, number])[] = [
  ['PPO', { world: 'cart-pole', agent: 'ppo' }, 1100],
  ['A2C with a shared network', { world: 'cart-pole', agent: 'a2c', config: { shared: true } }, 400],
  ['REINFORCE', { world: 'cart-pole', agent: 'reinforce' }, 400],
  ['discrete SAC', { world: 'cart-pole', agent: 'sac', config: { learningStarts: 100 } }, 300],
];

describe.each(POLICIES)('saliency of %s', (_name, request, steps) => {
  it('is |∂ log π(a) / ∂ input| of the most probable action', async () => {
    const { agent, env } = await trained(request, steps);
    const obs = anObservation(env.spec);
    const best = argmax(agent.inspect(obs).probabilities!);
    compare(agent, obs, (x) => [Math.log(agent.inspect(x).probabilities![best])]);
  });

  it('is about the estimates of several observations at once', async () => {
    const { agent, env } = await trained(request, steps);
    const size = observationSize(env.spec);
    const three = Float32Array.from({ length: 3 * size }, (_, k) => Math.sin(k) / 4);
    const { probabilities } = agent.estimates!(three, 3);
    const second = agent.inspect(three.slice(size, 2 * size)).probabilities!;
    second.forEach((p, a) => expect(probabilities![second.length + a]).toBeCloseTo(p, 5));
  });
});

const BOXES: readonly (readonly [string, RunRequest, number, (squashed: number) => number])[] = [
  ['PPO', { world: 'lunar-lander-continuous', agent: 'ppo' }, 1100, (u) => u],
  ['SAC', { world: 'pendulum', agent: 'sac', config: { learningStarts: 100 } }, 300, Math.atanh],
  ['TD3', { world: 'lunar-lander-continuous', agent: 'td3', config: { learningStarts: 100 } }, 300, (u) => u],
];

describe.each(BOXES)('saliency of %s with continuous actions', (_name, request, steps, unsquash) => {
  it('is Σ |∂ μ / ∂ input| over its dims', async () => {
    const { agent, env } = await trained(request, steps);
    const obs = anObservation(env.spec);
    compare(agent, obs, (x) => meanAction(agent, env.spec, x).map(unsquash));
  });
});

it('follows the hidden state of a recurrent network', async () => {
  const { agent, env } = await trained({ world: 'memory', agent: 'ppo', preset: 'memory' }, 600);
  const obs = anObservation(env.spec);
  const best = argmax(agent.inspect(obs).probabilities!);
  compare(agent, obs, (x) => [Math.log(agent.inspect(x).probabilities![best])]);
});

it('follows the weights', async () => {
  const run = await trained({ world: 'cart-pole', agent: 'ppo' }, 1100);
  const obs = Float32Array.of(0.1, -0.2, 0.05, 0.3);
  const before = run.agent.saliency!(obs);
  await run.advance(() => run.progress >= 8000);
  expect(run.agent.saliency!(obs)).not.toEqual(before);
  const best = argmax(run.agent.inspect(obs).probabilities!);
  compare(run.agent, obs, (x) => [Math.log(run.agent.inspect(x).probabilities![best])]);
});

/** Away from the kinks of ReLUs, where worlds with empty planes begin. */
function anObservation(spec: EnvSpec): Float32Array {
  return Float32Array.from({ length: observationSize(spec) }, (_, k) => 0.4 * Math.sin(1 + 1.7 * k));
}

/** The action of greedy play in −1 … 1. */
function meanAction(agent: Player, { action, ...spec }: EnvSpec, obs: Float32Array): number[] {
  if (action.kind !== 'box') throw new Error('expected a box');
  const out = actionBuffer({ action, ...spec }, 1);
  agent.act(obs, 1, out, 'greedy');
  return Array.from({ length: actionSize({ action, ...spec }) }, (_, d) => {
    const { low, high } = action;
    return (2 * out.box[d] - low[d] - high[d]) / (high[d] - low[d]);
  });
}

function compare(agent: Player, obs: Float32Array, chosen: (obs: Float32Array) => readonly number[]): void {
  const saliency = agent.saliency!(obs);
  expect(saliency).toHaveLength(obs.length);
  expect(Math.max(...saliency)).toBeGreaterThan(1e-4);
  const every = Math.ceil(obs.length / 40);
  for (let k = 0; k < obs.length; k += every) {
    const expected = byDifferences(chosen, obs, k);
    expect(Math.abs(saliency[k] - expected), `input ${k}: ${saliency[k]} and ${expected}`).toBeLessThan(
      0.01 + 0.05 * expected,
    );
  }
}
