/** What the config tables say of their fields: on the page behind `?`, and on the command line. */
import { describe, expect, it, test } from 'vitest';
import type { FieldDescription } from '#core/config.ts';
import { catalogue } from '#train/catalogue/catalogue.ts';
import { fitCatalogue } from '#train/catalogue/fit-catalogue.ts';

const { worlds, agents, wrappers } = catalogue();
const { models, data, augment } = fitCatalogue();
const learners = [...agents, ...models];
const tables: readonly { readonly id: string; readonly fields: readonly FieldDescription[] }[] = [
  ...worlds,
  ...learners,
  ...data,
  { id: 'wrappers', fields: wrappers },
  { id: 'augmentation', fields: augment },
];

/** What is wrong with a text as a sentence that fits a tooltip. */
function faults(text: string): readonly string[] {
  return [
    ...(/^[\p{Lu}\d−]/u.test(text) ? [] : ['no capital first']),
    ...(/[^.]\.$/.test(text) ? [] : ['no full stop last']),
    ...(/[;:,] ?[.;:,]|  /.test(text) ? ['double punctuation'] : []),
    ...(text.split(/\s/).length < 4 ? ['too short to help'] : []),
    ...(text.length > 160 ? [`${text.length} characters`] : []),
  ];
}

test.each(tables)('every field of $id says what it does, in a sentence', ({ fields }) => {
  const wrong = fields.flatMap(({ key, label, help }) =>
    faults(help).map((fault) => `${key}: ${fault}: ${help || label}`),
  );
  expect(wrong).toEqual([]);
});

test('so does every reward term', () => {
  const wrong = worlds.flatMap(({ id, spec }) =>
    spec.rewards.flatMap((term) =>
      faults(term.help).map((fault) => `${id}.${term.id}: ${fault}: ${term.help}`),
    ),
  );
  expect(wrong).toEqual([]);
});

describe.each(learners)('the settings of $id', ({ fields, main }) => {
  it('are three to six that matter most', () => {
    expect(new Set(main).size).toBe(main.length);
    expect(main.length).toBeGreaterThanOrEqual(Math.min(3, fields.length));
    expect(main.length).toBeLessThanOrEqual(6);
    expect(fields.map(({ key }) => key)).toEqual(expect.arrayContaining([...main]));
  });

  it('have a theme under which a form folds all others', () => {
    const others = fields.filter(({ key }) => !main.includes(key));
    expect(others.filter(({ theme }) => theme === undefined).map(({ key }) => key)).toEqual([]);
  });
});
