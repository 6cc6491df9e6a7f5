/** A curve of any length stays within its buckets and keeps what a reader looks for: extremes, order and running mean. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Curve } from '#ui/state/curve.ts';

test('every point is its own bucket while there is room', () => {
  const curve = new Curve(2);
  curve.add(Float64Array.of(1, 2, 3), Float64Array.of(10, 20, 60));
  const [x, low, high, mean] = curve.columns;
  expect([...x]).toEqual([1, 2, 3]);
  expect([...low]).toEqual([10, 20, 60]);
  expect([...high]).toEqual([10, 20, 60]);
  expect([...mean]).toEqual([10, 15, 40]);
});

test('a million points keep their extremes, their order and the last running mean', () => {
  const n = 1_000_000;
  const xs = Float64Array.from({ length: n }, (_, i) => i);
  const values = Float64Array.from({ length: n }, (_, i) => Math.sin(i / 1000) * (i / n));
  values[123_456] = -7;
  values[654_321] = 9;
  const curve = new Curve(100);
  curve.add(xs, values);
  const [x, low, high, mean] = curve.columns;
  expect(x.length).toBeLessThanOrEqual(512);
  expect(x.length).toBeGreaterThan(256);
  expect(Math.min(...low)).toBe(-7);
  expect(Math.max(...high)).toBe(9);
  expect(x.every((value, i) => i === 0 || value > x[i - 1])).toBe(true);
  expect(x.at(-1)).toBe(n - 1);
  expect(mean.at(-1)).toBeCloseTo(values.slice(-100).reduce((sum, each) => sum + each, 0) / 100, 9);
});

test('however the points arrive, the curve is the same', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 50 }), (values, chunk) => {
      const repeated = Float64Array.from({ length: values.length * 20 }, (_, i) => values[i % values.length]);
      const xs = Float64Array.from(repeated, (_, i) => i);
      const [whole, parts] = [new Curve(10), new Curve(10)];
      whole.add(xs, repeated);
      for (let i = 0; i < xs.length; i += chunk)
        parts.add(xs.slice(i, i + chunk), repeated.slice(i, i + chunk));
      expect(parts.columns).toEqual(whole.columns);
      expect(parts.latestMean).toBe(whole.latestMean);
    }),
    { numRuns: 50 },
  );
});

test('what is not a number is left out, and clearing forgets', () => {
  const curve = new Curve(5);
  curve.add(Float64Array.of(1, 2, 3), Float64Array.of(NaN, 4, Infinity));
  expect(curve.points).toBe(1);
  expect([...curve.columns[0]]).toEqual([2]);
  curve.clear();
  expect(curve.columns[0].length).toBe(0);
  expect(curve.latestMean).toBeNaN();
});
