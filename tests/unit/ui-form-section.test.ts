/** What a form shows of a config table: in which order, under which heading, found by which words, changed from what. */
import { expect, test } from 'vitest';
import type { FieldDescription } from '#core/config.ts';
import { catalogue } from '#train/catalogue/catalogue.ts';
import {
  changedOf,
  folded,
  isFound,
  isShown,
  onlyWhen,
  ownValue,
  takeBack,
  type FormSection,
} from '#ui/state/form-section.ts';

const { agents, worlds } = catalogue();
const ppo = agents.find(({ id }) => id === 'ppo')!;
const lake = worlds.find(({ id }) => id === 'frozen-lake')!;

/** A section over given values, with the preset's below them. */
function section(values: Record<string, unknown>, preset: Record<string, unknown> = {}): FormSection {
  const defaultOf = (key: string) => ppo.fields.find((field) => field.key === key)?.default;
  const unchanged = (key: string) => preset[key] ?? defaultOf(key);
  return {
    id: 'test',
    fields: ppo.fields,
    main: ppo.main,
    preset: Object.keys(preset).length > 0 ? 'mine' : undefined,
    shown: (key) => values[key] ?? unchanged(key),
    unchanged,
    waits: () => false,
    problem: (key) =>
      key === 'sequenceLength' && values['memory'] === 'bad'
        ? { field: 'agent.sequenceLength', expected: 'a divisor', got: '7' }
        : undefined,
    edit: ({ key }, value) => (values[key] = value),
  };
}

const field = (key: string): FieldDescription => ppo.fields.find((each) => each.key === key)!;
const keys = (fields: readonly FieldDescription[]) => fields.map(({ key }) => key);

test('every field is either on top or under one heading, whatever learns', () => {
  for (const { fields, main } of agents) {
    const { top, folds } = folded({ fields, main });
    expect(keys(top)).toHaveLength(main.length);
    expect(keys([...top, ...folds.flatMap((fold) => fold.fields)]).toSorted()).toEqual(
      keys(fields).toSorted(),
    );
  }
});

test('main fields come in their order, and what depends on a switch right after it', () => {
  expect(keys(folded(ppo).top)).toEqual([...ppo.main]);
  const network = folded(ppo).folds.find(({ theme }) => theme === 'Network');
  expect(keys(network?.fields ?? [])).toEqual(['shared', 'memory', 'memorySize', 'sequenceLength']);
  expect(keys(folded(lake).top)).toEqual([
    'map',
    'size',
    'frozen',
    'mapSeed',
    'rows',
    'slippery',
    'successRate',
    'maxSteps',
  ]);
});

test('a field without an effect is not shown, unless it is wrong; it says what it needs', () => {
  const plain = section({});
  expect(isShown(plain, field('memorySize'))).toBe(false);
  expect(onlyWhen(plain, 'memorySize')).toBe('only when Memory is gru or lstm');
  expect(onlyWhen(plain, 'sequenceLength')).toBe('only when Memory is gru or lstm or a Network of your own');
  expect(isShown(section({ memory: 'gru' }), field('memorySize'))).toBe(true);
  expect(onlyWhen(section({ memory: 'gru' }), 'memorySize')).toBeUndefined();
  expect(isShown(section({ memory: 'bad' }), field('sequenceLength'))).toBe(true);
});

test('changes are counted where they are shown, and taken back everywhere', () => {
  const values = { gamma: '0.9', memorySize: 8, clip: 0.2, steps: 64 };
  const changed = section(values, { steps: 32, clip: '0.20' });
  expect(keys(changedOf(changed, ppo.fields))).toEqual(['gamma', 'steps']);
  expect(ownValue(changed, field('steps'))).toBe('Preset mine: 32');
  expect(ownValue(section({}), field('entropyCoefficient'))).toBe('Default: 0.01');
  takeBack(changed, [field('gamma')]);
  expect(keys(changedOf(changed, ppo.fields))).toEqual(['steps']);
  takeBack(changed);
  expect(values).toEqual({ gamma: 0.99, memorySize: 64, clip: 0.2, steps: 32 });
});

test.each([
  ['', true],
  ['discount', true],
  ['  GAMMA ', true],
  ['sutton reward', true],
  ['targets', true],
  ['replay', false],
  ['discount replay', false],
])('γ is found by “%s”: %s', (query, found) => {
  expect(isFound(field('gamma'), query)).toBe(found);
});

test('a search knows both spellings, options and former names', () => {
  expect(isFound(field('normaliseAdvantages'), 'normalize')).toBe(true);
  expect(isFound(field('normaliseAdvantages'), 'normaliseReturns')).toBe(true);
  expect(isFound(field('memory'), 'LSTM')).toBe(true);
});
