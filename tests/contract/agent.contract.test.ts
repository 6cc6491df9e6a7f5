/**
 * What every registered agent promises, whatever it is: repeatable from a seed, greedy without chance, resumable bit for
 * bit, clean with memory, and right about the difference between an episode that ended and one that was cut off.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describe as describeTable } from '#core/config.ts';
import { parseConfig } from '#core/config.ts';
import { defineEnv, observationSize, type EnvDefinition, type EnvKernel } from '#core/env.ts';
import { problemOf } from '#core/errors.ts';
import { actionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { quick } from '#tests/quick.ts';
import { givenTo } from '#tests/random-recording.ts';
import { agents, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { resolveRun, type RunRequest, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';

function request(agent: LearnerDefinition, world: string): RunRequest {
  return { world, agent: agent.id, config: quick(agent), ...givenTo(agent, world) };
}

/** The first registered world that the agent plays, with this preset. */
function worldFor(agent: LearnerDefinition, preset?: string): string {
  const chosen = preset === undefined ? {} : { preset };
  for (const { id } of worlds)
    if (!problemOf(() => resolveRun({ ...request(agent, id), ...chosen }))) return id;
  throw new Error(`${agent.id}: no registered world suits it`);
}

/** The compiled executor, which is what runs by default; memory is looked at on plain tfjs, which is where it could leak. */
let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

function trainer(agent: LearnerDefinition, seed = 1, on: Compute = compute): ReturnType<typeof createRun> {
  return createRun(resolveRun({ ...request(agent, worldFor(agent)), seed }), on);
}

async function advance(trainer: Run, steps: number): Promise<void> {
  const until = trainer.progress + steps;
  await trainer.advance(() => trainer.finished || trainer.progress >= until);
}

const table = agents.map((agent) => ({ id: agent.id, agent }));

describe.each(table)('agent $id', ({ agent }) => {
  it('does the same again from the same seed and something else from another', async () => {
    const [first, second, third] = [await trainer(agent), await trainer(agent), await trainer(agent, 2)];
    for (const one of [first, second, third]) await advance(one, 400);
    expect(await second.snapshot()).toEqual(await first.snapshot());
    expect(await third.snapshot()).not.toEqual(await first.snapshot());
    for (const one of [first, second, third]) one.dispose();
  });

  it('acts greedily without chance and without changing', async () => {
    const one = await trainer(agent);
    await advance(one, 200);
    const before = await one.agent.snapshot();
    const { env } = one;
    const [a, b] = [actionBuffer(env.spec, env.n), actionBuffer(env.spec, env.n)];
    one.agent.act(env.obs, env.n, a, 'greedy');
    one.agent.act(env.obs, env.n, b, 'greedy');
    expect(b).toEqual(a);
    expect(await one.agent.snapshot()).toEqual(before);
    one.dispose();
  });

  it('goes on from a snapshot as if it had never stopped', async () => {
    const one = await trainer(agent);
    await advance(one, 300);
    const saved = structuredClone(await one.snapshot());
    await advance(one, 200);
    const other = await trainer(agent, 3);
    await advance(other, 40);
    await other.restore(saved);
    await advance(other, 200);
    expect(await other.snapshot()).toEqual(await one.snapshot());
    one.dispose();
    other.dispose();
  });

  it('holds no more tensors after a hundred updates, and none after dispose', async () => {
    using eager = await createCompute('wasm');
    const before = tf.memory().numTensors;
    const one = await trainer(agent, 1, eager);
    await advance(one, 200);
    const held = tf.memory().numTensors;
    await advance(one, 800);
    expect(tf.memory().numTensors).toBe(held);
    one.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says of an observation only what can be said', async () => {
    const one = await trainer(agent);
    await advance(one, 200);
    const { spec } = one.env;
    const obs = one.env.obs.slice(0, observationSize(spec));
    const { actionValues, probabilities, value } = one.agent.inspect(obs);
    const saliency = one.agent.saliency?.(obs);
    const actions = spec.action.kind === 'discrete' ? spec.action.names.length : 0;
    if (actionValues) expect([...actionValues].filter(Number.isFinite)).toHaveLength(actions);
    if (probabilities) {
      expect(probabilities).toHaveLength(actions);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
    }
    if (value !== undefined) expect(value).toSatisfy(Number.isFinite);
    if (saliency) {
      expect(saliency).toHaveLength(observationSize(spec));
      expect(saliency.every((size) => Number.isFinite(size) && size >= 0)).toBe(true);
    }
    const two = one.agent.estimates?.(Float32Array.of(...obs, ...obs), 2);
    if (two?.actionValues && actionValues)
      expect([...two.actionValues]).toEqual([...actionValues, ...actionValues]);
    if (two?.probabilities) expect(two.probabilities).toHaveLength(2 * actions);
    if (two?.values && value !== undefined) expect(two.values[1]).toBeCloseTo(value, 5);
    one.dispose();
  });

  it('takes every live field while it runs', async () => {
    const one = await trainer(agent);
    await advance(one, 100);
    for (const field of describeTable(agent.config))
      if (field.live) one.tune({ kind: 'agent', key: field.key, value: one.setup.config[field.key] });
    await advance(one, 100);
    one.dispose();
  });

  it('has presets that its table accepts', () => {
    for (const [name, preset] of Object.entries(agent.presets)) {
      expect(preset.source, `${agent.id} ${name}: source`).not.toBe('');
      expect(() => parseConfig(agent.config, preset.config, name)).not.toThrow();
    }
  });
});

