/**
 * Kernels stay inside their arrays: each of them in turn ends where the memory ends, so that one word too far traps, and
 * the zeros at the start of memory survive.
 */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import {
  conv2dGeometry,
  conv2dScratchBytes,
  KERNEL_MEMORY_START,
  MatmulFlag,
  matmulScratchBytes,
} from '#compile/simd/kernel-exports.ts';
import { instantiateKernels } from '#compile/simd/kernel-module.ts';

const PAGES = 8;
const END = PAGES * 65_536;
const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
const kernels = instantiateKernels('exact', memory);

afterEach(() => {
  expect(new Int32Array(memory.buffer, 0, KERNEL_MEMORY_START / 4).every((word) => word === 0)).toBe(true);
});

/** Addresses of arrays of so many words: the one numbered `last` at the end of memory, the others from its start. */
function place(words: readonly number[], last: number): number[] {
  let next = KERNEL_MEMORY_START;
  return words.map((n, i) => {
    if (i === last % words.length) return END - 4 * n;
    const at = next;
    next = Math.ceil((at + 4 * n) / 16) * 16;
    return at;
  });
}

const small = fc.integer({ min: 1, max: 20 });
const last = fc.nat(11);

test('products', () => {
  fc.assert(
    fc.property(small, small, small, fc.integer({ min: 0, max: 7 }), last, (m, n, k, flags, end) => {
      // Rounded up so that the end of memory is a multiple of 16 away.
      const scratch = Math.ceil(matmulScratchBytes(n, k) / 16) * 4;
      const [a, b, out, bias, work] = place([m * k, k * n, m * n, n, scratch], end);
      const lda = flags & MatmulFlag.transposeA ? m : k;
      const ldb = flags & MatmulFlag.transposeB ? k : n;
      kernels.matmul(a, b, out, m, n, k, lda, ldb, n, bias, flags, work);
    }),
    { numRuns: 2000 },
  );
});

test('convolution and pooling', () => {
  const shapes = fc.record({
    size: fc.integer({ min: 1, max: 8 }),
    inChannels: fc.integer({ min: 1, max: 6 }),
    outChannels: fc.integer({ min: 1, max: 18 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    pad: fc.nat(1),
    sparse: fc.boolean(),
  });
  fc.assert(
    fc.property(shapes, last, ({ size, inChannels, outChannels, kernel, stride, pad, sparse }, end) => {
      const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
      if (out < 1 || pad >= kernel) return;
      const axes = {
        inHeight: size,
        inWidth: size,
        outHeight: out,
        outWidth: out,
        padTop: pad,
        padLeft: pad,
      };
      const window = { kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride };
      const g = { ...axes, ...window, inChannels, outChannels };
      const batch = 2;
      const [image, rows] = [batch * size * size * inChannels, kernel * kernel * inChannels];
      const scratch = Math.ceil(conv2dScratchBytes(g) / 16) * 4;
      const outputs = batch * out * out * outChannels;
      const at = place([image, rows * outChannels, outputs, outChannels, 12, scratch], end);
      const [x, w, y, bias, shape, work] = at;
      const fill = (): void => void new Float32Array(memory.buffer, x, image).fill(sparse ? 0 : 1);
      new Int32Array(memory.buffer, shape, 12).set(conv2dGeometry(g));
      fill();
      kernels.conv2d(x, w, bias, y, shape, batch, 0, work);
      kernels.conv2dInputGradient(y, w, x, shape, batch, work);
      fill();
      kernels.conv2dFilterGradient(x, y, w, shape, batch, 0, rows, work);

      const cells = batch * out * out * inChannels;
      const [px, py, dx, table] = place([image, cells, image, 12], end);
      new Int32Array(memory.buffer, table, 12).set(conv2dGeometry({ ...g, outChannels: inChannels }));
      kernels.maxPool(px, py, table, batch);
      kernels.maxPoolGradient(px, py, dx, table, batch);
      kernels.averagePool(px, py, table, batch);
      kernels.averagePoolGradient(py, dx, table, batch);
    }),
    { numRuns: 1000 },
  );
});

test('rows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), small, small, last, (outer, n, inner, end) => {
      const words = outer * n * inner;
      const [x, out] = place([words, words], end);
      kernels.argMax(x, out, outer, n, inner);
      kernels.cumsum(x, out, outer, n, inner, 0, 1);
      for (let which = 0; which < 10; which++) kernels.unary(which, x, out, words);
    }),
    { numRuns: 500 },
  );
});
