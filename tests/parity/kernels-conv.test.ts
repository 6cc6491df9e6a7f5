/**
 * Convolution and its gradients: against six nested loops in f64, against the recorded answers of PyTorch, and against
 * themselves (sparse images and split batches must give the same bits).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Activation,
  conv2dGeometry,
  conv2dScratchBytes,
  type Conv2dGeometry,
} from '#compile/simd/kernel-exports.ts';
import { distance, KernelMemory, numbers } from './kernels-harness.ts';

const memory = new KernelMemory('exact', 512);

interface Sizes {
  readonly h: number;
  readonly w: number;
  readonly ci: number;
  readonly co: number;
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  readonly same: boolean;
}

/** Output sizes and padding as tfjs and PyTorch define them; undefined where the kernel does not fit. */
function geometry(s: Sizes): Conv2dGeometry | undefined {
  const axis = (size: number, kernel: number, stride: number): [out: number, pad: number] => {
    const out = s.same ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
    const pad = s.same ? Math.max((out - 1) * stride + kernel - size, 0) : 0;
    return [out, Math.floor(pad / 2)];
  };
  const [outHeight, padTop] = axis(s.h, s.kh, s.sh);
  const [outWidth, padLeft] = axis(s.w, s.kw, s.sw);
  if (outHeight < 1 || outWidth < 1) return undefined;
  return {
    inHeight: s.h,
    inWidth: s.w,
    inChannels: s.ci,
    outHeight,
    outWidth,
    outChannels: s.co,
    kernelHeight: s.kh,
    kernelWidth: s.kw,
    strideHeight: s.sh,
    strideWidth: s.sw,
    padTop,
    padLeft,
  };
}

/** Calls `visit` for every product of the convolution with the indices into x, w and out. */
function walk(g: Conv2dGeometry, batch: number, visit: (x: number, w: number, out: number) => void): void {
  let out = 0;
  for (let b = 0; b < batch; b++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++)
        for (let o = 0; o < g.outChannels; o++, out++)
          for (let ky = 0; ky < g.kernelHeight; ky++)
            for (let kx = 0; kx < g.kernelWidth; kx++) {
              const y = oy * g.strideHeight + ky - g.padTop;
              const x = ox * g.strideWidth + kx - g.padLeft;
              if (y < 0 || y >= g.inHeight || x < 0 || x >= g.inWidth) continue;
              for (let c = 0; c < g.inChannels; c++)
                visit(
                  ((b * g.inHeight + y) * g.inWidth + x) * g.inChannels + c,
                  ((ky * g.kernelWidth + kx) * g.inChannels + c) * g.outChannels + o,
                  out,
                );
            }
}

interface Problem {
  readonly g: Conv2dGeometry;
  readonly batch: number;
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly bias: Float32Array;
  readonly dy: Float32Array;
}

function problem(g: Conv2dGeometry, batch: number, seed: number, density = 1): Problem {
  const x = numbers(batch * g.inHeight * g.inWidth * g.inChannels, seed);
  const keep = numbers(x.length, seed + 9);
  const { kernelHeight, kernelWidth, inChannels, outChannels } = g;
  return {
    g,
    batch,
    x: x.map((value, i) => (keep[i] < 2 * density - 1 ? value : 0)),
    w: numbers(kernelHeight * kernelWidth * inChannels * outChannels, seed + 1),
    bias: numbers(outChannels, seed + 2),
    dy: numbers(batch * g.outHeight * g.outWidth * outChannels, seed + 3),
  };
}

/** Runs the three kernels; `parts` are batch boundaries and row boundaries of the split. */
function run(p: Problem, activation = 0, parts = { images: [0, p.batch], rows: [0, Infinity] }) {
  memory.clear();
  const { g } = p;
  const rows = g.kernelHeight * g.kernelWidth * g.inChannels;
  const shape = memory.ints(conv2dGeometry(g));
  const [x, w, bias, dy] = [p.x, p.w, p.bias, p.dy].map((array) => memory.floats(array));
  const [out, dx, dw] = [p.dy, p.x, p.w].map((array) => memory.room(array.length));
  const scratch = memory.scratch(conv2dScratchBytes(g));
  const imageIn = 4 * (p.x.length / p.batch);
  const imageOut = 4 * (p.dy.length / p.batch);
  const { kernels } = memory;
  for (let i = 0; i + 1 < parts.images.length; i++) {
    const [from, to] = [parts.images[i], parts.images[i + 1]];
    const [atIn, atOut] = [from * imageIn, from * imageOut];
    kernels.conv2d(x + atIn, w, bias, out + atOut, shape, to - from, activation, scratch);
    kernels.conv2dInputGradient(dy + atOut, w, dx + atIn, shape, to - from, scratch);
  }
  for (let i = 0; i + 1 < parts.rows.length; i++)
    kernels.conv2dFilterGradient(
      x,
      dy,
      dw,
      shape,
      p.batch,
      parts.rows[i],
      Math.min(parts.rows[i + 1], rows),
      scratch,
    );
  return {
    out: memory.read(out, p.dy.length),
    dx: memory.read(dx, p.x.length),
    dw: memory.read(dw, p.w.length),
  };
}