const presets = agents.flatMap((agent) =>
  Object.keys(agent.presets).map((preset) => ({ id: agent.id, preset, agent })),
);

describe.each(presets)('agent $id, preset $preset', ({ agent, preset }) => {
  it('learns a little, stops, and goes on as if it had not', async () => {
    const world = worldFor(agent, preset);
    const start = (): ReturnType<typeof createRun> =>
      createRun(resolveRun({ ...request(agent, world), preset }), compute);
    const [one, other] = [await start(), await start()];
    await advance(one, 120);
    await other.restore(structuredClone(await one.snapshot()));
    await advance(one, 60);
    await advance(other, 60);
    expect(await other.snapshot()).toEqual(await one.snapshot());
    one.dispose();
    other.dispose();
  });
});

/** One state, reward 1 per step, episodes of one step: worth 1 if they terminate, 1/(1 − γ) if they are only cut off. */
function oneStepWorld(terminates: boolean): EnvDefinition {
  const kernel: EnvKernel = {
    spec: {
      id: 'one-step',
      version: 1,
      title: 'One step',
      observation: { kind: 'vector', shape: [1] },
      action: { kind: 'discrete', names: ['a', 'b'] },
      rewards: [{ id: 'step', label: 'Step', weight: 1, help: 'Every step.' }],
      maxSteps: terminates ? 0 : 1,
      fps: 1,
      keys: {},
    },
    allocate: () => ({}),
    reset: () => {},
    step: (_, __, ___, ____, out) => {
      out.events[0] = 1;
      out.terminated = terminates;
    },
    observe: (_, __, into, offset) => {
      into[offset] = 1;
    },
    draw: () => {},
  };
  const params = z.object({});
  return defineEnv({
    id: 'one-step',
    title: 'One step',
    group: 'sanity',
    summary: '',
    params,
    create: () => kernel as never,
  });
}

/** What an agent thinks the one state is worth, after enough learning that γ = 0.5 has had its say. */
async function worth(agent: LearnerDefinition, terminates: boolean): Promise<number | undefined> {
  const world = oneStepWorld(terminates);
  const settings = quick(agent, {
    learningRate: 0.01,
    averageRate: 1,
    targetRate: 0.1,
    gamma: 0.5,
    entropyCoefficient: 0,
    lowestReturn: -4,
    highestReturn: 4,
  });
  const config = parseConfig(agent.config, settings, 'agent');
  const wrappers = wrapperTable.parse({});
  const common = { params: {}, rewards: { step: 1 }, edits: {}, wrappers, config, seed: 1 };
  const setup: RunSetup = {
    request: {
      params: {},
      rewards: { step: 1 },
      wrappers,
      config,
      seed: 1,
      world: world.id,
      agent: agent.id,
    },
    ...common,
    world,
    agent,
  };
  const one = await createRun(setup, compute);
  await advance(one, 1600);
  const { value } = one.agent.inspect(Float32Array.of(1));
  one.dispose();
  return value;
}

const learners = table.filter(({ agent }) => {
  const config = parseConfig(agent.config, quick(agent), 'agent');
  // Who learns from demonstrations has nothing to say about rewards.
  return (
    agent.group !== 'tabular' && !agent.needs && !agent.refuses(oneStepWorld(true).create({}).spec, config)
  );
});

describe.each(learners)('agent $id and the end of an episode', ({ agent }) => {
  it('expects nothing after an episode that terminated, and the usual after one that was cut off', async () => {
    const terminated = await worth(agent, true);
    const truncated = await worth(agent, false);
    if (terminated === undefined || truncated === undefined) return;
    expect(terminated).toBeGreaterThan(0.8);
    expect(terminated).toBeLessThan(1.2);
    expect(truncated).toBeGreaterThan(1.6);
    expect(truncated).toBeLessThan(2.4);
  });
});
