/** The results page: what it asks for exists, what was trained is kept and found again, and verdicts follow from the seeds. */
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gates, judge, type Gate } from '#node/bench/results/gates.ts';
import { published } from '#node/bench/results/published.ts';
import { keyOf, Records, type SeedRecord } from '#node/bench/results/record.ts';
import { renderResults } from '#node/bench/results/render.ts';
import { nameOf, runOf, suite, type Experiment } from '#node/bench/results/suite.ts';
import { readStored } from '#node/compare/stored.ts';

const [first, second] = suite;

/** A record as training would leave it, with these scores. */
function recordOf(experiment: Experiment, seed: number, greedy: number, training = greedy): SeedRecord {
  return {
    experiment: nameOf(experiment),
    key: keyOf(experiment),
    seed,
    steps: experiment.steps,
    training: { mean: training, episodes: 100, curve: [] },
    greedy: { mean: greedy, std: 0, episodes: experiment.episodes },
    seconds: 2,
    cpuSeconds: 2,
    backend: 'simd',
    request: runOf(experiment, seed).request,
    provenance: { commit: 'abc', date: '2026-01-01', machine: 'a machine', node: 'v20' },
  };
}

type Config = SeedRecord['request']['config'];

const presetOf = (experiment: Experiment): string[] =>
  Object.keys(runOf(experiment, 1).agent.presets[experiment.preset ?? ''].config);
/** A setting that is at its default in an experiment, as one is that was added later. */
function grownSince(experiment: Experiment): string {
  const preset = presetOf(experiment);
  return Object.keys(runOf(experiment, 1).request.config).find((name) => !preset.includes(name)) ?? '';
}

const omit = (config: Config, ...names: readonly string[]): Config =>
  Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'ludus-results-'));

describe('the suite', () => {
  it('asks for runs that can start, each under a name of its own', () => {
    for (const experiment of suite) {
      expect(runOf(experiment, 1).world.id).toBe(experiment.world);
      expect(experiment.seeds, nameOf(experiment)).toBeGreaterThanOrEqual(5);
    }
    expect(new Set(suite.map(nameOf)).size).toBe(suite.length);
  });

  it('has something to judge by every gate, and something beside every published number', () => {
    for (const gate of gates)
      expect(
        gate.kind === 'threshold' ? gate.experiments.length : gate.pairs.length,
        gate.title,
      ).toBeGreaterThan(0);
    const worlds = new Set(suite.map(({ world }) => world));
    for (const { world } of published) expect(worlds).toContain(world);
  });
});

describe('the records', () => {
  it('are found again, the later one of a seed, and not under other settings', () => {
    const records = new Records(emptyFolder());
    expect(records.of(first)).toEqual([]);
    for (const [seed, greedy] of [
      [2, 10],
      [1, 20],
      [2, 30],
    ])
      records.append(first, recordOf(first, seed, greedy));
    expect(records.of(first).map(({ seed, greedy }) => [seed, greedy.mean])).toEqual([
      [1, 20],
      [2, 30],
    ]);
    expect(records.of(second)).toEqual([]);
    expect(records.of({ ...first, episodes: first.episodes + 1 })).toEqual([]);
    expect(records.of({ ...first, wrappers: { frameStack: 2 } })).toEqual([]);
  });

  it('are found under settings that have grown since, unless the new one is used or an old one differs', () => {
    const { request } = runOf(first, 1);
    const grown = grownSince(first);
    const without = (names: readonly string[]): SeedRecord['request'] => ({
      ...request,
      config: omit(request.config, ...names),
    });
    const foundAs = (settings: SeedRecord['request']): number => {
      const records = new Records(emptyFolder());
      const key = keyOf(first, settings);
      records.append(first, { ...recordOf(first, 1, 10), request: settings, key });
      return records.of(first).length;
    };
    expect(foundAs(without([grown]))).toBe(1);
    expect(foundAs(without(presetOf(first)))).toBe(0);
    expect(foundAs({ ...request, config: { ...request.config, [grown]: 'other' } })).toBe(0);
    expect(foundAs({ ...request, config: { ...request.config, gone: 1 } })).toBe(0);
  });

  it('are compared as seeds of one agent, too, where its settings have grown since; the later one of a seed counts', async () => {
    const folder = emptyFolder();
    const records = new Records(folder);
    const { request } = runOf(first, 1);
    const old = { ...request, config: omit(request.config, grownSince(first)) };
    records.append(first, { ...recordOf(first, 1, 10), request: old, key: keyOf(first, old) });
    records.append(first, recordOf(first, 2, 20));
    const seedsOf = async (): Promise<unknown> => {
      const { tasks } = await readStored(folder, 'A', 'A');
      return tasks.map(({ seeds }) => seeds.map(({ seed, greedy }) => [seed, greedy.mean]));
    };
    const before = [
      [1, 10],
      [2, 20],
    ];
    expect(await seedsOf()).toEqual([before]);
    records.append(first, recordOf(first, 1, 30));
    expect(await seedsOf()).toEqual([[[1, 30], before[1]]]);
    const gone = { ...request, seed: 3, config: { ...request.config, gone: 1 } };
    records.append(first, { ...recordOf(first, 3, 10), request: gone, key: keyOf(first, gone) });
    await expect(seedsOf()).rejects.toThrow(/A \S+: expected seeds of one agent with the same settings/);
  });

  it('are compared without those of an older version of the world, which their key tells', async () => {
    const folder = emptyFolder();
    const records = new Records(folder);
    for (const seed of [1, 2, 3]) records.append(first, { ...recordOf(first, seed, 10), key: 'older' });
    records.append(first, recordOf(first, 2, 20));
    const { tasks } = await readStored(folder, 'A', 'A');
    expect(tasks[0].seeds.map(({ seed, greedy }) => [seed, greedy.mean])).toEqual([[2, 20]]);
  });

  it('survive a line that an interruption cut off', () => {
    const folder = emptyFolder();
    const records = new Records(folder);
    records.append(first, recordOf(first, 1, 10));
    const path = join(folder, `${first.world}.jsonl`);
    appendFileSync(path, '{"experiment":"half a li');
    records.append(first, recordOf(first, 2, 20));
    expect(records.of(first).map(({ seed }) => seed)).toEqual([1, 2]);
    expect(readFileSync(path, 'utf8').split('\n').length).toBe(4);
  });

  it('are refused by the line and the field if they are something else', () => {
    for (const [other, field] of [
      [null, ''],
      [{}, '.experiment'],
      [{ ...recordOf(first, 2, 20), seed: '2' }, '.seed'],
      [{ ...recordOf(first, 2, 20), request: { params: null } }, '.request.params'],
    ] as const) {
      const broken = new Records(emptyFolder());
      broken.append(first, recordOf(first, 1, 10));
      broken.append(first, other as unknown as SeedRecord);
      expect(() => broken.of(first)).toThrow(
        `${first.world}.jsonl line 2${field}: expected the record of a seed`,
      );
    }
  });
});

