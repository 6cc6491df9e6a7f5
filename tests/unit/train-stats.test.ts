/** The statistics against closed forms, and against every recording of statistics in the golden folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interquartileMean, mean, median, standardDeviation } from '#core/stats.ts';

const folder = resolve(process.env['LUDUS_GOLDEN'] ?? '../shared/golden');

interface Recording {
  readonly scores?: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly iqm?: number;
  readonly mean?: number;
  readonly median?: number;
}

function recordings(): readonly (readonly [string, Recording])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('statistics') && path.endsWith('.json.gz'))
    .map((path) => [path, JSON.parse(gunzipSync(readFileSync(join(folder, path))).toString()) as Recording]);
}

describe('statistics', () => {
  it('agree with their closed forms', () => {
    const values = [1, 2, 3, 4, 100];
    expect(mean(values)).toBe(22);
    expect(median(values)).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(interquartileMean(values)).toBe(3);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(standardDeviation([3])).toBe(0);
    expect(mean([])).toBeNaN();
    expect(median([])).toBeNaN();
  });

  it('do not depend on the order, and move with the values', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.double({ min: -1e3, max: 1e3, noNaN: true }), (values, shift) => {
        const moved = values.map((value) => value + shift).toReversed();
        for (const statistic of [mean, median, interquartileMean])
          expect(statistic(moved)).toBeCloseTo(statistic(values) + shift, 6);
        expect(standardDeviation(moved)).toBeCloseTo(standardDeviation(values), 4);
      }),
    );
  });

  const found = recordings();
  it.skipIf(found.length === 0)(
    `agree with the recordings in ${folder} (skipped where there are none)`,
    () => {
      for (const [path, { scores, ...expected }] of found) {
        const data = scores?.data ?? [];
        const tasks = scores?.shape[1] ?? 1;
        const columns = Array.from({ length: tasks }, (_, task) => data.filter((_, i) => i % tasks === task));
        expect(interquartileMean(data), path).toBeCloseTo(expected.iqm ?? NaN, 9);
        expect(mean(data), path).toBeCloseTo(expected.mean ?? NaN, 9);
        expect(median(columns.map(mean)), path).toBeCloseTo(expected.median ?? NaN, 9);
      }
    },
  );
});
