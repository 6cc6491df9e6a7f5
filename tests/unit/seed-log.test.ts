/** The log that `bench --logs` keeps of a seed belongs to its record, or to another run of the same name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readLog } from '#node/bench/results/seed-log.ts';
import type { SeedRecord } from '#node/bench/results/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'ludus-logs-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = [
  { step: 10, slot: 0, 'episode/return': 1, 'episode/length': 10 },
  { step: 12, loss: 0.5 },
  { step: 25, slot: 0, 'episode/return': -2, 'episode/length': 15 },
];
const LINES = ROWS.map((row) => JSON.stringify(row));

function keep(text: string): void {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(join(folder, 'logs', 'a2c-bandit-default-5000-1.jsonl'), text);
}

const recordOf = (mean: number | null, episodes: number) =>
  ({
    experiment: 'a2c bandit default 5000',
    seed: 1,
    training: { mean, episodes, curve: [] },
  }) as unknown as SeedRecord;

it('is read where it has the episodes of the record', () => {
  keep(`${LINES.join('\n')}\n`);
  expect(readLog(folder, recordOf(-0.5, 2))).toEqual(ROWS);
  expect(readLog(folder, recordOf(-2, 1))).toEqual(ROWS);
  expect(readLog(folder, { ...recordOf(-0.5, 2), seed: 2 })).toBeUndefined();
});

it('is none where it is of another run, or was cut off before the last episode', () => {
  keep(`${LINES.join('\n')}\n`);
  expect(readLog(folder, recordOf(1, 2))).toBeUndefined();
  expect(readLog(folder, recordOf(-0.5, 3))).toBeUndefined();
  keep(`${LINES.slice(0, 2).join('\n')}\n${LINES[2].slice(0, 9)}`);
  expect(readLog(folder, recordOf(-0.5, 2))).toBeUndefined();
});

it('of a run without episodes it has its metrics', () => {
  keep(`${LINES[1]}\n`);
  expect(readLog(folder, recordOf(null, 0))).toEqual([ROWS[1]]);
});
