/** The folder of a sweep as the page reads it: while it grows, wherever it is cut off, and when it is something else. */
import { describe, expect, it } from 'vitest';
import { createSearch } from '#train/sweep/create-search.ts';
import { idOf, type Job } from '#train/sweep/job.ts';
import { readPlan, type Plan } from '#train/sweep/plan.ts';
import { SweepReader } from '#worker/sweep/reader.ts';
import type { SweepReading } from '#worker/sweep/protocol.ts';
import { planOf, play, presentStepSize, type Score } from './sweep-harness.ts';

const PLANS: Readonly<Record<string, Plan>> = {
  grid: planOf({
    search: { kind: 'grid' },
    space: { 'config.gamma': [0.9, 0.95], 'params.slippery': [true, false] },
  }),
  random: planOf({ tuningSeeds: 2 }),
  halving: planOf({ search: { kind: 'halving', trials: 9, minSteps: 100 } }),
  asha: planOf({ search: { kind: 'asha', trials: 9, minSteps: 100 } }),
  pbt: planOf({ steps: 1500, search: { kind: 'pbt', population: 5, interval: 250 } }),
};

/** What a folder holds once all jobs are done, the tests of the best left out. */
async function folderOf(plan: Plan, score: Score = presentStepSize, workers = 3) {
  const { results, jobs } = play(createSearch(plan), score, { workers });
  const byKey = new Map(jobs.map((job) => [job.key, job]));
  const lines = await Promise.all(
    [...results].map(async ([key, result]) =>
      JSON.stringify({ key, id: await idOf(byKey.get(key) as Job), result }),
    ),
  );
  return { plan: JSON.stringify(plan, null, 2), lines, jobs: byKey };
}

