/** Matrix products of the kernels against three loops in f64, over shapes with ones and odd sizes, in every transposition. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Activation, MatmulFlag, matmulScratchBytes } from '#compile/simd/kernel-exports.ts';
import { distance, KernelMemory, numbers } from './kernels-harness.ts';

const memory = new KernelMemory();

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly flags: number;
  readonly activation: number;
  readonly bias: boolean;
  readonly seed: number;
}

const activations: Record<number, (x: number) => number> = {
  [Activation.none]: (x) => x,
  [Activation.relu]: (x) => Math.max(x, 0),
  [Activation.relu6]: (x) => Math.min(Math.max(x, 0), 6),
  [Activation.elu]: (x) => (x < 0 ? Math.expm1(x) : x),
  [Activation.sigmoid]: (x) => 1 / (1 + Math.exp(-x)),
  [Activation.tanh]: Math.tanh,
};

function slow(a: Float32Array, b: Float32Array, start: ArrayLike<number>, c: Case): Float64Array {
  const out = new Float64Array(c.m * c.n);
  const [aRow, aDepth] = c.flags & MatmulFlag.transposeA ? [1, c.m] : [c.k, 1];
  const [bDepth, bColumn] = c.flags & MatmulFlag.transposeB ? [1, c.k] : [c.n, 1];
  const activate = activations[c.activation];
  for (let i = 0; i < c.m; i++)
    for (let j = 0; j < c.n; j++) {
      let sum = start.length === c.n ? start[j] : start[i * c.n + j];
      for (let p = 0; p < c.k; p++) sum += a[i * aRow + p * aDepth] * b[p * bDepth + j * bColumn];
      out[i * c.n + j] = activate(sum);
    }
  return out;
}

function run(c: Case): { got: Float32Array; want: Float64Array } {
  memory.clear();
  const { m, n, k } = c;
  const a = numbers(m * k, c.seed);
  const b = numbers(k * n, c.seed + 1);
  const accumulate = (c.flags & MatmulFlag.accumulate) !== 0;
  const before = numbers(m * n, c.seed + 2);
  const bias = numbers(n, c.seed + 3);
  const at = {
    a: memory.floats(a),
    b: memory.floats(b),
    bias: c.bias ? memory.floats(bias) : 0,
    out: accumulate ? memory.floats(before) : memory.room(m * n),
  };
  const lda = c.flags & MatmulFlag.transposeA ? m : k;
  const ldb = c.flags & MatmulFlag.transposeB ? k : n;
  const flags = c.flags | (c.activation << 8);
  const scratch = memory.scratch(matmulScratchBytes(n, k));
  memory.kernels.matmul(at.a, at.b, at.out, m, n, k, lda, ldb, n, at.bias, flags, scratch);
  const start = accumulate ? before : c.bias ? bias : new Float32Array(n);
  return { got: memory.read(at.out, m * n), want: slow(a, b, m === 1 && accumulate ? before : start, c) };
}

const size = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(16, 64, 120, 128),
);

const cases = fc.record({
  m: size,
  n: size,
  k: fc.oneof(size, fc.constantFrom(255, 256, 257, 513)),
  flags: fc.integer({ min: 0, max: 7 }),
  activation: fc.constantFrom(...Object.values(Activation)),
  bias: fc.boolean(),
  seed: fc.integer(),
});

test('products agree with loops in f64', () => {
  fc.assert(
    fc.property(cases, (c) => {
      const { got, want } = run(c);
      expect(distance(got, want)).toBeLessThan(4e-6 * Math.sqrt(c.k));
    }),
    { numRuns: 300 },
  );
});

test('wide outputs are packed block by block', () => {
  for (const flags of [0, 1, 2, 3]) {
    const { got, want } = run({ m: 37, n: 530, k: 300, flags, activation: 1, bias: true, seed: 5 });
    expect(distance(got, want)).toBeLessThan(5e-5);
  }
});

/** The product computed in two calls, rows 0 … at − 1 and the others. */
function split(c: Case, at: number): Float32Array {
  memory.clear();
  const { m, n, k } = c;
  const a = memory.floats(numbers(m * k, 1));
  const b = memory.floats(numbers(k * n, 2));
  const out = memory.room(m * n);
  const scratch = memory.scratch(matmulScratchBytes(n, k));
  const transposed = (c.flags & MatmulFlag.transposeA) !== 0;
  const ldb = c.flags & MatmulFlag.transposeB ? k : n;
  const rows = (from: number, count: number): void => {
    const first = a + 4 * from * (transposed ? 1 : k);
    memory.kernels.matmul(
      first,
      b,
      out + 4 * from * n,
      count,
      n,
      k,
      transposed ? m : k,
      ldb,
      n,
      0,
      c.flags,
      scratch,
    );
  };
  if (at > 0) rows(0, at);
  if (at < m) rows(at, m - at);
  return memory.read(out, m * n);
}

