/** A job gives the same result whether it begins anew, goes on from another's end, or was stopped in between. */
import { expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { fitData } from '#node/sweep/fit-data.ts';
import { untrainedRemark } from '#train/sweep/best.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import type { Job, JobResult } from '#train/sweep/job.ts';
import { parsePlan } from '#train/sweep/parse-plan.ts';
import type { Plan } from '#train/sweep/plan.ts';
import { nextJob } from '#train/sweep/search.ts';
import { runJob, type States } from '#train/sweep/work.ts';

class Kept implements States {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  async load(state: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.files.get(state);
  }

  async save(state: string, checkpoint: Uint8Array<ArrayBuffer>): Promise<void> {
    this.files.set(state, checkpoint);
  }

  async drop(state: string): Promise<void> {
    this.files.delete(state);
  }
}

/** Without the time it took. `stopAt`: stopped at the first look after so many steps. */
async function run(job: Job, states: States, stopAt = Infinity): Promise<unknown> {
  using compute = await createCompute('simd', { threads: 1 });
  let now = 0;
  let steps = 0;
  const result: JobResult | undefined = await runJob(job, {
    compute,
    data: fitData,
    states,
    // Every look at the clock takes a millisecond: slices of a hundred steps.
    now: () => ++now,
    stopped: () => steps >= stopAt,
    breathe: async () => {},
    progress: (done) => (steps = done),
  });
  return result && { ...result, seconds: 0 };
}

/** All jobs of a search, one after the other, and their results. */
async function playOut(plan: Plan, states: States) {
  const search = createSearch(plan);
  const results = new Map<string, JobResult>();
  const jobs: Job[] = [];
  for (;;) {
    const job = nextJob(search, results, new Set());
    if (!job) return { results, jobs };
    jobs.push(job);
    results.set(job.key, (await run(job, states)) as JobResult);
  }
}

const pbt = JSON.stringify({
  run: { world: 'cart-pole', agent: 'dqn', config: { learningStarts: 100 } },
  steps: 900,
  space: { 'config.learningRate': { from: 1e-4, to: 1e-2 } },
  search: { kind: 'pbt', population: 2, interval: 300, quantile: 0.5 },
  episodes: 3,
});

/** Twelve epochs of 45 batches, after each of which held-out examples are measured. */
const fits = JSON.stringify({
  run: { data: 'iris', model: 'mlp', preset: 'iris', config: { validation: 0.25, batchSize: 2 } },
  steps: 12,
  space: { 'config.learningRate': { from: 1e-4, to: 1e-2 }, 'config.labelSmoothing': [0, 0.1] },
  search: { kind: 'pbt', population: 2, interval: 4, quantile: 0.5 },
});

it.each([
  ['runs', pbt, { kind: 'done', steps: 900 }, 450],
  ['fits', fits, { kind: 'fitted', steps: 12 }, 5],
])('population-based training of %s: with states, without, and stopped in a leg', async (...row) => {
  const [, plan, end, stopAt] = row;
  const states = new Kept();
  const { results, jobs } = await playOut(parsePlan(plan), states);
  expect(jobs).toHaveLength(6);
  const last = jobs.filter(({ legs }) => legs.length === 3);
  expect(last.some(({ legs }) => legs.some(({ tune }) => tune))).toBe(true);
  for (const job of last) {
    const expected = results.get(job.key);
    expect(expected).toMatchObject(end);
    expect(await run(job, new Kept())).toEqual(expected);
    const stopped = new Kept();
    expect(await run(job, stopped, stopAt)).toBeUndefined();
    expect(stopped.files.size).toBeGreaterThan(0);
    expect(await run(job, stopped)).toEqual(expected);
  }
});

it('a state that is damaged is trained again', async () => {
  const search = createSearch(parsePlan(pbt));
  const job = nextJob(search, new Map(), new Set()) as Job;
  const states = new Kept();
  const expected = await run(job, states);
  for (const [name, file] of states.files)
    states.files.set(
      name,
      file.map((byte, k) => (k === 200 ? byte ^ 1 : byte)),
    );
  expect(await run(job, states)).toEqual(expected);
});

it('a run that diverges is a result of its own', async () => {
  const plan = parsePlan(
    JSON.stringify({
      run: { world: 'pendulum', agent: 'sac', config: { learningStarts: 300 } },
      steps: 2000,
      space: { 'rewards.angle': [1e25] },
      search: { kind: 'grid' },
      episodes: 1,
    }),
  );
  const job = nextJob(createSearch(plan), new Map(), new Set()) as Job;
  expect(await run(job, new Kept())).toMatchObject({ kind: 'failed' });
});

it('a fit that early stopping ends goes no further, and its later rungs say so', async () => {
  const plan = parsePlan(
    JSON.stringify({
      run: { data: 'iris', model: 'linear', config: { validation: 0.25, patience: 1, learningRate: 9 } },
      steps: 90,
      space: { 'config.batchSize': [16, 32, 64] },
      search: { kind: 'halving', trials: 3, minSteps: 30 },
    }),
  );
  const states = new Kept();
  const { results } = await playOut(plan, states);
  const ended = [...results].find(([key]) => key.includes('/1/'))?.[1];
  if (ended?.kind !== 'fitted') throw new Error(`expected a fit on the second rung, got ${ended?.kind}`);
  expect(ended.steps).toBeLessThan(30);
});

it('scores of agents that had made no update yet are told of', async () => {
  const plan = parsePlan(
    JSON.stringify({
      run: { world: 'cart-pole', agent: 'dqn', config: { learningStarts: 200 } },
      steps: 300,
      space: { 'config.gamma': [0.9, 0.95, 0.99] },
      search: { kind: 'halving', trials: 3, minSteps: 100 },
      episodes: 1,
      testSeeds: 1,
    }),
  );
  const { results } = await playOut(plan, new Kept());
  const updated = [...results].map(([key, result]) => [key, result.kind === 'done' && result.updated]);
  expect(updated).toEqual([
    ['tune 0/0/101', false],
    ['tune 1/0/101', false],
    ['tune 2/0/101', false],
    [expect.stringMatching(/^tune \d\/1\/101$/), undefined],
  ]);
  expect(untrainedRemark(plan, results)).toBe(
    '3 scores are of agents that had not made an update yet; a larger minSteps compares what was learned',
  );
  expect(untrainedRemark(plan, new Map([...results].slice(2)))).toMatch(/^1 score is of an agent that/);
  expect(untrainedRemark(plan, new Map([...results].slice(3)))).toBeUndefined();
  // A larger first rung is of no use where whole runs are too short.
  expect(untrainedRemark({ ...plan, steps: 100 }, results)).toContain('a larger steps compares');
});
