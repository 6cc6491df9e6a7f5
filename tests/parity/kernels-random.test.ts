/** The kernels' random numbers against Philox in BigInt, its published answers, and the moments of the distributions. */
import { expect, test } from 'vitest';
import { distance, KernelMemory } from './kernels-harness.ts';

const memory = new KernelMemory();
const { kernels } = memory;

/** Philox4×32-10 as the paper writes it. */
function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [x0, x1, x2, x3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const word = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * x0;
    const p1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(p1 >> 32n) ^ x1 ^ k0, p1 & word, (p0 >> 32n) ^ x3 ^ k1, p0 & word];
    k0 = (k0 + 0x9e3779b9n) & word;
    k1 = (k1 + 0xbb67ae85n) & word;
  }
  return [x0, x1, x2, x3].map(Number);
}

const unit = (word: number): number => (word >>> 8) / 2 ** 24;

function uniform(n: number, start: number, key: readonly number[], counter: readonly number[]): Float32Array {
  memory.clear();
  const out = memory.room(n);
  kernels.randomUniform(out, n, start, key[0], key[1], counter[0], counter[1], 0, 1);
  return memory.read(out, n);
}

test('the reference gives the published answers (Random123, kat_vectors)', () => {
  const ones = 0xffffffff;
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([
    0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
  ]);
});

test('uniform numbers are Philox’s words', () => {
  for (const [key, counter, start] of [
    [[0, 0], [0, 0], 0],
    [[1, 2], [3, 4], 400],
    [[0xdeadbeef, 0xffffffff], [0x80000000, 17], 4],
  ] as const)
    for (const n of [1, 4, 7, 16, 33]) {
      const want = Array.from({ length: n }, (_, i) =>
        unit(philox([(start + i) >> 2, counter[0], counter[1], 0], key)[i % 4]),
      );
      expect([...uniform(n, start, key, counter)]).toEqual(want);
    }
});

test('normal numbers are Box & Muller’s transform of them, scaled', () => {
  memory.clear();
  const n = 50;
  const out = memory.room(n);
  kernels.randomNormal(out, n, 8, 5, 6, 7, 8, 3, 2);
  const want = Array.from({ length: n }, (_, i) => {
    const words = philox([(8 + i) >> 2, 7, 8, 0], [5, 6]).map(unit);
    const radius = Math.sqrt(-2 * Math.log(1 - words[i % 2]));
    const angle = 2 * Math.PI * words[2 + (i % 2)];
    return 3 + 2 * radius * (i % 4 < 2 ? Math.cos(angle) : Math.sin(angle));
  });
  expect(distance(memory.read(out, n), want)).toBeLessThan(2e-6);
});

test('a buffer filled in parts equals the whole; another key or counter gives other numbers', () => {
  const whole = uniform(64, 0, [1, 2], [3, 4]);
  expect([...uniform(32, 0, [1, 2], [3, 4]), ...uniform(32, 32, [1, 2], [3, 4])]).toEqual([...whole]);
  expect(uniform(64, 0, [1, 3], [3, 4])).not.toEqual(whole);
  expect(uniform(64, 0, [1, 2], [4, 4])).not.toEqual(whole);
});

test('moments', () => {
  const n = 200_000;
  const moment = (values: Float32Array, power: number): number =>
    values.reduce((sum, v) => sum + v ** power, 0) / n;
  const u = uniform(n, 0, [9, 9], [0, 0]);
  expect(moment(u, 1)).toBeCloseTo(1 / 2, 2);
  expect(moment(u, 2)).toBeCloseTo(1 / 3, 2);
  expect(Math.max(...u.subarray(0, 50_000))).toBeLessThan(1);
  memory.clear();
  const out = memory.room(n);
  kernels.randomNormal(out, n, 0, 1, 1, 0, 0, 0, 1);
  const normal = memory.read(out, n);
  expect(moment(normal, 1)).toBeCloseTo(0, 1.5);
  expect(moment(normal, 2)).toBeCloseTo(1, 1.5);
  expect(moment(normal, 4)).toBeCloseTo(3, 0.5);
});
