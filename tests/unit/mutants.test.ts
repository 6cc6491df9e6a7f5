/** The list of faults that `npm run mutants` tries fits the sources as they are, and says so where it does not. */
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { mutants } from '../../scripts/mutants/lists/all.ts';
import { mutate, problemsOf, type Mutant } from '../../scripts/mutants/mutant.ts';

const root = resolve(import.meta.dirname, '../..');

it('can put every fault into its source', () => {
  expect(problemsOf(mutants, root)).toEqual([]);
  expect(mutants.length).toBeGreaterThanOrEqual(100);
});

it('refuses a text that is missing or there twice, no change, a missing file or test, hashes, and the same again', () => {
  const good: Mutant = {
    file: 'src/core/stats.ts',
    find: 'sum / values.length;',
    replace: 'sum;',
    why: 'w',
    tests: ['unit/rng'],
  };
  expect(problemsOf([good], root)).toEqual([]);
  const where = 'src/core/stats.ts, "w": expected';
  for (const [change, problem] of [
    [{ find: 'no such text' }, 'the text once, got it 0 times'],
    [{ find: 'sorted' }, /^.*the text once, got it \d\d times$/],
    [{ find: '' }, 'the text once'],
    [{ replace: good.find }, 'a change, got the same text'],
    [{ tests: [] }, 'a test, got none'],
    [{ tests: ['unit/none'] }, 'the test tests/unit/none.test.ts, got no such file'],
    [{ tests: ['fingerprints/fingerprints'] }, 'tests that state a rule'],
  ] as const) {
    const [told] = problemsOf([{ ...good, ...change }], root);
    expect(told).toMatch(problem instanceof RegExp ? problem : `${where} ${problem}`);
  }
  expect(problemsOf([{ ...good, file: 'src/none.ts' }], root)).toEqual([
    'src/none.ts, "w": expected a file, got none',
  ]);
  expect(problemsOf([good, good], root)).toEqual([`${where} each mutant once, got it again`]);
});

it('replaces the text as it is written', () => {
  expect(mutate('a + b', { find: '+ b', replace: "$& - $'", why: '' })).toBe("a $& - $'");
});
