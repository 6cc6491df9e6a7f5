import { describe, expect, it } from 'vitest';
import { checkDataSet, findDataSet, inputSize, type DataSet, type DataSource } from '#core/data-set.ts';
import { describe as fieldsOf, parseConfig } from '#core/config.ts';
import { dataSets } from '#data/catalogue.ts';
import { shippedFiles } from '#host/shipped.ts';

const source: DataSource = { given: [], shipped: shippedFiles() };

/** A data set under the settings given, as the command line would load it. */
async function load(id: string, settings: Readonly<Record<string, unknown>> = {}): Promise<DataSet> {
  const definition = findDataSet(dataSets, id);
  return definition.load(parseConfig(definition.config, settings, 'data'), source);
}

const withoutFiles = dataSets.filter((entry) => entry.kind === 'generated' || entry.shipped.length > 0);

describe('every data set that needs no files of the user', () => {
  it.each(withoutFiles)('$id fits its own description, and is the same twice', async ({ id }) => {
    const set = await load(id);
    checkDataSet(set);
    expect(set.train.count).toBeGreaterThan(0);
    expect(set.test.count).toBeGreaterThan(0);
    expect(set.attribution.licence).not.toBe('');
    const again = await load(id);
    expect(hash(again)).toBe(hash(set));
  });

  it.each(withoutFiles.filter(({ config }) => 'seed' in config.shape))(
    '$id differs with the seed',
    async ({ id }) => {
      expect(hash(await load(id, { seed: 2 }))).not.toBe(hash(await load(id)));
    },
  );
});

describe('settings', () => {
  it('have a label and a help each', () => {
    for (const { config } of dataSets)
      for (const { label, help } of fieldsOf(config)) expect(label && help).not.toBe('');
  });

  it('suggest near names of data sets', () => {
    expect(() => findDataSet(dataSets, 'mnits')).toThrow('data: expected a known name (near: mnist');
  });
});

describe('MNIST', () => {
  it('is the published one', async () => {
    const { train, test, task } = await load('mnist');
    expect([train.count, test.count, train.shape, task.names.length]).toEqual([
      60_000,
      10_000,
      [28, 28, 1],
      10,
    ]);
    expect([...train.targets.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.targets.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(histogram(train.targets)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(histogram(test.targets)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    const { mean, deviation } = moments(train.inputs as Uint8Array);
    expect(mean / 255).toBeCloseTo(0.13066, 5);
    expect(deviation / 255).toBeCloseTo(0.308108, 5);
  });

  it('gives fewer examples on request, without a copy', async () => {
    const { train, test } = await load('mnist', { trainLimit: '100' });
    expect([train.count, train.inputs.length, train.targets.length, test.count]).toEqual([
      100, 78_400, 100, 10_000,
    ]);
    expect(train.inputs.buffer.byteLength).toBe(47_040_016);
  });
});

function histogram(labels: Int32Array | Float32Array): readonly number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of labels) counts[label]++;
  return counts;
}

function moments(values: Uint8Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const x of values) {
    sum += x;
    squares += x * x;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(squares / values.length - mean * mean) };
}

/** FNV-1a over all numbers of a data set. */
function hash({ train, test }: DataSet): number {
  let sum = 0x811c9dc5;
  for (const { inputs, targets } of [train, test])
    for (const { buffer, byteOffset, byteLength } of [inputs, targets]) {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      for (let k = 0; k < bytes.length; k++) sum = Math.imul(sum ^ bytes[k], 0x01000193);
    }
  return sum + inputSize(train);
}
