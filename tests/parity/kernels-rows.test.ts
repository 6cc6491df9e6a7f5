/** Reductions, softmax, running sums, and the kernels that move elements, against plain loops over all shapes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reduction } from '#compile/simd/kernel-exports.ts';
import { distance, KernelMemory, numbers } from './kernels-harness.ts';

const memory = new KernelMemory();
const { kernels } = memory;

const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }));
const boxes = fc.record({
  outer: fc.integer({ min: 1, max: 5 }),
  n: fc.oneof(size, fc.constantFrom(513, 1100)),
  inner: fc.oneof(fc.constant(1), size),
  seed: fc.integer(),
});

/** Rows of one axis: for every (outer, inner) the indices along the middle. */
function lines(outer: number, n: number, inner: number): number[][] {
  return Array.from({ length: outer * inner }, (_, line) => {
    const first = Math.floor(line / inner) * n * inner + (line % inner);
    return Array.from({ length: n }, (_, p) => first + p * inner);
  });
}

test('sums, means, extremes and products over one axis', () => {
  fc.assert(
    fc.property(boxes, ({ outer, n, inner, seed }) => {
      memory.clear();
      const x = numbers(outer * n * inner, seed);
      const at = memory.floats(x);
      const out = memory.room(outer * inner);
      const values = lines(outer, n, inner).map((line) => line.map((i) => x[i]));
      const reduce = (which: number, scale = 1): Float32Array => {
        kernels.reduce(which, at, out, outer, n, inner, scale);
        return memory.read(out, outer * inner);
      };
      const sums = values.map((row) => row.reduce((sum, v) => sum + v, 0));
      expect(distance(reduce(Reduction.sum), sums)).toBeLessThan(2e-6 * Math.sqrt(n));
      expect(
        distance(
          reduce(Reduction.sum, 1 / n),
          sums.map((s) => s / n),
        ),
      ).toBeLessThan(1e-6);
      expect([...reduce(Reduction.max)]).toEqual(values.map((row) => Math.max(...row)));
      expect([...reduce(Reduction.min)]).toEqual(values.map((row) => Math.min(...row)));
      const products = values.map((row) => row.reduce((product, v) => product * v, 1));
      expect(distance(reduce(Reduction.prod), products)).toBeLessThan(1e-5);
    }),
    { numRuns: 150 },
  );
});

test('one NaN makes the maximum, minimum and sum of its row NaN', () => {
  for (const n of [1, 3, 4, 5, 17, 40])
    for (let i = 0; i < n; i++) {
      memory.clear();
      const at = memory.floats(Array.from({ length: n }, (_, p) => (p === i ? NaN : p)));
      const out = memory.room(1);
      for (const which of Object.values(Reduction)) {
        kernels.reduce(which, at, out, 1, n, 1, 1);
        expect(memory.read(out, 1)[0]).toBeNaN();
      }
    }
});

test('a million terms are summed without drift', () => {
  memory.clear();
  const n = 1_000_000;
  const at = memory.floats(new Float32Array(n).fill(0.1));
  const out = memory.room(1);
  kernels.reduce(Reduction.sum, at, out, 1, n, 1, 1);
  // Equal terms are the worst case, every rounding goes the same way: one plain f32 sum is off by 1 %.
  expect(distance(memory.read(out, 1), [n * Math.fround(0.1)], 0)).toBeLessThan(5e-6);
});

test('argMax and argMin give the first extreme', () => {
  fc.assert(
    fc.property(boxes, ({ outer, n, inner, seed }) => {
      memory.clear();
      const x = numbers(outer * n * inner, seed).map((v) => Math.round(v * 4));
      const at = memory.floats(x);
      const out = memory.room(outer * inner);
      const values = lines(outer, n, inner).map((line) => line.map((i) => x[i]));
      kernels.argMax(at, out, outer, n, inner);
      expect([...memory.readInts(out, outer * inner)]).toEqual(values.map((v) => v.indexOf(Math.max(...v))));
      kernels.argMin(at, out, outer, n, inner);
      expect([...memory.readInts(out, outer * inner)]).toEqual(values.map((v) => v.indexOf(Math.min(...v))));
    }),
    { numRuns: 100 },
  );
});

test('softmax and logSoftmax, also of huge and of equal numbers', () => {
  fc.assert(
    fc.property(size, size, fc.constantFrom(1, 30, 1e4), fc.integer(), (rows, n, scale, seed) => {
      memory.clear();
      const x = numbers(rows * n, seed).map((v) => v * scale);
      const at = memory.floats(x);
      const out = memory.room(rows * n);
      const logs = lines(rows, n, 1).flatMap((line) => {
        const top = Math.max(...line.map((i) => x[i]));
        const sum = line.reduce((total, i) => total + Math.exp(x[i] - top), 0);
        return line.map((i) => x[i] - top - Math.log(sum));
      });
      kernels.logSoftmax(at, out, rows, n);
      expect(distance(memory.read(out, rows * n), logs)).toBeLessThan(1e-6);
      kernels.softmax(at, out, rows, n);
      expect(distance(memory.read(out, rows * n), logs.map(Math.exp))).toBeLessThan(1e-6);
      kernels.softmax(at, at, rows, n);
      expect(memory.read(at, rows * n)).toEqual(memory.read(out, rows * n));
    }),
    { numRuns: 100 },
  );
});