describe('a gate', () => {
  const some = { ...first, seeds: 4 };
  const threshold: Gate = {
    kind: 'threshold',
    title: 't',
    score: 'greedy',
    atLeast: 100,
    experiments: [some],
  };
  const scored = (...scores: number[]): SeedRecord[] =>
    scores.map((score, i) => recordOf(some, i + 1, score, 0));

  it('is met by the middle of all seeds, and open while seeds are missing', () => {
    expect(judge(threshold, () => scored(0, 100, 100, 100))).toEqual({
      met: true,
      reached: `${nameOf(first)}: 100, 3 of 4 seeds`,
    });
    expect(judge(threshold, () => scored(99, 99, 99, 999)).met).toBe(false);
    expect(judge(threshold, () => scored(999, 999, 999)).met).toBeUndefined();
    expect(judge({ ...threshold, score: 'training' }, () => scored(999, 999, 999, 999)).met).toBe(false);
  });

  it('that compares counts the worlds on which ours is ahead', () => {
    const ours = suite.slice(0, 3);
    const theirs = suite.slice(3, 6);
    const gate: Gate = {
      kind: 'comparison',
      title: 't',
      score: 'greedy',
      atLeast: 2,
      pairs: ours.map((each, i) => [each, theirs[i]]),
    };
    const ahead = (count: number) => (experiment: Experiment) =>
      Array.from({ length: experiment.seeds }, (_, i) =>
        recordOf(
          experiment,
          i + 1,
          ours.indexOf(experiment) >= count ? 1 : ours.includes(experiment) ? 3 : 2,
        ),
      );
    expect(judge(gate, ahead(2)).met).toBe(true);
    expect(judge(gate, ahead(1)).met).toBe(false);
    expect(judge(gate, () => []).met).toBeUndefined();
  });
});

/** Five seeds of the first experiment only. */
function fiveSeeds(experiment: Experiment): readonly SeedRecord[] {
  return experiment === first
    ? [1, 2, 3, 4, 5].map((seed) => recordOf(first, seed, 400 + 10 * seed, 300))
    : [];
}

describe('the page', () => {
  it('says the same of the same records, and shows every seed', () => {
    const page = renderResults(fiveSeeds, 'results');
    expect(renderResults(fiveSeeds, 'results')).toBe(page);
    expect(page).toContain('training 300, 300, 300, 300, 300; greedy 410, 420, 430, 440, 450');
    // The interquartile mean of five: the middle three.
    expect(page).toMatch(/5 of 10 +\| 300 \[300, 300\] +\| 430 \[4\d\d(\.\d)?, 4\d\d(\.\d)?\]/);
    expect(page).toContain('seeds missing');
    expect(page).toContain('CleanRL docs');
  });
});
