/** Sweeps of fits as their plans describe them: what is varied, what is measured, and what cannot be. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { checkFits } from '#node/sweep/fit-data.ts';
import { bestCommand } from '#train/sweep/best.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import { idOf, scoreOf, type JobResult } from '#train/sweep/job.ts';
import { parsePlan } from '#train/sweep/parse-plan.ts';
import { readPlan, type FitPlan } from '#train/sweep/plan.ts';
import { nextJob } from '#train/sweep/search.ts';

const RUN = { data: 'iris', model: 'mlp', preset: 'iris', config: { validation: 0.2 } };

function planOf(change: Readonly<Record<string, unknown>> = {}): FitPlan {
  return parsePlan(
    JSON.stringify({
      run: RUN,
      steps: 9,
      space: { 'config.optimizer': ['adam', 'sgd'] },
      search: { kind: 'grid' },
      ...change,
    }),
  ) as FitPlan;
}

const fieldOf = (change: Readonly<Record<string, unknown>>) => problemOf(() => planOf(change))?.field;

function fitted(accuracy: number): JobResult {
  return { kind: 'fitted', accuracy, loss: 1, steps: 9, seconds: 1 };
}

it('is chosen by held-out examples and tested on the test examples, for the epochs of the plan', () => {
  const plan = planOf();
  const search = createSearch(plan);
  const first = nextJob(search, new Map(), new Set());
  expect(first).toMatchObject({ kind: 'fit', part: 'validation', seed: 101, legs: [{ until: 9 }] });
  expect(first?.request.config).toMatchObject({ epochs: 9, optimizer: 'adam', validation: 0.2 });
  const results = new Map([
    ['tune 0/0/101', fitted(0.8)],
    ['tune 1/0/101', fitted(0.9)],
  ]);
  const [test] = search.test(results, [1]);
  expect(test).toMatchObject({ kind: 'fit', part: 'test', seed: 1 });
  expect(test.request.config).toMatchObject({ optimizer: 'sgd' });
});

it('has the epochs of the preset where it names none', () => {
  expect(planOf({ steps: undefined }).steps).toBe(100);
  expect(planOf({ steps: undefined, run: { ...RUN, config: { validation: 0.2, epochs: 7 } } }).steps).toBe(7);
});

it('searches layers, data and changes of pictures', async () => {
  const plan = planOf({
    space: {
      'config.network': ['auto', [{ kind: 'dense', units: 8, activation: 'relu' }]],
      'dataConfig.testShare': [0.2, 0.3],
    },
  });
  const jobs = [...createSearch(plan).open(new Map(), new Set())];
  expect(jobs).toHaveLength(4);
  expect(new Set(await Promise.all(jobs.map(idOf))).size).toBe(4);
  expect(jobs[3].request).toMatchObject({
    dataConfig: { testShare: 0.3 },
    config: { network: [{ kind: 'dense', units: 8 }] },
  });
  const pictures = { data: 'mnist', model: 'cnn', config: { validation: 0.1 } };
  expect(planOf({ run: pictures, space: { 'augment.rotation': [0, 5] } }).axes).toMatchObject([
    { part: 'augment', key: 'rotation', live: false },
  ]);
});

it('is read from its folder as it was written, and so is one that says nothing of its kind', () => {
  const plan = planOf();
  expect(readPlan(JSON.stringify(plan))).toEqual(plan);
  const run = parsePlan(
    JSON.stringify({
      run: { world: 'corridor', agent: 'q-learning' },
      steps: 10,
      space: { 'config.gamma': [0.9] },
      search: { kind: 'grid' },
    }),
  );
  const { kind: _, given: __, ...old } = run;
  expect(readPlan(JSON.stringify(old))).toEqual(run);
});

it('scores are accuracies, or minus the squared error of numbers', () => {
  expect(scoreOf(fitted(0.9), 'validation')).toBe(0.9);
  expect(scoreOf({ kind: 'fitted', loss: 0.5, steps: 1, seconds: 0 }, 'validation')).toBe(-0.5);
});

it('tells the command that fits the best, with what the plan has set', () => {
  const plan = planOf({
    space: { 'config.network': [[{ kind: 'dense', units: 8, activation: 'relu' }]] },
  });
  const point = { 'config.network': [{ kind: 'dense', units: 8, activation: 'relu' }] };
  expect(bestCommand(plan, { trial: 0, round: 0, steps: 9, score: 1, point })).toBe(
    `ludus fit iris --model mlp --preset iris --set validation=0.2 --set network='[{"kind":"dense","units":8,"activation":"relu"}]' --epochs 9`,
  );
});

describe('what cannot be is refused by its field', () => {
  it.each([
    ['a field that a model does not have', { space: { 'config.gamma': [1] } }, 'space.config.gamma'],
    ['a field of runs', { space: { 'params.slippery': [true] } }, 'space.params.slippery'],
    ['epochs as an axis, which steps are', { space: { 'config.epochs': [1, 2] } }, 'space.config.epochs'],
    ['epochs and other steps', { run: { ...RUN, config: { epochs: 3 } } }, 'steps'],
    ['nothing held out to choose by', { run: { ...RUN, config: {} } }, 'run.config.validation'],
    [
      'nothing held out in a trial',
      { space: { 'config.validation': { from: 0, to: 0.5, count: 2 } } },
      'space.config.validation',
    ],
    ['greedy episodes', { objective: 'greedy' }, 'objective'],
    ['their number', { episodes: 3 }, 'episodes'],
    ['a world besides', { run: { ...RUN, world: 'corridor' } }, 'run.world'],
    ['a model without data', { run: { model: 'mlp' } }, 'run.data'],
    ['an unknown model', { run: { ...RUN, model: 'mpl' } }, 'model'],
    ['data from files of the user', { run: { ...RUN, data: 'csv' } }, 'run.data'],
    ['a value out of its range', { space: { 'config.batchSize': [0] } }, 'space.config.batchSize'],
    [
      'a fit that changes what needs a reset',
      { search: { kind: 'pbt', population: 2, interval: 3 } },
      'space.config.optimizer',
    ],
  ])('%s', (_, change, field) => {
    expect(fieldOf(change)).toBe(field);
  });

  it('what its data cannot be used for', async () => {
    const turned = planOf({ space: { 'augment.rotation': [0, 5] } });
    await expect(checkFits(turned)).rejects.toThrow('augment: expected grey pictures to change');
    await expect(checkFits(planOf())).resolves.toBeUndefined();
  });
});
