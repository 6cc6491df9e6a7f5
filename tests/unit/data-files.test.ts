import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDataSet } from '#core/data-set.ts';
import { crc32 } from '#core/crc32.ts';
import { InputError } from '#core/errors.ts';
import { readIdx } from '#data/idx.ts';
import { irises } from '#data/iris.ts';
import { shippedContent } from '#data/shipped.ts';
import { given, gzip, idx, load, refusal } from './idx-files.ts';

const shared = resolve(import.meta.dirname, '../../../shared/data');

const pictures = idx([3, 2, 2]);
const labels = idx([3], [0, 1, 1]);

describe('an IDX file', () => {
  it.each([
    ['pictures', pictures],
    ['gzipped pictures', gzip(pictures)],
  ])('of %s is read', async (_, file) => {
    const { shape, values } = await readIdx(file, 'a');
    expect(shape).toEqual([3, 2, 2]);
    expect([...values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it.each([
    ['nothing', new Uint8Array(0), 'an empty file'],
    ['a web page', text('<!DOCTYPE html><html>'), 'a web page or XML'],
    ['text', text('not found'), 'text: "not found"'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'bytes 89 50 4e 47'],
    ['a ZIP archive', text('PK\u0003\u0004'), 'a ZIP archive'],
    ['gzip in gzip', gzip(gzip(pictures)), 'a gzip file'],
    ['gzip of a web page', gzip(text('<html>')), 'a web page or XML'],
    ['floats', Uint8Array.of(0, 0, 0x0d, 3, 0, 0, 0, 1), 'bytes 00 00 0d 03'],
  ])('refuses %s', async (_, file, found) => {
    expect(await refusal(readIdx(file, 'a'))).toBe(
      `a: expected an IDX file of pictures (00 00 08 03) or labels (00 00 08 01), got ${found}`,
    );
  });

  it.each([
    [
      '2³² pictures',
      Uint8Array.of(0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28),
      /4294967295×28×28/,
    ],
    [
      '2³² pictures, gzipped',
      gzip(Uint8Array.of(0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28)),
      /4294967295/,
    ],
    ['no pictures', idx([0, 28, 28]), /above 0 .*0×28×28/],
    ['bytes after the end', Uint8Array.of(...pictures, 0), /28 bytes, as its header says, got 29/],
    [
      'bytes after the end, gzipped',
      gzip(Uint8Array.of(...pictures, 0)),
      /28 bytes, as its header says, got more/,
    ],
    ['half a header', pictures.slice(0, 10), /a header of 16 bytes, got 10/],
    ['half of the pictures', pictures.slice(0, 20), /28 bytes, as its header says, got 20: it is cut off/],
    [
      'more than its gzip file can hold',
      gzip(idx([1, 1, 1]).map((byte, k) => (k === 5 ? 255 : byte))),
      /as its header says, got a gzip file of/,
    ],
  ])('refuses %s', async (_, file, message) => {
    expect(await refusal(readIdx(file, 'a'))).toMatch(message);
  });

  it('stops at a bomb without filling the memory', async () => {
    const zeros = new Uint8Array(2 ** 26);
    zeros.set(pictures);
    const bomb = gzip(zeros);
    expect(bomb.length).toBeLessThan(2 ** 17);
    expect(await refusal(readIdx(bomb, 'a'))).toBe('a: expected 28 bytes, as its header says, got more');
  });

  it.each([
    ['plain', pictures],
    ['gzipped', gzip(pictures)],
  ])('is refused when cut anywhere: %s', async (_, file) => {
    for (let length = 0; length < file.length; length++) await refusal(readIdx(file.slice(0, length), 'a'));
  });

  it('gzipped is refused or the same after any flip of bits', async () => {
    const file = gzip(idx([40, 5, 5]));
    const whole = await readIdx(file, 'a');
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const damaged = file.slice();
        damaged[at] ^= bits;
        const read = await readIdx(damaged, 'a').catch((error: unknown) => error);
        if (read instanceof InputError) return;
        expect(read).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('that is shipped is refused after any flip of bits', async () => {
    const file = { name: 'a', bytes: pictures.length, crc32: crc32(pictures) };
    await expect(shippedContent(gzip(pictures), file)).resolves.toEqual(pictures);
    await fc.assert(
      fc.asyncProperty(fc.nat(pictures.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const damaged = pictures.slice();
        damaged[at] ^= bits;
        expect(await refusal(shippedContent(damaged, file))).toMatch(/^a: expected content with the CRC-32/);
      }),
    );
    expect(await refusal(shippedContent(text('<html>'), file))).toBe(
      'a: expected 28 bytes, got 6: a web page or XML',
    );
  });
});

describe('files of the user', () => {
  const test = idx([2, 2, 2]);
  const testLabels = idx([2], [1, 0]);

  it('are told apart by what they hold, in any order and under any name', async () => {
    const files = [given('w', testLabels), given('x', gzip(pictures)), given('y', test), given('z', labels)];
    for (const order of [files, files.toReversed()]) {
      const set = await load(order);
      checkDataSet(set);
      expect([set.train.count, set.test.count]).toEqual([3, 2]);
      expect([...set.train.targets]).toEqual([0, 1, 1]);
      expect([...set.test.targets]).toEqual([1, 0]);
      expect(set.task).toEqual({ kind: 'classes', names: ['0', '1'] });
    }
  });

  it('in one pair are split by class', async () => {
    const many = [
      given('a', idx([100, 1, 1])),
      given(
        'b',
        idx(
          [100],
          Array.from({ length: 100 }, (_, k) => k % 4),
        ),
      ),
    ];
    const set = await load(many, { testShare: 0.2 });
    expect([set.train.count, set.test.count]).toEqual([80, 20]);
    for (let label = 0; label < 4; label++)
      expect(set.test.targets.filter((one) => one === label)).toHaveLength(5);
    const all = [...set.train.inputs, ...set.test.inputs].toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 100 }, (_, k) => k));
    // Picture k has the label k % 4, on both sides.
    for (const { inputs, targets } of [set.train, set.test])
      expect([...targets]).toEqual(Array.from(inputs, (pixel) => pixel % 4));
  });

  it.each([
    ['none', [], 'files: expected pictures and their labels, in two files or four, got no IDX file'],
    [
      'labels only',
      [given('a', labels), given('b', testLabels)],
      'files: expected pictures and their labels, in two files or four, got a (3 labels), b (2 labels)',
    ],
    [
      'labels of another set',
      [given('a', pictures), given('b', testLabels)],
      'b: expected 3 labels, one per picture of a, got 2',
    ],
    [
      'pictures of two sizes',
      [given('a', pictures), given('b', labels), given('c', idx([2, 3, 2])), given('d', testLabels)],
      'c: expected pictures of 2×2, as in a, got 2 pictures of 3×2',
    ],
    [
      'a file too many',
      [given('a', pictures), given('b', labels), given('c', text('hello'))],
      'c: expected an IDX file of pictures (00 00 08 03) or labels (00 00 08 01), got text: "hello"',
    ],
  ])('are refused: %s', async (_, files, message) => {
    expect(await refusal(load(files))).toBe(message);
  });

  it('are refused unread when they are too large', async () => {
    const huge = {
      ...given('a', pictures),
      bytes: 2 ** 31,
      read: () => Promise.reject(new Error('it was read')),
    };
    expect(await refusal(load([huge]))).toBe('a: expected at most 1073741824 bytes, got 2147483648');
  });

  it('with labels beyond the known classes are refused', async () => {
    const files = [given('a', pictures), given('b', idx([3], [0, 1, 10]))];
    expect(await refusal(load(files, {}, 'kmnist'))).toBe(
      'files: expected labels below 10, the classes of Kuzushiji-MNIST, got 10',
    );
  });

  it('beside them in a folder are passed over', async () => {
    const files = [
      given('SOURCES.md', text('# Sources'), true),
      given('a', pictures, true),
      given('b', labels, true),
    ];
    expect((await load(files)).train.count).toBe(2);
  });
});

describe('the published files', () => {
  const fashion = resolve(shared, 'fashion-mnist');

  it.skipIf(!existsSync(fashion))(`of Fashion-MNIST are read, if they are in ${fashion}`, async () => {
    const files = readdirSync(fashion).map((name) => given(name, readFileSync(resolve(fashion, name)), true));
    const { train, test, task } = await load(files, {}, 'fashion-mnist');
    expect([train.count, test.count, task.names.length]).toEqual([60_000, 10_000, 10]);
    expect([...train.targets.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    let sum = 0;
    for (const byte of train.inputs) sum += byte;
    expect(sum / train.inputs.length / 255).toBeCloseTo(0.286041, 6);
  });

  const table = resolve(shared, 'iris/iris.csv');

  it.skipIf(!existsSync(table))(`of Iris are those of ours, if they are in ${table}`, () => {
    const rows = readFileSync(table, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
    const { inputs, targets, count } = irises();
    expect(count).toBe(150);
    expect([...inputs]).toEqual(
      rows.flatMap((row) => row.slice(0, 4).map((cell) => Math.fround(Number(cell)))),
    );
    const species = ['setosa', 'versicolor', 'virginica'];
    expect(Array.from(targets, (label) => species[label])).toEqual(rows.map((row) => row[4]));
  });
});

it("has Fisher's irises, not UCI's two wrong rows", () => {
  const { inputs } = irises();
  const row = (k: number): readonly number[] =>
    Array.from(inputs.subarray(4 * k - 4, 4 * k), (cm) => Math.round(10 * cm));
  expect([row(35), row(38)]).toEqual([
    [49, 31, 15, 2],
    [49, 36, 14, 1],
  ]);
});

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}