test('any split of the rows gives the same bits', () => {
  fc.assert(
    fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), (c, part) => {
      const plain = { ...c, flags: c.flags & 3 };
      expect(split(plain, Math.round(part * c.m))).toEqual(split(plain, 0));
    }),
    { numRuns: 150 },
  );
});

/** A·B or Aᵀ·B in one call of n columns, or in calls of eight, which are too few to look for zeros. */
function inColumns(a: Float32Array, { m, n, k, flags }: Case, together: boolean): Float32Array {
  memory.clear();
  const at = { a: memory.floats(a), b: memory.floats(numbers(k * n, 2)), out: memory.room(m * n) };
  const scratch = memory.scratch(matmulScratchBytes(n, k));
  const lda = flags & MatmulFlag.transposeA ? m : k;
  const width = together ? n : 8;
  for (let j = 0; j < n; j += width)
    memory.kernels.matmul(at.a, at.b + 4 * j, at.out + 4 * j, m, width, k, lda, n, n, 0, flags, scratch);
  return memory.read(at.out, m * n);
}

test('steps left out because A is zero there change no bit', () => {
  for (const flags of [0, MatmulFlag.transposeA])
    for (const [m, k] of [
      [12, 40],
      [9, 39],
      [7, 300],
      [64, 257],
    ])
      for (const share of [0.3, 0.9, 1]) {
        const c = { m, n: 72, k, flags, activation: 0, bias: false, seed: 1 };
        const drawn = numbers(k, 3);
        const zero = (p: number): boolean => Math.abs(drawn[p]) % 1 < share;
        // One number in 33 stays: a step with a number in one row of four alone counts.
        const stays = (i: number): boolean => share < 1 && i % 33 === 5;
        const a = numbers(m * k, 1).map((value, i) =>
          zero(flags ? Math.floor(i / m) : i % k) && !stays(i) ? 0 : value,
        );
        expect(a.filter((value) => value === 0).length).toBeGreaterThan(m * k * 0.1);
        expect(inColumns(a, c, true)).toEqual(inColumns(a, c, false));
      }
});

test('strides leave what lies between rows alone', () => {
  memory.clear();
  const [m, n, k, ld] = [6, 10, 5, 13];
  const a = numbers(m * ld, 1);
  const b = numbers(k * ld, 2);
  const out = memory.floats(new Float32Array(m * ld).fill(7));
  const scratch = memory.scratch(matmulScratchBytes(n, k));
  memory.kernels.matmul(memory.floats(a), memory.floats(b), out, m, n, k, ld, ld, ld, 0, 0, scratch);
  const want = new Float64Array(m * ld).fill(7);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      want[i * ld + j] = 0;
      for (let p = 0; p < k; p++) want[i * ld + j] += a[i * ld + p] * b[p * ld + j];
    }
  expect(distance(memory.read(out, m * ld), want)).toBeLessThan(1e-6);
});

test('batches, with either side broadcast', () => {
  for (const [strideA, strideB] of [
    [15, 35],
    [0, 35],
    [15, 0],
  ]) {
    memory.clear();
    const [batch, m, n, k] = [4, 3, 7, 5];
    const a = numbers(batch * m * k, 3);
    const b = numbers(batch * k * n, 4);
    const out = memory.room(batch * m * n);
    const [atA, atB] = [memory.floats(a), memory.floats(b)];
    const scratch = memory.scratch(matmulScratchBytes(n, k));
    memory.kernels.batchMatmul(atA, atB, out, batch, m, n, k, strideA, strideB, m * n, 0, scratch);
    const got = memory.read(out, batch * m * n);
    for (let i = 0; i < batch; i++) {
      const c: Case = { m, n, k, flags: 0, activation: 0, bias: false, seed: 0 };
      const want = slow(a.subarray(i * strideA), b.subarray(i * strideB), new Float32Array(n), c);
      expect(distance(got.subarray(i * m * n, (i + 1) * m * n), want)).toBeLessThan(1e-6);
    }
  }
});

test('NaN and inf in A reach the rows they belong to, through relu too', () => {
  memory.clear();
  const a = new Float32Array(5 * 4).fill(1);
  a[0] = NaN;
  a[4] = Infinity;
  const out = memory.room(5 * 9);
  const scratch = memory.scratch(matmulScratchBytes(9, 4));
  const [atA, atB] = [memory.floats(a), memory.floats(new Float32Array(4 * 9).fill(1))];
  memory.kernels.matmul(atA, atB, out, 5, 9, 4, 4, 9, 9, 0, Activation.relu << 8, scratch);
  const got = memory.read(out, 45);
  expect([...got.subarray(0, 9)].every(Number.isNaN)).toBe(true);
  expect([...got.subarray(9, 18)].every((x) => x === Infinity)).toBe(true);
  expect([...got.subarray(18)].every((x) => x === 4)).toBe(true);
});