function slow(p: Problem) {
  const channels = p.g.outChannels;
  const out = Float64Array.from(p.dy, (_, i) => p.bias[i % channels]);
  const dx = new Float64Array(p.x.length);
  const dw = new Float64Array(p.w.length);
  walk(p.g, p.batch, (x, w, o) => {
    out[o] += p.x[x] * p.w[w];
    dx[x] += p.dy[o] * p.w[w];
    dw[w] += p.dy[o] * p.x[x];
  });
  return { out, dx, dw };
}

const sizes = fc.record({
  h: fc.integer({ min: 1, max: 11 }),
  w: fc.integer({ min: 1, max: 11 }),
  ci: fc.constantFrom(1, 2, 3, 4, 5, 8),
  co: fc.constantFrom(1, 2, 3, 4, 7, 8, 12, 16, 19),
  kh: fc.integer({ min: 1, max: 4 }),
  kw: fc.integer({ min: 1, max: 4 }),
  sh: fc.integer({ min: 1, max: 3 }),
  sw: fc.integer({ min: 1, max: 3 }),
  same: fc.boolean(),
});

const geometries = sizes.map(geometry).filter((g) => g !== undefined);

test('forward and both gradients agree with loops in f64', () => {
  fc.assert(
    fc.property(geometries, fc.integer({ min: 1, max: 3 }), fc.integer(), (g, batch, seed) => {
      const p = problem(g, batch, seed);
      const got = run(p);
      const want = slow(p);
      expect(distance(got.out, want.out)).toBeLessThan(1e-5);
      expect(distance(got.dx, want.dx)).toBeLessThan(1e-5);
      expect(distance(got.dw, want.dw)).toBeLessThan(1e-5);
    }),
    { numRuns: 200 },
  );
});

test('activations follow the bias', () => {
  const g = geometry({ h: 6, w: 5, ci: 3, co: 9, kh: 3, kw: 2, sh: 1, sw: 2, same: true });
  if (!g) throw new Error('the kernel fits');
  const p = problem(g, 2, 4);
  const linear = slow(p).out;
  expect(
    distance(
      run(p, Activation.relu).out,
      linear.map((v) => Math.max(v, 0)),
    ),
  ).toBeLessThan(1e-5);
  expect(distance(run(p, Activation.tanh).out, linear.map(Math.tanh))).toBeLessThan(1e-5);
});

test('sparse images give the bits that dense ones give', () => {
  fc.assert(
    fc.property(
      geometries,
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      fc.integer(),
      (g, density, seed) => {
        const sparse = problem(g, 2, seed, density);
        // 1e-30 is lost against any other term, but makes an element non-zero: the dense kernels run.
        const dense = { ...sparse, x: sparse.x.map((value) => (value === 0 ? 1e-38 : value)) };
        const got = run(sparse);
        const want = run(dense);
        expect(distance(got.out, want.out)).toBeLessThan(1e-30);
        expect(distance(got.dw, want.dw)).toBeLessThan(1e-30);
      },
    ),
    { numRuns: 100 },
  );
});

test('any split of images and rows gives the same bits', () => {
  fc.assert(
    fc.property(geometries, fc.integer({ min: 0, max: 3 }), fc.nat(40), (g, at, row) => {
      const p = problem(g, 3, 11, 0.6);
      const middle = Math.min(row, g.kernelHeight * g.kernelWidth * g.inChannels);
      expect(run(p, 0, { images: [0, at, 3], rows: [0, middle, Infinity] })).toEqual(run(p));
    }),
    { numRuns: 60 },
  );
});
