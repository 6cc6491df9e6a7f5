/** A paced world keeps its speed however unevenly it is asked, and never rushes to catch up. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '#worker/pace.ts';

test('over ten seconds of uneven slices the number of steps is that of the speed', () => {
  const gaps = fc.array(fc.double({ min: 0.1, max: 90, noNaN: true }), { minLength: 200, maxLength: 400 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 4000 }), (gaps, rate) => {
      const pace = new Pace();
      let [now, steps] = [5000, 0];
      for (const gap of [0, ...gaps]) {
        now += gap;
        const due = pace.due(now, rate);
        pace.spend(due);
        steps += due;
      }
      const expected = 1 + ((now - 5000) * rate) / 1000;
      expect(Math.abs(steps - expected)).toBeLessThan(1 + 1e-3);
    }),
  );
});

test('a stall of a minute is forgiven', () => {
  const pace = new Pace();
  pace.spend(pace.due(0, 50));
  expect(pace.due(60_000, 50)).toBe(6);
});

test('it says how long to wait, and starts at once after a restart', () => {
  const pace = new Pace();
  pace.spend(pace.due(0, 50));
  expect(pace.wait(50)).toBeCloseTo(20);
  pace.due(15, 50);
  expect(pace.wait(50)).toBeCloseTo(5);
  pace.restart();
  expect(pace.due(999, 50)).toBe(1);
});
