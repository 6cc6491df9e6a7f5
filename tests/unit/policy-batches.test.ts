/** What a gradient step of agents with rollouts learns from: never a batch that could teach nothing. */
import { expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { child, savedArray } from '#core/snapshot.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

const single = 'within a single row they would all be 0';

it.each([
  [
    'ppo',
    { numEnvs: 1, steps: 64, minibatches: 64 },
    `agent.minibatches: expected at most 32 while advantages are normalised: ${single}, got 64`,
  ],
  [
    'ppo',
    { numEnvs: 1, steps: 1, minibatches: 1 },
    `agent.normaliseAdvantages: expected false for rollouts of one step: ${single}, got true`,
  ],
  [
    'ppo',
    { numEnvs: 1, steps: 32, minibatches: 33, normaliseAdvantages: false },
    'agent.minibatches: expected at most 32, the steps of a rollout, got 33',
  ],
  [
    'ppo',
    { numEnvs: 2, steps: 32, minibatches: 8, memory: 'gru', sequenceLength: 16 },
    'agent.minibatches: expected at most 4, the sequences of 16 steps of a rollout, got 8',
  ],
  [
    'a2c',
    { numEnvs: 1, steps: 1, normaliseAdvantages: true },
    `agent.normaliseAdvantages: expected false for rollouts of one step: ${single}, got true`,
  ],
  [
    'pqn',
    { numEnvs: 1, steps: 4, minibatches: 8 },
    'agent.minibatches: expected at most 4, the steps of a rollout, got 8',
  ],
])('%s refuses %o', (agent, config, message) => {
  expect(() => resolveRun({ world: 'cart-pole', agent, config })).toThrow(message);
});

it.each([
  ['ppo', { numEnvs: 1, steps: 64, minibatches: 32 }],
  ['ppo', { numEnvs: 1, steps: 64, minibatches: 64, normaliseAdvantages: false }],
  ['ppo', { numEnvs: 2, steps: 32, minibatches: 4, memory: 'gru', sequenceLength: 16 }],
  ['a2c', { numEnvs: 1, steps: 1 }],
  ['pqn', { numEnvs: 1, steps: 4, minibatches: 4 }],
])('%s takes %o', (agent, config) => {
  expect(() => resolveRun({ world: 'cart-pole', agent, config })).not.toThrow();
});

it('REINFORCE learns from updates of a single step, whose advantage it does not normalise', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  // Episodes of one step: the policy moves only if their advantages are not all 0.
  const config = { episodes: 1, numEnvs: 1, baseline: false };
  const run = await createRun(resolveRun({ world: 'bandit', agent: 'reinforce', config }), compute);
  const parameters = async (): Promise<Float32Array> =>
    savedArray(child(child(await run.snapshot(), 'agent'), 'learner'), 'params').slice() as Float32Array;
  const before = await parameters();
  await run.advance(() => run.progress >= 50);
  expect(run.recorder.episodes).toBe(50);
  expect(await parameters()).not.toEqual(before);
  run.dispose();
});
