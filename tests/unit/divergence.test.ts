import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DivergenceError, firstNotFinite } from '#core/divergence.ts';
import { child, isTypedArray, savedArray, type Snapshot } from '#core/snapshot.ts';
import { createCompute } from '#host/compute.ts';
import { givenTo } from '#package/contract/random-recording.ts';
import { agents, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { extractNetworks, plantNetworks } from '#train/checkpoints/networks.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';

type HostCompute = Awaited<ReturnType<typeof createCompute>>;
let compute: HostCompute;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});
afterAll(() => compute[Symbol.dispose]());

/** Where agents with networks keep their parameters, in their part of a snapshot, if not in the learner's `params`. */
const PARAMETERS: Readonly<Record<string, string>> = { dqn: 'online', td3: 'actor' };

function requestFor(agent: LearnerDefinition): RunRequest {
  const world = agent.group === 'tabular' ? 'frozen-lake' : agent.id === 'td3' ? 'pendulum' : 'cart-pole';
  const config = { ...(agent.id === 'a3c' && { workers: 1 }), ...fewRandomSteps(agent) };
  return { world, agent: agent.id, config, ...givenTo(agent, world) };
}

function fewRandomSteps(agent: LearnerDefinition): Readonly<Record<string, unknown>> {
  return 'learningStarts' in agent.config.shape ? { learningStarts: 200 } : {};
}

/** A snapshot of a run whose agent has NaN for all that it has learned: its parameters, or its tables. */
async function poisoned(run: Run): Promise<Snapshot> {
  const saved = await run.snapshot();
  const agent = structuredClone(child(saved, 'agent'));
  const { id, group } = run.setup.agent;
  if (group === 'tabular') poisonTables(agent);
  else {
    (savedArray(child(agent, 'learner'), PARAMETERS[id] ?? 'params') as Float32Array).fill(NaN);
    if (id === 'a3c') (savedArray(child(agent, 'shared'), 'params') as Float32Array).fill(NaN);
  }
  return { ...saved, agent };
}

function poisonTables(saved: Snapshot): void {
  for (const value of Object.values(saved))
    if (value instanceof Float64Array) value.fill(NaN);
    else if (typeof value === 'object' && value !== null && !isTypedArray(value))
      poisonTables(value as Snapshot);
}

async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(agents.map((agent) => [agent.id, agent] as const))('%s', (_, agent) => {
  it('stops at a number that is not finite, and neither saves nor evaluates it', async () => {
    const run = await createRun(resolveRun(requestFor(agent)), compute);
    try {
      await run.restore(await poisoned(run));
      const refused = await errorOf(() => run.snapshot());
      expect(refused).toBeInstanceOf(DivergenceError);
      expect((refused as Error).message).toMatch(/a number of agent\./);
      if (agent.group !== 'tabular')
        expect(await errorOf(() => run.evaluate({ episodes: 1, seed: 1 }))).toBeInstanceOf(DivergenceError);
      const steps = 20_000;
      const stop = await errorOf(() => run.advance(() => run.progress >= steps));
      expect(stop).toBeInstanceOf(DivergenceError);
      const { step, advice, message } = stop as DivergenceError;
      expect(step).toBe(run.progress);
      expect(message).toContain(`${agent.id} on ${run.setup.world.id}, `);
      expect(message).toContain('training has diverged');
      expect(advice).toMatch(/^Try /);
      for (const column of Object.values(run.recorder.metricsSince(0).columns))
        expect(column).not.toContain(Infinity);
    } finally {
      run.dispose();
    }
  });
});

describe('rewards that overflow', () => {
  const overflowing = { world: 'cart-pole', rewards: { step: 3e38 } };
  it.each([
    ['dqn', {}],
    ['dqn', { prioritized: true }],
    ['pqn', {}],
    ['ppo', {}],
    ['a2c', {}],
    ['a3c', { workers: 1 }],
    ['reinforce', {}],
    ['sac', {}],
  ])('stop %s with %o', async (agent, config) => {
    const few = agent === 'dqn' || agent === 'sac' ? { learningStarts: 200 } : {};
    const request = { ...overflowing, agent, config: { ...config, ...few } };
    const run = await createRun(resolveRun(request), compute);
    try {
      const stop = await errorOf(() => run.advance(() => run.progress >= 20_000));
      expect(stop).toBeInstanceOf(DivergenceError);
      expect((stop as Error).message).toContain('smaller reward weights');
    } finally {
      run.dispose();
    }
  });

  it('are refused where a weight alone is too large for 32 bits', () => {
    const refused = 'reward.step: expected a number of at most 3.4e38, the largest of 32 bits, got 1e+39';
    expect(() => resolveRun({ world: 'cart-pole', agent: 'dqn', rewards: { step: 1e39 } })).toThrow(refused);
  });

  it('stop a run by its returns, before it learns from them', async () => {
    const run = await createRun(
      resolveRun({ world: 'frozen-lake', agent: 'q-learning', rewards: { ice: 3e38 } }),
      compute,
    );
    const env = run.scene.env;
    env.weights.fill(Infinity);
    await expect(async () => run.advance(() => run.progress >= 5000)).rejects.toThrow(/is (NaN|Infinity)/);
    run.dispose();
  });
});

describe('networks from files', () => {
  it('are refused with numbers that are not finite', async () => {
    const run = await createRun(resolveRun({ world: 'cart-pole', agent: 'dqn' }), compute);
    const [network] = extractNetworks(run.setup, child(await run.snapshot(), 'agent'));
    network.block[3] = NaN;
    await expect(plantNetworks(run, { networks: [network] }, 'file')).rejects.toThrow(
      'weights.q: expected finite numbers, got NaN',
    );
    run.dispose();
  });
});

describe('firstNotFinite', () => {
  it('finds what is not finite, whatever is beside it', () => {
    expect(firstNotFinite(Float32Array.of(0, -3, 3e38, 3e38, 1e-45))).toBeUndefined();
    expect(firstNotFinite(Float64Array.of(1.7e308, 1.7e308))).toBeUndefined();
    expect(firstNotFinite(Float32Array.of(1, Infinity, -Infinity))).toBe(Infinity);
    expect(firstNotFinite(Float32Array.of(1, NaN))).toBeNaN();
    expect(firstNotFinite(new Float32Array(0))).toBeUndefined();
    for (let k = 0; k < 7; k++)
      expect(firstNotFinite(new Float32Array(7).fill(-1).fill(NaN, k, k + 1))).toBeNaN();
  });
});
