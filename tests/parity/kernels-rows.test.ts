/** First extremes, running sums, gathers and their sums, against plain loops over all shapes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
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
