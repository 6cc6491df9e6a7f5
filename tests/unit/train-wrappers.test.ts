/** Wrappers as a user sets them: they change what the agent sees and gets, are saved with it, and never an evaluation's rewards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvSpec } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { savedArray, child, type Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { evaluate } from '#train/runs/evaluate.ts';
import { createKernel, resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

let compute: Awaited<ReturnType<typeof createCompute>>;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

const quick: RunRequest = {
  world: 'cart-pole',
  agent: 'dqn',
  config: { network: [{ kind: 'dense', units: 8, activation: 'relu' }], learningStarts: 100, batchSize: 8 },
};

type Wrappers = Readonly<Record<string, unknown>>;

function specWith(request: Partial<RunRequest>, wrappers: Wrappers): EnvSpec {
  return createKernel(resolveRun({ ...quick, ...request, wrappers })).spec;
}

function problemsWith(wrappers: Wrappers, request: Partial<RunRequest> = {}): string[] {
  try {
    resolveRun({ ...quick, ...request, wrappers });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ field }) => field);
    throw error;
  }
}

describe('what an agent sees', () => {
  it('is stacked, pictured, cut off and repeated as asked', () => {
    expect(specWith({}, { frameStack: '3' }).observation).toMatchObject({ kind: 'vector', shape: [12] });
    const picture = specWith({ config: {} }, { pixels: true, frameStack: 4 }).observation;
    expect(picture).toMatchObject({ kind: 'planes', shape: [84, 84, 4], levels: 255 });
    expect(specWith({}, { timeLimit: 40 }).maxSteps).toBe(40);
    expect(specWith({}, { actionRepeat: 5 })).toMatchObject({ maxSteps: 100, fps: 10 });
    expect(specWith({ world: 'frozen-lake' }, { frameStack: 2 }).observation.shape).toEqual([32]);
  });

  it('is refused by field where it makes no sense', () => {
    expect(problemsWith({ frameStack: 0, colour: 1 })).toEqual(['wrap.frameStack', 'wrap.colour']);
    const tabular = { world: 'frozen-lake', agent: 'q-learning', config: {} };
    expect(problemsWith({ frameStack: 2, normaliseObservation: true }, tabular)).toEqual([
      'wrap.frameStack',
      'wrap.normaliseObservation',
    ]);
    expect(problemsWith({ clipReward: 1, timeLimit: 9 }, tabular)).toEqual([]);
  });

  it('has no model of single steps when actions are repeated', () => {
    const request = { world: 'frozen-lake', agent: 'q-learning' };
    const known = [1, 2].map(
      (actionRepeat) => 'model' in createKernel(resolveRun({ ...request, wrappers: { actionRepeat } })),
    );
    expect(known).toEqual([true, false]);
  });
});

describe('normalisation', () => {
  const body = {
    network: [{ kind: 'dense', units: 8, activation: 'relu' }],
    learningStarts: 50,
    batchSize: 8,
  };

  it.each([
    { world: 'pendulum', agent: 'sac', config: body },
    { world: 'pendulum', agent: 'td3', config: body },
    { world: 'cart-pole', agent: 'dqn', config: { ...body, nStep: 2 } },
    { world: 'cart-pole', agent: 'dqn', config: { ...body, nStep: 2, prioritized: true } },
  ])('keeps raw what $agent remembers, and learns from it normalised: $config', async (request) => {
    const run = resolveRun({ ...request, wrappers: { normaliseObservation: true } });
    const trainer = await ReinforcementRun.create(run, compute);
    await trainer.advance(() => trainer.progress >= 300);
    const { env } = trainer;
    const { observations } = child(child(await trainer.snapshot(), 'agent'), 'replay');
    const values = savedArray(observations as Snapshot, 'values');
    const latest = [...env.raw.obs].join();
    const size = env.raw.obs.length / env.n;
    const rows = Array.from({ length: values.length / size }, (_, k) =>
      values.subarray(k * size, (k + 1) * size).join(),
    );
    expect(rows).toContain(latest);
    expect([...env.obs].join()).not.toBe(latest);
    trainer.dispose();
  });

  const wrappers = { normaliseObservation: true, normaliseReward: true };

  it('is saved with the agent: resuming equals never having stopped', async () => {
    const run = resolveRun({ ...quick, wrappers });
    const whole = await ReinforcementRun.create(run, compute);
    await whole.advance(() => whole.progress >= 600);
    const half = await ReinforcementRun.create(run, compute);
    await half.advance(() => half.progress >= 300);
    const file = await encodeCheckpoint({
      kind: 'run',
      request: run.request,
      steps: 300,
      state: await half.snapshot(),
    });
    const { state, request } = asRun(await decodeCheckpoint(file));
    const resumed = await ReinforcementRun.create(resolveRun(request), compute);
    await resumed.restore(state);
    await resumed.advance(() => resumed.progress >= 600);
    expect(await resumed.snapshot()).toEqual(await whole.snapshot());
    for (const trainer of [whole, half, resumed]) trainer.dispose();
  });

  it('brings observations to mean 0 and variance 1, and evaluations neither learn nor lose rewards', async () => {
    const run = resolveRun({ ...quick, wrappers: { ...wrappers, clipReward: 0.25 } });
    const trainer = await ReinforcementRun.create(run, compute);
    await trainer.advance(() => trainer.progress >= 2000);
    const before = await trainer.snapshot();
    const { returns, lengths } = evaluate(run, trainer.agent, {
      episodes: 5,
      seed: 1,
      moments: trainer.moments,
    });
    expect(returns).toEqual(lengths);
    expect(await trainer.snapshot()).toEqual(before);
    const mean = savedArray(child(child(before, 'moments'), 'observation'), 'mean');
    const clipped = trainer.env.obs.every((value) => Math.abs(value) <= 10);
    expect([mean.length, clipped]).toEqual([4, true]);
    trainer.dispose();
  });

  it('normalises rewards with the γ of the agent, as it is now', async () => {
    const [far, near] = [await normalisedRewards(compute, 0.9), await normalisedRewards(compute, 0.1)];
    expect(near).not.toEqual(far);
    expect(await normalisedRewards(compute, 0.1, 0.9)).toEqual(far);
  });

  it('records returns without the transforms of rewards', async () => {
    const request = {
      world: 'cart-pole',
      agent: 'ppo',
      wrappers: { clipReward: 0.5, normaliseReward: true },
    };
    const trainer = await ReinforcementRun.create(resolveRun(request), compute);
    await trainer.advance(() => trainer.recorder.episodes >= 10);
    const episodes = trainer.recorder.episodesSince(0);
    expect(episodes.return).toEqual(episodes.length);
    trainer.dispose();
  });
});

/** The last rewards of an agent that plays at random, whatever it learns. */
async function normalisedRewards(compute: Compute, gamma: number, tuned?: number): Promise<Float32Array> {
  const config = { gamma, epsilonStart: 1, epsilonSchedule: 'constant' };
  const request = { world: 'taxi', agent: 'q-learning', config, wrappers: { normaliseReward: true } };
  const trainer = await ReinforcementRun.create(resolveRun(request), compute);
  if (tuned !== undefined) trainer.tune({ kind: 'agent', key: 'gamma', value: tuned });
  await trainer.advance(() => trainer.progress >= 300);
  return trainer.env.reward.slice();
}
