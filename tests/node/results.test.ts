/** `bench agents --results` as a user runs it: every seed is trained once, and the page shows all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

it('trains the missing seeds, and writes the page', async () => {
  const folder = join(temporaryFolder(), 'results');
  const make = async (...more: string[]): ReturnType<typeof ludus> =>
    ludus('bench', 'agents', '--results', folder, '--only', 'sarsa cliff-walking', ...more);
  const first = await make('--seeds', '1');
  expect(first.code, first.stderr).toBe(0);
  expect(first.stderr).toContain('seeds to train: 1\n');
  const second = await make('--seeds', '3', '--jobs', '2');
  expect(second.stderr).toContain('seeds to train: 2\n');

  const lines = readFileSync(join(folder, 'cliff-walking.jsonl'), 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as { seed: number; greedy: { mean: number } });
  expect(records.map(({ seed }) => seed).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  for (const { greedy } of records) expect(greedy.mean).toBe(-13);

  const page = readFileSync(`${folder}.md`, 'utf8');
  expect(page).toContain('greedy −13, −13, −13');
  expect((await make('--render')).code).toBe(0);
  expect(readFileSync(`${folder}.md`, 'utf8')).toBe(page);
});

it('trains a suite of agents that are compared, and reports it in Markdown and HTML', async () => {
  const folder = join(temporaryFolder(), 'sanity');
  const { code, stderr } = await ludus(
    'bench',
    'sanity',
    '--results',
    folder,
    '--only',
    'a2c bandit',
    '--seeds',
    '1',
    '--logs',
  );
  expect(code, stderr).toBe(0);
  const log = readFileSync(join(folder, 'logs', 'a2c-bandit-default-5000-1.jsonl'), 'utf8');
  expect(log).toContain('"episode/return"');
  const tables = temporaryFolder();
  const made = await ludus('logs', folder, '--format', 'monitor', '--out', tables, '--json');
  expect(made.code, made.stderr).toBe(0);
  const [, , ...rows] = readFileSync(join(tables, 'bandit__a2c__1', 'monitor.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(rows).toHaveLength(log.split('"episode/return"').length - 1);
  const [line] = readFileSync(join(folder, 'bandit.jsonl'), 'utf8').trim().split('\n');
  const { split, training } = JSON.parse(line) as {
    split: Record<string, number>;
    training: { curve: number[][] };
  };
  expect(Object.values(split).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 2);
  expect(training.curve.every((point) => point.length === 3)).toBe(true);
  expect(readFileSync(`${folder}.md`, 'utf8')).toMatch(/\| A2C +\| default +\| 5000 +\| 1 of 10 \|/);
  expect(readFileSync(`${folder}.html`, 'utf8')).toContain('<polyline');
});

it('trains and reports models on data sets alike', async () => {
  const folder = join(temporaryFolder(), 'classifier');
  const make = async (...more: string[]): ReturnType<typeof ludus> =>
    ludus('bench', 'classifier', '--results', folder, ...more);
  const first = await make('--only', 'iris linear', '--seeds', '1');
  expect(first.code, first.stderr).toBe(0);
  const second = await make('--only', 'iris linear', '--seeds', '2');
  expect(second.stderr).toMatch(/^iris linear \S+ \d+, seed 2: \d+\.\d\d %, .* of CPU time\n$/);
  const lines = readFileSync(join(folder, 'iris.jsonl'), 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as { seed: number; test: { accuracy: number } });
  expect(records.map(({ seed }) => seed)).toEqual([1, 2]);
  const page = readFileSync(`${folder}.md`, 'utf8');
  const accuracies = records.map(({ test }) => (100 * test.accuracy).toFixed(2)).join(', ');
  expect(page).toContain(`epochs: ${accuracies}. \`npm run ludus -- fit iris --model linear`);
  const report = readFileSync(`${folder}.html`, 'utf8');
  expect(report).toContain(
    `<td>${(50 * (records[0].test.accuracy + records[1].test.accuracy)).toFixed(2)} %</td>`,
  );
  expect(report.match(/<svg/g)).toHaveLength(1);
  expect((await make('--render')).code).toBe(0);
  expect(readFileSync(`${folder}.html`, 'utf8')).toBe(report);
  expect(readFileSync(`${folder}.md`, 'utf8')).toBe(page);
  const fashion = await make('--only', 'fashion');
  expect(fashion.stderr).toContain('left out, since its files are not given (--from)');
});
