import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDataSet, findDataSet, type DataSet } from '#core/data-set.ts';
import { parseConfig } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import { dataSets } from '#data/catalogue.ts';
import { irises } from '#data/iris.ts';
import { given, gzip } from './idx-files.ts';

const irisTable = resolve(import.meta.dirname, '../../../shared/data/iris/iris.csv');

async function load(
  content: string | Uint8Array,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<DataSet> {
  const definition = findDataSet(dataSets, 'csv');
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const source = { given: [given('t.csv', bytes)], shipped: () => Promise.resolve([]) };
  const set = await definition.load(parseConfig(definition.config, settings, 'data'), source);
  checkDataSet(set);
  return set;
}

/** Inputs and target of all rows, training and test, in the order of the first feature. */
function rowsOf({ train, test }: DataSet): readonly (readonly number[])[] {
  const rows = [train, test].flatMap(({ count, shape, inputs, targets }) =>
    Array.from({ length: count }, (_, k) => [
      ...inputs.subarray(k * shape[0], (k + 1) * shape[0]),
      targets[k],
    ]),
  );
  return rows.toSorted((a, b) => a[0] - b[0]);
}

describe('a CSV file', () => {
  it('with a header and text labels has classes', async () => {
    const set = await load(
      'size,colour,weight,kind\n1,red,10,pear\n2,blue,20,apple\n3,red,30,pear\n4,red,40,apple\n',
    );
    expect(set.features).toEqual(['size', 'weight']);
    expect(set.task).toEqual({ kind: 'classes', names: ['apple', 'pear'] });
    expect(rowsOf(set)).toEqual([
      [1, 10, 1],
      [2, 20, 0],
      [3, 30, 1],
      [4, 40, 0],
    ]);
  });

  it('without a header has numbered columns', async () => {
    const set = await load('1;0.5\n2;1.5\n3;2.5\n');
    expect(set.features).toEqual(['column 1']);
    expect(set.task).toEqual({ kind: 'regression', names: ['column 2'] });
    expect(rowsOf(set)).toEqual([
      [1, 0.5],
      [2, 1.5],
      [3, 2.5],
    ]);
  });

  it.each([
    ['few whole numbers', {}, 'classes'],
    ['few whole numbers, by request', { task: 'regression' }, 'regression'],
  ])('with %s in the target', async (_, settings, kind) => {
    expect((await load('a,b\n1,10\n2,9\n3,10\n4,9\n', settings)).task).toMatchObject({
      kind,
      names: kind === 'classes' ? ['9', '10'] : ['b'],
    });
  });

  it.each([
    ['name', 'a'],
    ['number', 1],
    ['number as text', '1'],
  ])('has its target in the column of a %s', async (_, target) => {
    const set = await load('a,b\nx,1\ny,2\nx,3\ny,4\n', { target });
    expect(set.features).toEqual(['b']);
    expect(set.task.names).toEqual(['x', 'y']);
  });

  it('may quote, leave lines empty, and begin with a byte-order mark', async () => {
    const set = await load('\u{feff}"a, b",c\r\n\r\n1,"x ""y"""\r\n2,z\r\n3,z\r\n\r\n');
    expect(set.features).toEqual(['a, b']);
    expect(set.task.names).toEqual(['x "y"', 'z']);
  });

  it('is split by class, and by the seed', async () => {
    const rows = Array.from({ length: 100 }, (_, k) => `${k},${k % 2 ? 'odd' : 'even'}`).join('\n');
    const sets = [await load(rows), await load(rows), await load(rows, { seed: 2 })];
    for (const { test } of sets)
      expect([test.count, test.targets.filter((label) => label === 0).length]).toEqual([20, 10]);
    expect(sets[1].test.inputs).toEqual(sets[0].test.inputs);
    expect(sets[2].test.inputs).not.toEqual(sets[0].test.inputs);
  });

  it.skipIf(!existsSync(irisTable))(`of Iris gives our table, if it is in ${irisTable}`, async () => {
    const set = await load(readFileSync(irisTable));
    expect(set.task.names).toEqual(['setosa', 'versicolor', 'virginica']);
    const ours = irises();
    const wanted = rowsOf({ ...set, train: ours, test: { ...ours, count: 0 } });
    expect(rowsOf(set).map(String).toSorted()).toEqual(wanted.map(String).toSorted());
  });

  it.each([
    ['nothing', '', 't.csv: expected a CSV file in UTF-8, got an empty file'],
    ['a web page', '<!DOCTYPE html>', 't.csv: expected a CSV file in UTF-8, got a web page or XML'],
    ['a gzip file', gzip(new Uint8Array(5)), 't.csv: expected a CSV file in UTF-8, got a gzip file'],
    [
      'another encoding',
      Uint8Array.of(0x61, 0xff, 0x0a),
      't.csv: expected a CSV file in UTF-8, got bytes 61 ff 0a',
    ],
    ['empty lines', '\n\n', 't.csv: expected a CSV file, got no rows'],
    ['one row', 'a,b\n1,2\n', 't.csv: expected two rows of data at least, got 1'],
    [
      'a short row',
      'a,b\n1,2\n3\n',
      't.csv: expected 2 columns in line 3, as in line 1, separated by ",", got 1',
    ],
    [
      'a long row after lines that are empty or within quotes',
      '\n"a\nb"\tc\n1\t2\n\n3\t4\t5\n',
      't.csv: expected 2 columns in line 6, as in line 2, separated by a tab, got 3',
    ],
    [
      'a separator that none of its lines has',
      '1 2\n3 4\n',
      't.csv: expected a numeric column beside the target, got a single column, with "," as separator',
    ],
    [
      'an open quote',
      'a,b\n\n1,"2\n3,4\n',
      't.csv: expected a CSV file, got Quoted field unterminated (line 3)',
    ],
    ['no numbers', 'a,b\nx,y\nz,w\n', 't.csv: expected a numeric column beside the target, got none'],
    ['a gap', 'a,b\n1,2.5\n,3.5\n5,2.5\n', 't.csv: expected a number in line 3 of "a", got an empty cell'],
    ['a word among numbers', 'a,b\n1,x\nmany,y\n3,x\n', /expected a number in line \d of/],
    ['one class', 'a,b\n1,x\n2,x\n', 't.csv: expected two classes at least in "b", got "x"'],
    [
      'an empty class',
      'a,b\n1,x\n2,\n3,y\n',
      't.csv: expected a class in every row of "b", got an empty cell',
    ],
    [
      'one row of each class',
      'a,b\n1,x\n2,y\n',
      't.csv: expected two rows of a class at least, got one of each',
    ],
  ])('is refused with %s', async (_, content, message) => {
    const error: unknown = await load(content).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InputError);
    if (typeof message === 'string') expect((error as Error).message).toBe(message);
    else expect((error as Error).message).toMatch(message);
  });

  it('is refused with a target that is not there', async () => {
    await expect(load('size,kind\n1,x\n2,y\n', { target: 'knid' })).rejects.toThrow(
      't.csv.target: expected a known name (near: kind), got "knid"',
    );
    await expect(load('a,b\nx,1\ny,2\n', { target: 'a', task: 'regression' })).rejects.toThrow(
      't.csv: expected a number in line 2 of "a", got "x"',
    );
  });
});