test('running sums, exclusive and reversed', () => {
  fc.assert(
    fc.property(boxes, fc.boolean(), fc.boolean(), ({ outer, n, inner, seed }, exclusive, reverse) => {
      memory.clear();
      const x = numbers(outer * n * inner, seed);
      const at = memory.floats(x);
      const out = memory.room(x.length);
      const want = new Float64Array(x.length);
      for (const line of lines(outer, n, inner)) {
        let sum = 0;
        for (const i of reverse ? line.toReversed() : line) {
          want[i] = exclusive ? sum : sum + x[i];
          sum += x[i];
        }
      }
      kernels.cumsum(at, out, outer, n, inner, Number(exclusive), Number(reverse));
      expect(distance(memory.read(out, x.length), want)).toBeLessThan(1e-6);
    }),
    { numRuns: 60 },
  );
});

test('gather and segmentSum, with indices out of range', () => {
  fc.assert(
    fc.property(boxes, fc.integer({ min: 1, max: 20 }), ({ outer, n, inner, seed }, count) => {
      memory.clear();
      const x = numbers(outer * n * inner, seed);
      const indices = Int32Array.from(numbers(count, seed + 1), (v) => Math.round(v * n * 1.2));
      const at = {
        x: memory.floats(x),
        indices: memory.ints(indices),
        out: memory.room(outer * count * inner),
      };
      kernels.gather(at.x, at.indices, at.out, outer, n, count, inner);
      const want = Array.from({ length: outer * count * inner }, (_, i) => {
        const row = indices[Math.floor(i / inner) % count];
        return row < 0 || row >= n ? 0 : x[(Math.floor(i / inner / count) * n + row) * inner + (i % inner)];
      });
      expect([...memory.read(at.out, want.length)]).toEqual(want);

      const sums = memory.room(n * inner);
      kernels.segmentSum(at.out, at.indices, sums, count, inner, n);
      const totals = new Float64Array(n * inner);
      indices.forEach((id, i) => {
        if (id >= 0 && id < n) for (let j = 0; j < inner; j++) totals[id * inner + j] += want[i * inner + j];
      });
      expect(distance(memory.read(sums, n * inner), totals)).toBeLessThan(1e-5);
    }),
    { numRuns: 100 },
  );
});

test('oneHot', () => {
  memory.clear();
  const indices = memory.ints([2, 0, -1, 3, 1]);
  const out = memory.room(15);
  const [on, off] = new Int32Array(Float32Array.of(1, -0.5).buffer);
  kernels.oneHot(indices, out, 5, 3, on, off);
  const hot = [2, 0, -1, 3, 1].flatMap((index) => [0, 1, 2].map((j) => (j === index ? 1 : -0.5)));
  expect([...memory.read(out, 15)]).toEqual(hot);
});

test('transposes of batches of matrices', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), size, size, (batch, rows, columns) => {
      memory.clear();
      const x = numbers(batch * rows * columns, 1);
      const out = memory.room(x.length);
      kernels.transpose(memory.floats(x), out, batch, rows, columns);
      const want = Array.from({ length: x.length }, (_, i) => {
        const [b, r, c] = [Math.floor(i / rows / columns), i % rows, Math.floor(i / rows) % columns];
        return x[(b * rows + r) * columns + c];
      });
      expect([...memory.read(out, x.length)]).toEqual(want);
    }),
  );
});

test('strided copies: any order of axes, reversed and repeated, into a part of the target', () => {
  const dims = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(dims, fc.infiniteStream(fc.nat(99)), (shape, stream) => {
      memory.clear();
      const pick = (n: number): number => stream.next().value % n;
      const rank = shape.length;
      // Source strides: dense, then for each axis perhaps reversed (from its end) or repeated.
      let offset = 0;
      let volume = 1;
      const source = shape.map(() => 0);
      for (let axis = rank - 1; axis >= 0; axis--) {
        const kind = pick(3);
        source[axis] = kind === 0 ? 0 : kind === 1 ? volume : -volume;
        if (kind === 2) offset += (shape[axis] - 1) * volume;
        volume *= shape[axis];
      }
      // Target strides: a random order of axes with gaps between them.
      const order = shape.map((_, axis) => axis);
      for (let i = rank - 1; i > 0; i--) {
        const j = pick(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      const target = shape.map(() => 0);
      let extent = 1;
      for (const axis of order) {
        target[axis] = extent;
        extent *= shape[axis] + pick(2);
      }
      const x = numbers(volume, 7);
      const want = new Float32Array(extent).fill(-7);
      const walk = (axis: number, from: number, to: number): void => {
        if (axis === rank) want[to] = x[from];
        else
          for (let i = 0; i < shape[axis]; i++)
            walk(axis + 1, from + i * source[axis], to + i * target[axis]);
      };
      walk(0, offset, 0);
      const at = memory.floats(x);
      const out = memory.floats(new Float32Array(extent).fill(-7));
      const table = memory.ints([...shape, ...source, ...target]);
      kernels.copyStrided(at + 4 * offset, out, table, rank);
      expect(memory.read(out, extent)).toEqual(want);
    }),
    { numRuns: 200 },
  );
});

test('fill', () => {
  for (const n of [0, 1, 3, 4, 9]) {
    memory.clear();
    const out = memory.floats(new Float32Array(12));
    kernels.fill(out, n, 0x3f800000);
    expect([...memory.read(out, 12)]).toEqual(Array.from({ length: 12 }, (_, i) => (i < n ? 1 : 0)));
  }
});
