/** The bars of action values tell how much each is worth, on a scale that does not jump. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advantages, barOf, NO_SCALE, scaleWith } from '#ui/state/bar-scale.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test('bars tell values apart that are nearly the same, and are short where little depends on the action', () => {
  const scale = scaleWith(NO_SCALE, advantages(Float32Array.of(50.1, 49.8)));
  const [better, worse] = [...advantages(Float32Array.of(50.1, 49.8))].map((each) => barOf(scale, each));
  expect([better.from, better.length, worse.from, worse.length].map((x) => Math.round(10 * x))).toEqual([
    5, 5, 0, 5,
  ]);
  const [same] = [...advantages(Float32Array.of(20.01, 20))].map((each) => barOf(scale, each));
  expect(same.length).toBeLessThan(0.02);
  expect(advantages(Float32Array.of(1, NaN, 3))).toEqual(Float32Array.of(-1, NaN, 1));
});

test('bars start at 0, negative ones to its left', () => {
  const scale = scaleWith(NO_SCALE, [-1, 3]);
  expect(scale).toEqual({ low: -1, high: 3 });
  expect(barOf(scale, 3)).toEqual({ from: 0.25, length: 0.75 });
  expect(barOf(scale, -1)).toEqual({ from: 0, length: 0.25 });
  expect(barOf(scale, 0)).toEqual({ from: 0.25, length: 0 });
  expect([barOf(NO_SCALE, 0), barOf(scale, NaN)].map(({ length }) => length)).toEqual([0, 0]);
});

test('the scale holds 0 and every value, and shrinks by no more than a hundredth at a time', () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 9 }), { minLength: 2 }), (states) => {
      let scale = NO_SCALE;
      for (const values of states) {
        const before = scale;
        scale = scaleWith(scale, values);
        expect(scale.low).toBeLessThanOrEqual(Math.min(0, ...values));
        expect(scale.high).toBeGreaterThanOrEqual(Math.max(0, ...values));
        expect(scale.high).toBeGreaterThanOrEqual(0.99 * before.high);
        expect(scale.low).toBeLessThanOrEqual(0.99 * before.low);
        for (const each of values) {
          const { from, length } = barOf(scale, each);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(from + length).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
    }),
  );
});

test('values that diverged once are left behind', () => {
  let scale = scaleWith(NO_SCALE, [1e6, NaN]);
  for (let update = 0; update < 15 * 240; update++) scale = scaleWith(scale, [1, 2]);
  expect(scale.high).toBeCloseTo(2, 0);
});
