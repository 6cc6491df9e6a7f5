/**
 * Layers that act otherwise than they learn, in every agent that takes a network: either refused by name before anything
 * starts, or honoured, with statistics and masks that a resumed run goes on with bit for bit.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as describeTable } from '#core/config.ts';
import { problemOf } from '#core/errors.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { givenTo } from '#package/contract/random-recording.ts';
import { agents, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { child, savedArray } from '#core/snapshot.ts';
import { describeNetworks, extractNetworks, plantNetworks } from '#train/checkpoints/networks.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { quick } from '#package/contract/quick.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import { worlds } from '#train/catalogue/worlds.ts';

const dense = { kind: 'dense', units: 8, activation: 'prelu' } as const;
const unsteady = [
  { kind: 'batchNorm', momentum: 0.5 },
  { kind: 'dropout', rate: 0.25 },
] as const;

type Definition = LearnerDefinition;

function request(agent: Definition, world: string, network: readonly unknown[]): RunRequest {
  const config = quick(agent, { network });
  return { world, agent: agent.id, config, ...givenTo(agent, world) };
}

/** The first registered world that the agent plays with dense layers. */
function worldFor(agent: Definition): string {
  const found = worlds.find(({ id }) => !problemOf(() => resolveRun(request(agent, id, [dense]))));
  if (!found) throw new Error(`${agent.id}: no registered world suits it`);
  return found.id;
}

const networked = agents
  .filter(({ config }) => describeTable(config).some(({ key }) => key === 'network'))
  .map((agent) => ({ id: agent.id, agent, world: worldFor(agent) }));
const cases = networked.flatMap((one) =>
  unsteady.map((layer) => ({ ...one, kind: layer.kind, network: [dense, layer] })),
);

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

function started(
  agent: Definition,
  world: string,
  network: readonly unknown[],
): ReturnType<typeof createRun> {
  return createRun(resolveRun(request(agent, world, network)), compute);
}

async function advance(trainer: Run, steps: number): Promise<void> {
  const until = trainer.progress + steps;
  await trainer.advance(() => trainer.finished || trainer.progress >= until);
}

describe.each(cases)('agent $id and a $kind layer', ({ agent, world, kind, network }) => {
  it('refuses it by name, or goes on from a snapshot as if it had never stopped', async () => {
    const problem = problemOf(() => resolveRun(request(agent, world, network)));
    if (problem) {
      expect(problem.field).toBe(`agent.network.1 (${kind})`);
      return;
    }
    const [one, other] = [await started(agent, world, network), await started(agent, world, network)];
    await advance(one, 200);
    await other.restore(structuredClone(await one.snapshot()));
    for (const trainer of [one, other]) await advance(trainer, 100);
    expect(await other.snapshot()).toEqual(await one.snapshot());
    for (const trainer of [one, other]) trainer.dispose();
  });
});

describe.each(networked)('agent $id and its networks', ({ agent, world }) => {
  it.each(['gru', 'lstm'])('lists a %s layer wherever it is not refused', (kind) => {
    const asked = request(agent, world, [{ kind, units: 3 }]);
    const problem = problemOf(() => resolveRun(asked));
    if (problem) return expect(problem.field).toContain(`network.0 (${kind})`);
    for (const { layers } of describeNetworks(resolveRun(asked))) expect(layers[0].kind).toBe(kind);
  });

  const body = [dense, { kind: 'dense', units: 6, activation: 'relu' }] as const;

  it('lists them as they are in its snapshot, and begins with the weights of another run', async () => {
    const [one, other] = [await started(agent, world, body), await started(agent, world, body)];
    await advance(one, 200);
    const before = await one.agent.snapshot();
    const networks = extractNetworks(one.setup, before);
    const listed = describeNetworks(one.setup);
    expect(listed.map(({ name }) => name)).toEqual(networks.map(({ name }) => name));
    for (const [k, { plan, block }] of networks.entries()) {
      expect(block).toHaveLength(listed[k].parameters);
      expect(listed[k].layers.map(({ output }) => output)).toEqual(plan.layers.map(({ output }) => output));
      // Slopes of prelu begin at 0.25 and lie where the plan says only if the block is the network's own.
      const slope = plan.params.find(({ name }) => name === '0/slope');
      expect(slope).toBeDefined();
      if (slope)
        for (const value of block.subarray(slope.offset, slope.offset + slope.size))
          expect(Math.abs(value - 0.25)).toBeLessThan(0.2);
    }
    await plantNetworks(other, { networks }, 'test');
    const planted = await other.agent.snapshot();
    expect(extractNetworks(other.setup, planted)).toEqual(networks);
    expect(other.recorder.marks.at(-1)).toMatchObject({ key: 'weights', value: 'test' });
    for (const { blocks } of agent.networks?.(one.env.spec, one.setup.config) ?? [])
      for (const { part = 'learner', name } of blocks) savedArray(child(planted, part), name);
    for (const trainer of [one, other]) trainer.dispose();
  });

  it('moves running statistics in every network that it trains, and acts by them', async () => {
    const network = [dense, unsteady[0]];
    if (problemOf(() => resolveRun(request(agent, world, network)))) return;
    const one = await started(agent, world, network);
    await advance(one, 200);
    for (const { name, plan, block } of extractNetworks(one.setup, await one.agent.snapshot())) {
      const means = plan.params.filter(({ statistic }) => statistic);
      expect(means.map((param) => param.name)).toEqual(['1/mean', '1/variance']);
      const [{ offset, size }] = means;
      const moved = block.subarray(offset, offset + size);
      expect(
        moved.some((mean) => mean !== 0),
        name,
      ).toBe(true);
    }
    one.dispose();
  });
});

describe.each(networked)('agent $id and batchNorm', ({ agent, world }) => {
  it('says what a batch of one row lacks, where it would learn from one', () => {
    const { config, ...rest } = request(agent, world, [dense, unsteady[0]]);
    if (!config || problemOf(() => resolveRun({ ...rest, config }))) return;
    const one = { ...config, ...('batchSize' in config ? { batchSize: 1 } : { minibatches: 16 }) };
    expect(() => resolveRun({ ...rest, config: one })).toThrow(
      'network.1 (batchNorm): expected at least two rows per gradient step, got one',
    );
  });
});
