/** How values become text, sliders and errors by the field. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldDescription } from '#core/config.ts';
import { catalogue } from '#train/catalogue/catalogue.ts';
import { fitCatalogue } from '#train/catalogue/fit-catalogue.ts';
import { scaleOf } from '#ui/state/scale.ts';
import { brief, count, epochs, figure, percent, plural, problemAt, same, told } from '#ui/state/values.ts';

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
  expect([1.6e39, -1.234e9, 2e9, 1e10, 999e6, Infinity].map(figure)).toEqual([
    '1.6e39',
    '-1.23e9',
    '2e9',
    '1e10',
    '999 M',
    '–',
  ]);
  expect([0.1234, 0.9, 1, 0].map(percent)).toEqual(['12.3 %', '90 %', '100 %', '0 %']);
  expect(brief(1 / 3)).toBe('0.333333');
  expect([plural(1, 'step'), plural(0, 'step')]).toEqual(['1 step', '0 steps']);
});

/** Every number field of every world, agent, wrapper, model and data set, by its name. */
const numbers = (): [string, NumberField][] => {
  const { worlds, agents, wrappers } = catalogue();
  const { models, data, augment } = fitCatalogue();
  const common = [
    { id: 'wrap', fields: wrappers },
    { id: 'augment', fields: augment },
  ];
  const tables = [...worlds, ...agents, ...models, ...data, ...common];
  return tables.flatMap(({ id, fields }) =>
    fields.flatMap((field): [string, NumberField][] =>
      field.kind === 'number' ? [[`${id}.${field.key}`, field]] : [],
    ),
  );
};

test('every slider reaches its minimum and 0, and tells its usual values apart', () => {
  const sticking = numbers().filter(([name, field]) => {
    const scale = scaleOf(field);
    const { min, max, default: usual } = field;
    expect(scale.toValue(0), name).toBe(min);
    expect(scale.toNotch(min), name).toBe(0);
    expect(scale.toNotch(max), name).toBe(scale.notches);
    if (min <= 0) expect(scale.toValue(scale.toNotch(0)), name).toBe(0);
    if (usual === 0 || usual === min || scale.notches <= 100) return false;
    const moved = scale.toNotch(Math.min(max, 2 * usual)) - scale.toNotch(usual);
    return 2 * usual < max && Math.abs(moved) <= scale.notches / 100;
  });
  expect(sticking.map(([name]) => name)).toEqual([]);
});

test('what people try first takes up a good part of every slider', () => {
  const narrow = numbers().flatMap(([name, field]) => {
    const { notches, toNotch } = scaleOf(field);
    const { min, max, default: usual, scale } = field;
    // A third to three times of a default, or of its distance from 1.
    const [low, high] =
      scale === 'complement'
        ? [1 - 3 * (1 - usual), 1 - (1 - usual) / 3]
        : [usual / 3, 3 * usual].toSorted((a, b) => a - b);
    const share = (toNotch(Math.min(max, high)) - toNotch(Math.max(min, low))) / notches;
    // On both sides of 0 every size may be as good as another.
    const counts = usual !== 0 && usual !== min && usual !== max && min >= 0;
    return counts && share < 0.08 ? [`${name} ${share}`] : [];
  });
  expect(narrow).toEqual([]);
});

test('a slider tells apart the values that presets choose', () => {
  const { agents } = catalogue();
  const { models } = fitCatalogue();
  const close = [...agents, ...models].flatMap(({ id, fields, presets }) =>
    fields.flatMap((field) => {
      if (field.kind !== 'number') return [];
      const { notches, toNotch } = scaleOf(field);
      const chosen = [field.default, ...presets.map(({ config }) => config[field.key] ?? field.default)];
      const values = [...new Set(chosen.map(Number))].toSorted((a, b) => a - b);
      return values.flatMap((value, i) => {
        const next = values[i + 1] ?? Infinity;
        const apart = toNotch(next) - toNotch(value);
        // Off and on are a step apart, as are whole numbers, where there are only a few.
        const far = apart >= notches / 100 || value === field.off || value === field.min;
        return next === Infinity || next / value < 1.2 || far ? [] : [`${id}.${field.key} ${value} ${next}`];
      });
    }),
  );
  expect(close).toEqual([]);
});