async function read(
  reader: SweepReader,
  plan: string,
  results: string | Uint8Array<ArrayBuffer>,
  opening = 1,
): Promise<SweepReading> {
  const outcome = await reader.read({ plan: new Blob([plan]), results: new Blob([results]) }, opening);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

/** The first problem of what is refused. */
async function refused(plan: string, results?: string | Uint8Array<ArrayBuffer>) {
  const blob = results === undefined ? undefined : new Blob([results]);
  const outcome = await new SweepReader().read({ plan: new Blob([plan]), results: blob }, 1);
  return outcome.ok ? undefined : outcome.problems[0];
}

describe.each(Object.keys(PLANS))('%s', (kind) => {
  const { [kind]: plan } = PLANS;

  it('has a plan that is read as it was written', () => {
    expect(readPlan(JSON.stringify(plan))).toEqual(plan);
  });

  it('is the same whether it was read at once or while it was written, cut off anywhere', async () => {
    const { plan: text, lines } = await folderOf(plan);
    const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
    const whole = await read(new SweepReader(), text, bytes);
    expect(whole.overview.done).toBe(lines.length);
    const reader = new SweepReader();
    // A step without a divisor in common with the lengths of lines.
    for (let at = 0; at < bytes.length; at += 61) {
      const part = await read(reader, text, bytes.slice(0, at));
      const complete = new TextDecoder().decode(bytes.slice(0, at)).split('}}').length - 1;
      expect(part).toMatchObject({ incomplete: 0, overview: { done: complete } });
    }
    expect(await read(reader, text, bytes)).toEqual(whole);
  });

  it.each([
    ['opened after it', 2],
    ['in its place', 1],
  ])('is not taken for another one with the same plan, %s', async (_, opening) => {
    const { plan: text, lines } = await folderOf(plan);
    const others = lines.map((line) => line.replace(/"greedy":-?[\d.]+/, '"greedy":-12345'));
    expect(others).not.toEqual(lines);
    const reader = new SweepReader();
    await read(reader, text, `${lines.slice(0, -1).join('\n')}\n`);
    const all = `${others.join('\n')}\n`;
    expect(await read(reader, text, all, opening)).toEqual(await read(new SweepReader(), text, all));
  });

  it('says of every trial what its run was, and where the best comes from', async () => {
    const { plan: text, lines, jobs } = await folderOf(plan);
    const reader = new SweepReader();
    const { overview } = await read(reader, text, lines.join('\n'));
    expect(overview.trials.length).toBe(overview.scored);
    const { best } = overview;
    if (!best) throw new Error('expected a best trial, got none');
    expect(overview.line).toHaveLength(best.round + 1);
    expect(overview.trials.find(({ trial }) => trial === best.trial)?.state).toBe('done');
    // Of a line, the seed is that of the member that it began with.
    const keys = [...jobs.keys()].filter((key) => key.startsWith(`tune ${best.trial}/${best.round}`));
    const [{ seed, request }] = keys.map((key) => jobs.get(key) as Job);
    const found = reader.subjectOf(best.trial, best.round)?.request;
    expect(found?.seed).toBe(seed);
    if (kind === 'pbt') expect(overview.line[0]).toBe(seed - 101);
    else expect(found).toEqual({ ...request, seed });
  });
});

it('of a population, a round goes on from the one before it, or from the member that was taken over', async () => {
  const { plan, lines, jobs } = await folderOf(PLANS['pbt']);
  const { overview } = await read(new SweepReader(), plan, lines.join('\n'));
  let takeovers = 0;
  for (const { trial, rounds } of overview.trials)
    for (const { round, parent, point } of rounds.slice(1)) {
      const legs = jobs.get(`tune ${trial}/${round}`)?.legs ?? [];
      const before = jobs.get(`tune ${parent ?? trial}/${round - 1}`)?.legs;
      expect(legs.slice(0, -1)).toEqual(before);
      if (parent === undefined) continue;
      takeovers++;
      expect(legs.at(-1)?.tune).toEqual(point);
    }
  // One of five per generation.
  expect(takeovers).toBe(5);
});

it('says what halving waits for: the rest of a rung, or its turn', async () => {
  const { plan, lines } = await folderOf(PLANS['halving'], presentStepSize, 1);
  const statesAfter = async (count: number) => {
    const { overview } = await read(new SweepReader(), plan, lines.slice(0, count).join('\n'));
    return overview.trials.map(({ state }) => state).toSorted();
  };
  expect(await statesAfter(8)).toEqual(Array.from({ length: 8 }, () => 'waits'));
  expect(await statesAfter(9)).toEqual([
    ...Array.from({ length: 3 }, () => 'open'),
    ...Array.from({ length: 6 }, () => 'stopped'),
  ]);
  expect(await statesAfter(13)).toEqual(['done', ...Array.from({ length: 8 }, () => 'stopped')]);
});

it('counts the env steps of all trials until a score was there, and each seed has its own', async () => {
  const { plan, lines } = await folderOf(PLANS['random'], ({ seed }) => seed, 1);
  const { overview } = await read(new SweepReader(), plan, lines.join('\n'));
  const rounds = overview.trials.flatMap((trial) => trial.rounds).toSorted((a, b) => a.at - b.at);
  expect(rounds.map(({ at }) => at)).toEqual(Array.from({ length: 9 }, (_, k) => 1800 * (k + 1)));
  expect(rounds[0]).toMatchObject({ seeds: [101, 102], scores: [101, 102], score: 101.5 });
});

it('leaves out and counts lines that an interruption has cut off', async () => {
  const { plan, lines } = await folderOf(PLANS['random']);
  const cut = [lines[0], lines[1].slice(0, 20), ...lines.slice(2)].join('\n');
  const { incomplete, overview } = await read(new SweepReader(), plan, cut);
  expect([incomplete, overview.done]).toEqual([1, lines.length - 1]);
});

it('begins anew where the folder holds another sweep than before', async () => {
  const reader = new SweepReader();
  const [first, second] = await Promise.all([folderOf(PLANS['random']), folderOf(PLANS['pbt'])]);
  await read(reader, first.plan, first.lines.join('\n'));
  const { overview } = await read(reader, second.plan, second.lines.slice(0, 3).join('\n'));
  expect([overview.search.kind, overview.done]).toEqual(['pbt', 3]);
  const shorter = await read(reader, second.plan, second.lines.slice(0, 2).join('\n'));
  expect(shorter.overview.done).toBe(2);
});

it('reads a hundred thousand lines, and shows the best of them', async () => {
  const plan = planOf({ search: { kind: 'random', trials: 100_000 } });
  const ids: string[] = [];
  for (const job of createSearch(plan).open(new Map(), new Set())) {
    if (ids.push(await idOf(job)) === 8) break;
  }
  const lines = Array.from({ length: 100_000 }, (_, k) =>
    JSON.stringify({
      key: `tune ${k}/0/101`,
      id: ids[k] ?? '',
      result: { kind: 'done', greedy: k, training: null, steps: 900, seconds: 1 },
    }),
  );
  const { overview } = await read(new SweepReader(), JSON.stringify(plan), lines.join('\n'));
  expect(overview).toMatchObject({ done: 100_000, scored: 100_000, best: { trial: 99_999 } });
  expect(overview.trials.map(({ trial }) => trial)).toEqual(
    Array.from({ length: overview.trials.length }, (_, k) => 99_999 - k),
  );
  expect(overview.trials.length).toBeLessThanOrEqual(200);
});

describe('what is something else is refused, by its place', () => {
  const { random, pbt } = PLANS;

  it('results of another plan', async () => {
    const { plan, lines } = await folderOf(random);
    const other = planOf({ tuningSeeds: 2, seed: 2 });
    expect(await refused(JSON.stringify(other), lines.join('\n'))).toMatchObject({
      field: 'results.jsonl',
      expected: 'results of the plan in plan.json',
    });
    const smaller = planOf({ tuningSeeds: 2, search: { kind: 'random', trials: 3 } });
    expect((await refused(JSON.stringify(smaller), lines.join('\n')))?.field).toMatch(
      /^results\.jsonl line \d+\.key$/,
    );
    const family = await folderOf(pbt);
    expect((await refused(plan, family.lines.join('\n')))?.field).toBe('results.jsonl line 1.key');
  });

  it('another file in the place of the results', async () => {
    const plan = JSON.stringify(random);
    const { lines } = await folderOf(random);
    const picture = Uint8Array.from({ length: 5000 }, (_, k) => (k * 37) % 256);
    expect(await refused(plan, picture)).toMatchObject({
      field: 'results.jsonl',
      expected: 'lines of JSON, one per result',
    });
    expect(await refused(plan, `${lines[0]}\n{"step": 1}\n`)).toEqual({
      field: 'results.jsonl line 2.key',
      expected: 'the result of a job of a sweep',
      got: 'nothing',
    });
    const wrong = { ...(JSON.parse(lines[1]) as object), result: { kind: 'done', greedy: 'high' } };
    expect((await refused(plan, `${lines[0]}\n${JSON.stringify(wrong)}`))?.field).toBe(
      'results.jsonl line 2.result.greedy',
    );
    const reader = new SweepReader();
    await read(reader, plan, lines[0]);
    const results = new Blob([`${lines[0]}\n${lines[1]}\n{"step": 1}`]);
    const grown = await reader.read({ plan: new Blob([plan]), results }, 1);
    expect(grown).toMatchObject({ ok: false, problems: [{ field: 'results.jsonl line 3.key' }] });
    // No line ends within what is read at once.
    expect((await refused(plan, '{'.repeat(2 ** 22)))?.field).toBe('results.jsonl');
  });

  it('another file in the place of the plan', async () => {
    const own = { run: { world: 'corridor' }, steps: 10, space: {}, search: { kind: 'grid' } };
    expect((await refused(JSON.stringify(own)))?.got).toBe('a plan as `ludus sweep` is given one');
    expect((await refused('nothing'))?.field).toBe('plan.json');
    expect((await refused('[1]'))?.field).toBe('plan.json');
    expect((await refused(JSON.stringify({ ...random, steps: -1 })))?.field).toBe('plan.json steps');
    const vast = { ...pbt, search: { ...pbt.search, population: 1e9 } };
    expect((await refused(JSON.stringify(vast)))?.field).toBe('plan.json search.population');
  });
});
