/** The suites as data, and their reports: every number is a seed's, failures count, and the charts need no browser. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { reportHtml } from '#node/bench/report/html.ts';
import { reportMarkdown } from '#node/bench/report/markdown.ts';
import { summarise } from '#node/bench/report/summary.ts';
import { keyOf, Records, type SeedRecord } from '#node/bench/results/record.ts';
import { nameOf, runOf, type Experiment } from '#node/bench/results/suite.ts';
import { suites, type BenchSuite } from '#node/bench/results/suites.ts';
import { timeSplit } from '#node/bench/results/time-split.ts';
import { createRun } from '#train/runs/create.ts';

const all: readonly (readonly [string, BenchSuite])[] = Object.entries(suites);

describe('the suites', () => {
  it.each(all)('%s asks for runs that can start, of the same worlds and steps for all', (_, { entrants }) => {
    for (const { experiments } of entrants) {
      expect(experiments.map(({ world, steps, seeds }) => [world, steps, seeds])).toEqual(
        entrants[0].experiments.map(({ world, steps, seeds }) => [world, steps, seeds]),
      );
      for (const experiment of experiments) expect(runOf(experiment, 1).world.id).toBe(experiment.world);
    }
    const names = entrants.flatMap(({ experiments }) => experiments.map(nameOf));
    expect(new Set(names).size).toBe(names.length);
  });
});

function recordOf(experiment: Experiment, seed: number, score: number): SeedRecord {
  const { steps } = experiment;
  return {
    experiment: nameOf(experiment),
    key: keyOf(experiment),
    seed,
    steps,
    training: {
      mean: score,
      episodes: 100,
      curve: Array.from({ length: 10 }, (_, k) => [((k + 1) * steps) / 10, (score * (k + 1)) / 10, k + seed]),
    },
    greedy: { mean: score, std: 0, episodes: 100 },
    seconds: 10,
    cpuSeconds: 5,
    split: { act: 0.2, world: 0.1, learn: 0.6, rest: 0.1 },
    backend: 'simd',
    request: runOf(experiment, seed).request,
    provenance: { commit: 'abc', date: '2026-01-01', machine: 'a machine', node: 'v20' },
  };
}

/** Five seeds of every experiment of a suite, later entrants better; the last seed of the first has failed. */
function filled(suite: BenchSuite): Records {
  const records = new Records(mkdtempSync(join(tmpdir(), 'ludus-report-')));
  suite.entrants.forEach(({ experiments }, rank) => {
    for (const experiment of experiments)
      for (let seed = 1; seed <= 5; seed++)
        if (rank === 0 && seed === 5)
          records.appendFailure(experiment, { seed, failure: 'no number <here>' });
        else records.append(experiment, recordOf(experiment, seed, 0.5 + 0.1 * rank + 0.01 * seed));
  });
  return records;
}

describe('a report', () => {
  const suite = suites.sanity;
  const summary = summarise(suite, filled(suite));

  it('ranks agents over all worlds, with failures as the worst of their world', () => {
    const { standings, worlds, failures } = summary;
    expect(standings.map(({ entrant }) => entrant)).toEqual(suite.entrants.map(({ name }) => name));
    const means = standings.map(({ aggregates }) => aggregates.mean.value);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
    expect(standings[3].beats[0]?.opinion).toBe('better');
    expect(standings[0].beats[0]).toBeUndefined();
    expect(worlds[0].cells[0]).toMatchObject({ trained: 4, failed: 1 });
    // The worst of the world is the first agent's own first seed.
    expect(worlds[0].cells[0].scores.toSorted((a, b) => a - b)).toEqual([0.51, 0.51, 0.52, 0.53, 0.54]);
    expect(failures).toHaveLength(suite.entrants[0].experiments.length);
  });

  it('is a page of Markdown with all seeds, commits and machines', () => {
    const page = reportMarkdown(summary, 'npm run bench', 'sanity');
    expect(page).toContain('Commit: abc. Date: 2026-01-01. Machine: a machine. Node: v20.');
    expect(page).toContain('- PPO, greedy, all seeds: 0.61, 0.62, 0.63, 0.64, 0.65');
    expect(page).toContain('## Failures');
    expect(page).toMatch(/\| PPO +\| default +\| 5000 +\| 5 of 10 \| 0 +\|/);
  });

  it('is an HTML file with a curve per agent by steps and by seconds, and profiles', () => {
    const page = reportHtml(summary);
    const charts = page.match(/<svg /g) ?? [];
    expect(charts).toHaveLength(1 + 2 * summary.worlds.length);
    expect(page.match(/<polyline /g)).toHaveLength(charts.length * suite.entrants.length);
    expect(page).toContain('no number &lt;here>');
    // Nothing is loaded from elsewhere.
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
  });

  it('of worlds without a scale puts nothing together, and of no seeds says so', () => {
    const [{ name, experiments }] = suites.arcade.entrants;
    const arcade = { ...suites.arcade, entrants: [{ name, experiments: experiments.slice(0, 1) }] };
    const { standings, provenance } = summarise(arcade, filled(arcade));
    expect(standings).toEqual([]);
    expect(provenance.commit).toEqual(['abc']);
    const empty = new Records(mkdtempSync(join(tmpdir(), 'ludus-report-')));
    const page = reportMarkdown(summarise(suite, empty), 'npm run bench', 'sanity');
    expect(page).toContain('Commit: none yet.');
  });

  it('names the worlds without a seed in a line, and gives one seed no interval', () => {
    const records = new Records(mkdtempSync(join(tmpdir(), 'ludus-report-')));
    const [{ experiments }] = suite.entrants;
    records.append(experiments[0], recordOf(experiments[0], 1, 0.75));
    const summary = summarise(suite, records);
    const [done, ...others] = experiments.map(({ world }) => world);
    expect(summary.worlds.map(({ world }) => world)).toEqual([done]);
    const page = reportMarkdown(summary, 'npm run bench', 'sanity');
    expect(page).toContain(`- Not trained yet: ${others.join(', ')}.`);
    expect(page).not.toContain(`## ${others[0]}`);
    expect(page).toMatch(/\| 1 of 10 +\| 0 +\| 0\.75 +\| 0\.75 +\|/);
  });

  it('forgets a failure once the seed is trained', () => {
    const records = filled(suite);
    const [experiment] = suite.entrants[0].experiments;
    expect(records.failuresOf(experiment).map(({ seed }) => seed)).toEqual([5]);
    records.append(experiment, recordOf(experiment, 5, 1));
    expect(records.failuresOf(experiment)).toEqual([]);
  });
});

it('the split of the time adds up to one, and measuring changes nothing of the run', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  // Steps that are long enough to be measured on a busy machine, too.
  const experiment = { world: 'cart-pole', agent: 'dqn', steps: 1, seeds: 1, episodes: 1 };
  const [measured, plain] = [
    await createRun(runOf(experiment, 1), compute),
    await createRun(runOf(experiment, 1), compute),
  ];
  const split = await timeSplit(measured);
  expect(Object.values(split ?? {}).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 2);
  await plain.advance(() => plain.progress >= measured.progress);
  expect(measured.recorder.episodesSince(0)).toEqual(plain.recorder.episodesSince(0));
  expect(measured.recorder.episodes).toBeGreaterThan(0);
  measured.dispose();
  plain.dispose();
});
