/** How values become text, sliders and errors by the field. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldDescription } from '#core/config.ts';
import { scaleOf } from '#ui/state/scale.ts';
import { brief, count, figure, plural, problemAt, same } from '#ui/state/values.ts';

type NumberField = Extract<FieldDescription, { kind: 'number' }>;

const fields = fc
  .record({
    low: fc.constantFrom(0, 1e-5, 0.001, 1, 10),
    span: fc.constantFrom(1, 10, 1000, 1e6),
    scale: fc.constantFrom('linear' as const, 'log' as const),
    integer: fc.boolean(),
  })
  .map(({ low, span, scale, integer }): NumberField => {
    const min = integer ? Math.ceil(low) : low;
    return {
      kind: 'number',
      key: 'x',
      label: 'X',
      help: '',
      default: min,
      min,
      max: min + span,
      integer,
      scale,
    };
  });

test('a slider stays in its range, moves with its value, and comes back to its notch', () => {
  fc.assert(
    fc.property(fields, fc.double({ min: 0, max: 1, noNaN: true }), (field, at) => {
      const scale = scaleOf(field);
      const notch = Math.round(at * scale.notches);
      const value = scale.toValue(notch);
      expect(value).toBeGreaterThanOrEqual(field.min);
      expect(value).toBeLessThanOrEqual(field.max);
      if (field.integer) expect(Number.isInteger(value)).toBe(true);
      if (notch > 0) expect(value).toBeGreaterThanOrEqual(scale.toValue(notch - 1));
      // A whole number may stand for many notches; three digits may stand for a few.
      expect(scale.toValue(scale.toNotch(value))).toBeCloseTo(value, -Math.log10(field.max * 0.02));
    }),
  );
  for (const scale of ['linear', 'log'] as const) {
    const ends = scaleOf({
      kind: 'number',
      key: 'x',
      label: '',
      help: '',
      default: 1,
      min: 0,
      max: 1000,
      integer: true,
      scale,
    });
    expect([ends.toValue(0), ends.toValue(ends.notches)]).toEqual([0, 1000]);
  }
});

test.each([
  ['0.10', 0.1, true],
  ['1e-3', 0.001, true],
  [true, 'true', true],
  [[64, 64], '[64,64]', true],
  ['', 0, false],
  ['a', 'b', false],
  [1, 2, false],
])('%j and %j are the same: %j', (a, b, expected) => {
  expect(same(a, b)).toBe(expected);
  expect(same(b, a)).toBe(expected);
});

test('a problem is found by its field, also inside structured values, and by no other', () => {
  const problems = [{ field: 'agent.hidden.0', expected: 'a number', got: '"x"' }];
  expect(problemAt(problems, 'agent.hidden')).toBe(problems[0]);
  expect(problemAt(problems, 'agent.hid')).toBeUndefined();
});

test('numbers are short enough to read', () => {
  expect([0, 0.5, 12.3456, 1234.5, 2_204_000, 0.00012, NaN].map(figure)).toEqual([
    '0',
    '0.5',
    '12.3',
    '1,235',
    '2.2 M',
    '1.2e-4',
    '–',
  ]);
  expect(count(999_999)).toBe('999,999');
  expect(brief(1 / 3)).toBe('0.333333');
  expect([plural(1, 'step'), plural(0, 'step')]).toEqual(['1 step', '0 steps']);
});
