/** Fields that depend on others: which have an effect, what is said of those that have none, and that the tables tell the truth. */
import { describe as group, expect, it } from 'vitest';
import { z } from 'zod';
import {
  choice,
  describe,
  integer,
  number,
  parseConfig,
  toggle,
  type FieldDescription,
} from '#core/config.ts';
import { onlyWith, unmet, withoutEffect } from '#core/when.ts';
import { augmentationTable } from '#data/augment.ts';
import { agents } from '#train/catalogue/agents.ts';
import { models } from '#train/catalogue/models.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { meeting } from '#package/contract/conditions.ts';

const table = z.object({
  replay: toggle({ label: 'Replay', help: '', default: false }),
  steps: integer({
    label: 'Steps',
    help: '',
    default: 10,
    min: 0,
    max: 99,
    formerly: ['duration'],
    when: { field: 'replay', is: [true] },
  }),
  start: number({
    label: 'Start',
    help: '',
    default: 0.5,
    min: 0,
    max: 1,
    when: { field: 'steps', above: 0 },
  }),
  layers: choice({ label: 'Layers', help: '', options: ['auto', 'gru'], default: 'auto' }),
  length: integer({
    label: 'Length',
    help: '',
    default: 16,
    min: 1,
    max: 64,
    when: { field: 'replay', is: [true], or: 'layers' },
  }),
  old: toggle({ label: 'Old', help: '', default: true, when: 'never' }),
});
const fields = describe(table);

/** What is said of given values that change nothing, a line each; `base` is a preset's values. */
function said(given: Record<string, unknown>, base: Record<string, unknown> = {}): readonly string[] {
  const values: Record<string, unknown> = parseConfig(table, given, 'agent', base);
  const otherwise: Record<string, unknown> = parseConfig(table, {}, 'agent', base);
  return withoutEffect(
    fields,
    given,
    (key) => values[key],
    (key) => otherwise[key],
    'agent',
  ).map(({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`);
}

group('values that change nothing', () => {
  it('are named with what they need, also through a field that needs another', () => {
    expect(said({ steps: 5 })).toEqual([
      'agent.steps: expected replay=true for it to have an effect, got replay=false',
    ]);
    expect(said({ start: '0.7' })).toEqual([
      'agent.start: expected replay=true for it to have an effect, got replay=false',
    ]);
    expect(said({ replay: 'true', steps: '0', start: 0.7 })).toEqual([
      'agent.start: expected steps above 0 for it to have an effect, got steps=0',
    ]);
    expect(said({ length: 8 })).toEqual([
      'agent.length: expected replay=true, or layers given, for it to have an effect, got replay=false',
    ]);
    expect(said({ old: false })).toEqual(['agent.old: expected true, as it has no effect here, got false']);
  });

  it('are not those that change something', () => {
    expect(said({ replay: true, steps: 5, start: 0.7, length: 8 })).toEqual([]);
    expect(said({ layers: 'gru', length: 8 })).toEqual([]);
  });

  it('are not those that a field has anyway, by default or preset', () => {
    expect(said({ steps: '10', start: 0.5, length: 16, old: true })).toEqual([]);
    expect(said({ steps: 5 }, { steps: 5 })).toEqual([]);
    expect(said({ steps: 10 }, { steps: 5 })).toHaveLength(1);
  });

  it('are found under former names too', () => {
    expect(said({ duration: 5 })).toEqual([
      'agent.steps: expected replay=true for it to have an effect, got replay=false',
    ]);
  });
});

it('says when a field has an effect', () => {
  expect(fields.map(({ when }) => when && onlyWith(when))).toEqual([
    undefined,
    'only with replay=true',
    'only with steps above 0',
    undefined,
    'only with replay=true, or layers given',
    'no effect here',
  ]);
});

const tables: readonly (readonly [string, readonly FieldDescription[]])[] = [
  ...worlds.map(({ id, params }) => [id, describe(params)] as const),
  ...agents.map(({ id, config }) => [id, describe(config)] as const),
  ...models.map(({ id, config }) => [id, describe(config)] as const),
  ['wrappers', describe(wrapperTable)],
  ['augmentation', describe(augmentationTable)],
];

group.each(tables)('the conditions of %s', (_, described) => {
  it('name fields and values that there are, and some of which make the field count', () => {
    for (const { key, when } of described) {
      if (!when || when === 'never') continue;
      const other = described.find((field) => field.key === when.field);
      if ('above' in when) expect(other, key).toMatchObject({ kind: 'number' });
      else {
        const values: readonly unknown[] = other?.kind === 'choice' ? other.options : [true, false];
        expect(['choice', 'toggle'], key).toContain(other?.kind);
        expect(values, key).toEqual(expect.arrayContaining([...when.is]));
        if (when.or !== undefined) expect(described.map((field) => field.key)).toContain(when.or);
      }
      const met = meeting(described, key);
      expect(
        unmet(described, key, (name) => met[name]),
        key,
      ).toBeUndefined();
    }
  });
});
