/** V(s) of agents with critics is the least of these at the policy's own action, as the network in a checkpoint computes it. */
import { describe, expect, it } from 'vitest';
import { observationSize } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { Inspector } from '#agents/nn/inspector.ts';
import { extractNetworks } from '#train/checkpoints/networks.ts';
import { child } from '#core/snapshot.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const SMALL = [{ kind: 'dense', units: 8, activation: 'tanh' }];
const learning = { network: SMALL, learningStarts: 64, batchSize: 16 };

async function play(
  request: RunRequest,
  work: (run: ReinforcementRun, compute: Compute) => Promise<void>,
): Promise<void> {
  using compute = await createCompute('simd', { threads: 1 });
  const run = await ReinforcementRun.create(resolveRun(request), compute);
  try {
    // Past the first gradient steps, and looked at before: what is shown follows the weights.
    run.scene.inspection();
    await run.advance(() => run.progress >= 200);
    await work(run, compute);
  } finally {
    run.dispose();
  }
}

/** The output of every network of a run for an input. */
async function readers(run: ReinforcementRun, compute: Compute) {
  const agent = child(await run.snapshot(), 'agent');
  const networks = extractNetworks(run.setup, agent).map(({ name, plan, block }) => {
    const inspector = new Inspector(compute, plan, block);
    return [
      name,
      (x: ArrayLike<number>) => inspector.activations(Float32Array.from(x)).at(-1) as Float32Array,
    ];
  });
  return Object.fromEntries(networks) as Record<string, (x: ArrayLike<number>) => Float32Array>;
}

describe.each([
  { world: 'pendulum', agent: 'sac', config: learning },
  { world: 'pendulum', agent: 'td3', config: learning },
  { world: 'pendulum', agent: 'td3', preset: 'ddpg', config: learning },
] as const)('$agent $preset on a box', (request) => {
  it('values its own action by the lower critic', () =>
    play(request, async (run, compute) => {
      const read = await readers(run, compute);
      const { obs, spec } = run.env;
      const state = obs.subarray(0, observationSize(spec));
      const output = read['policy'](state);
      const action = request.agent === 'sac' ? Math.tanh(output[0]) : output[0];
      const critics = Object.keys(read).filter((name) => name.startsWith('critic-'));
      expect(critics).toHaveLength('preset' in request ? 1 : 2);
      const least = Math.min(...critics.map((name) => read[name]([...state, action])[0]));
      expect(run.scene.inspection().value).toBeCloseTo(least, 4);
      expect(run.scene.overlays()).toContain('history');
    }));
});

it('sac with discrete actions averages over its policy, in every state at once too', () =>
  play({ world: 'frozen-lake', agent: 'sac', config: learning }, async (run, compute) => {
    const read = await readers(run, compute);
    const states = Float32Array.from({ length: 256 }, (_, k) => Number(k % 17 === 0));
    const { values, probabilities } = run.agent.estimates?.(states, 16) ?? {};
    for (const state of [0, 5, 15]) {
      const x = states.subarray(state * 16, (state + 1) * 16);
      const [first, second] = [read['critic-1'](x), read['critic-2'](x)];
      const policy = probabilities?.subarray(4 * state, 4 * state + 4) ?? [];
      const mean = [0, 1, 2, 3].reduce((sum, a) => sum + policy[a] * Math.min(first[a], second[a]), 0);
      expect(values?.[state]).toBeCloseTo(mean, 4);
      expect(run.agent.inspect(x).value).toBeCloseTo(mean, 4);
    }
    expect(run.scene.overlays()).toEqual(expect.arrayContaining(['values', 'history']));
  }));
