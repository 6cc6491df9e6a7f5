/** The returns that charts compare with are those that were recorded and that the worlds' cards give. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { median } from '#core/stats.ts';
import { knownScores } from '#train/catalogue/known-scores.ts';
import { worlds } from '#train/catalogue/worlds.ts';

test('every world has the return of random play that was recorded for it', () => {
  const recorded = new Map<string, number[]>();
  for (const line of readFileSync('docs/defaults.jsonl', 'utf8').trim().split('\n')) {
    const { world, random } = JSON.parse(line) as { world: string; random: number };
    recorded.set(world, [...(recorded.get(world) ?? []), random]);
  }
  const expected = Object.fromEntries([...recorded].map(([world, all]) => [world, median(all)]));
  const given = Object.entries(knownScores).map(([world, { random }]) => [world, random]);
  expect(Object.fromEntries(given)).toEqual(expected);
  expect(Object.keys(knownScores).toSorted()).toEqual(worlds.map(({ id }) => id).toSorted());
});

test('thresholds and optima stand among the known values of the card', () => {
  const stated = Object.entries(knownScores).flatMap(([world, { solved, optimum }]) =>
    [solved, optimum].flatMap((value) => (value === undefined ? [] : [{ world, value }])),
  );
  expect(stated.length).toBeGreaterThan(15);
  for (const { world, value } of stated) {
    const group = worlds.find(({ id }) => id === world)?.group;
    const card = `envs/${group}/${world.replace(/-continuous$/, '')}/README.md`;
    const [, values = ''] = /\*\*Known values\*?\*?([\s\S]*)/.exec(readFileSync(card, 'utf8')) ?? [];
    const numbers = [...values.matchAll(/[−-]?\d+(\.\d+)?/g)].map(([text]) => Number(text.replace('−', '-')));
    expect(numbers, `${world} in ${card}`).toContain(value);
  }
});