test('a scale close to 1 has its decades of 1 − x equally far apart, and both ends', () => {
  const field = {
    kind: 'number',
    key: 'gamma',
    label: '',
    help: '',
    default: 0.99,
    min: 0,
    max: 1,
    integer: false,
    scale: 'complement',
  } as const;
  const { notches, toNotch, toValue } = scaleOf(field);
  expect([toValue(0), toValue(notches), toNotch(0), toNotch(1)]).toEqual([0, 1, 0, notches]);
  expect([0.9, 0.99, 0.999].map((value) => Math.round((4 * toNotch(value)) / notches))).toEqual([1, 2, 3]);
  expect([0.5, 0.9, 0.95, 0.99, 0.999].map((value) => toValue(toNotch(value)))).toEqual([
    expect.closeTo(0.5, 2),
    expect.closeTo(0.9, 2),
    expect.closeTo(0.95, 2),
    expect.closeTo(0.99, 3),
    expect.closeTo(0.999, 4),
  ]);
});

test('a slider over nine decades ends where nobody goes first; what is typed beyond is at its end', () => {
  const field = {
    kind: 'number',
    key: 'epsilonSteps',
    label: '',
    help: '',
    default: 8000,
    min: 0,
    max: 1e9,
    integer: true,
    scale: 'linear',
  } as const;
  const scale = scaleOf(field);
  expect(scale.toValue(scale.notches)).toBe(1e7);
  expect(scale.toNotch(5e8)).toBe(scale.notches);
  expect(scale.toNotch(8000)).toBeGreaterThan(scale.notches / 3);
  expect([0, 1].map((notch) => scale.toValue(notch))).toEqual([0, 1]);
  const both = scaleOf({ ...field, default: -100, min: -10_000, max: 10_000, integer: false });
  expect([-10_000, -100, 0, 100, 10_000].map((value) => both.toValue(both.toNotch(value)))).toEqual([
    -10_000,
    expect.closeTo(-100, -1),
    0,
    expect.closeTo(100, -1),
    10_000,
  ]);
});

test('a value that switches its field off is told as `off`, in any form', () => {
  const limit = catalogue().wrappers.find(({ key }) => key === 'timeLimit');
  expect([0, '0', '0.0', 'off', ' Off ', 1, '1', undefined].map((value) => told(limit, value))).toEqual([
    'off',
    'off',
    'off',
    'off',
    'off',
    '1',
    '1',
    '',
  ]);
  expect(told(undefined, 0)).toBe('0');
  for (const [name, { off, min, max }] of numbers())
    if (off !== undefined) expect(off >= min && off <= max, name).toBe(true);
});

test('a network is told in words, as its text as well', () => {
  const network = catalogue()
    .agents.find(({ id }) => id === 'dqn')
    ?.fields.find(({ key }) => key === 'network');
  const layers = [
    { kind: 'conv2d', activation: 'relu', filters: 16, kernelSize: [3, 3] },
    { kind: 'flatten' },
    { units: 84, kind: 'dense', activation: 'relu' },
  ];
  const words = 'conv2d relu filters 16 kernelSize [3,3] → flatten → dense 84 relu';
  expect(network).toBeDefined();
  expect(told(network, layers)).toBe(words);
  expect(told(network, JSON.stringify(layers))).toBe(words);
  expect(['auto', '[]', '[[1,2]]', '[{"kind":'].map((value) => told(network, value))).toEqual([
    'auto',
    '[]',
    '[[1,2]]',
    '[{"kind":',
  ]);
});

test('epochs are told to hundredths, whole ones without, and one of them in the singular', () => {
  expect([0, 0.354, 0.999, 1, 2.5, 12].map(epochs)).toEqual([
    '0 epochs',
    '0.35 epochs',
    '1 epoch',
    '1 epoch',
    '2.50 epochs',
    '12 epochs',
  ]);
});
