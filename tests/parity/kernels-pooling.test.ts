/**
 * Pooling against loops over windows and finite differences, and the recorded answers of PyTorch (golden/algorithms/conv)
 * for convolution + bias + ReLU with its gradients and for max pooling.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Activation,
  conv2dGeometry,
  conv2dScratchBytes,
  type Conv2dGeometry,
} from '#compile/simd/kernel-exports.ts';
import { distance, KernelMemory, numbers } from './kernels-harness.ts';

const memory = new KernelMemory();

const geometries = fc
  .record({
    inHeight: fc.integer({ min: 1, max: 9 }),
    inWidth: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    same: fc.boolean(),
  })
  .map(({ inHeight, inWidth, channels, kernel, stride, same }): Conv2dGeometry => {
    const size = (n: number): number =>
      same ? Math.ceil(n / stride) : Math.floor((n - kernel) / stride) + 1;
    const pad = (n: number): number =>
      same ? Math.floor(Math.max((size(n) - 1) * stride + kernel - n, 0) / 2) : 0;
    return {
      inHeight,
      inWidth,
      inChannels: channels,
      outHeight: size(inHeight),
      outWidth: size(inWidth),
      outChannels: channels,
      kernelHeight: kernel,
      kernelWidth: kernel,
      strideHeight: stride,
      strideWidth: stride,
      padTop: pad(inHeight),
      padLeft: pad(inWidth),
    };
  })
  .filter((g) => g.outHeight > 0 && g.outWidth > 0);

/** For every output, the indices of its window's cells inside the image, in order. */
function windows(g: Conv2dGeometry, batch: number): number[][] {
  const all: number[][] = [];
  for (let b = 0; b < batch; b++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++)
        for (let c = 0; c < g.inChannels; c++) {
          const cells: number[] = [];
          for (let ky = 0; ky < g.kernelHeight; ky++)
            for (let kx = 0; kx < g.kernelWidth; kx++) {
              const y = oy * g.strideHeight + ky - g.padTop;
              const x = ox * g.strideWidth + kx - g.padLeft;
              if (y >= 0 && y < g.inHeight && x >= 0 && x < g.inWidth)
                cells.push(((b * g.inHeight + y) * g.inWidth + x) * g.inChannels + c);
            }
          all.push(cells);
        }
  return all;
}

function pool(g: Conv2dGeometry, batch: number, x: Float32Array, dy: Float32Array) {
  memory.clear();
  const shape = memory.ints(conv2dGeometry(g));
  const at = { x: memory.floats(x), dy: memory.floats(dy) };
  const [max, mean, dMax, dMean] = [dy, dy, x, x].map((array) => memory.room(array.length));
  memory.kernels.maxPool(at.x, max, shape, batch);
  memory.kernels.averagePool(at.x, mean, shape, batch);
  memory.kernels.maxPoolGradient(at.x, at.dy, dMax, shape, batch);
  memory.kernels.averagePoolGradient(at.dy, dMean, shape, batch);
  return {
    max: memory.read(max, dy.length),
    mean: memory.read(mean, dy.length),
    dMax: memory.read(dMax, x.length),
    dMean: memory.read(dMean, x.length),
  };
}

test('pooling and its gradients agree with loops over windows', () => {
  fc.assert(
    fc.property(geometries, fc.integer({ min: 1, max: 3 }), fc.integer(), (g, batch, seed) => {
      const cells = windows(g, batch);
      // Few distinct values, most of them not positive: ties, and windows whose maximum is zero or below.
      const x = numbers(batch * g.inHeight * g.inWidth * g.inChannels, seed).map(
        (v) => Math.min(Math.round(v * 3), 0) + 0,
      );
      const dy = numbers(cells.length, seed + 1);
      const [dMax, dMean] = [new Float64Array(x.length), new Float64Array(x.length)];
      cells.forEach((window, i) => {
        const best = Math.max(...window.map((cell) => x[cell]));
        dMax[window.find((cell) => x[cell] === best) ?? -1] += dy[i];
        for (const cell of window) dMean[cell] += dy[i] / window.length;
      });
      const got = pool(g, batch, x, dy);
      expect([...got.max]).toEqual(cells.map((window) => Math.max(...window.map((cell) => x[cell]))));
      expect(distance(got.dMax, dMax)).toBeLessThan(1e-6);
      expect(distance(got.dMean, dMean)).toBeLessThan(1e-6);
      const means = cells.map((window) => window.reduce((sum, cell) => sum + x[cell], 0) / window.length);
      expect(distance(got.mean, means)).toBeLessThan(1e-6);
    }),
    { numRuns: 200 },
  );
});

test('the gradient of max pooling is what finite differences say', () => {
  const g = { inHeight: 5, inWidth: 4, inChannels: 3, outHeight: 4, outWidth: 3, outChannels: 3 };
  const overlapping = { ...g, kernelHeight: 2, kernelWidth: 2, strideHeight: 1, strideWidth: 1 };
  const shape = { ...overlapping, padTop: 0, padLeft: 0 };
  const x = numbers(60, 3).map((v) => v - 2);
  const dy = numbers(36, 4);
  const { dMax } = pool(shape, 1, x, dy);
  const loss = (at: Float32Array): number =>
    pool(shape, 1, at, dy).max.reduce((sum, v, i) => sum + v * dy[i], 0);
  for (let i = 0; i < x.length; i++) {
    const h = 2 ** -12;
    const [up, down] = [x.slice(), x.slice()];
    up[i] += h;
    down[i] -= h;
    expect((loss(up) - loss(down)) / (2 * h)).toBeCloseTo(dMax[i], 3);
  }
});

interface Recorded {
  readonly shape: number[];
  readonly data: number[];
}

interface Recording {
  readonly cases: readonly ({ readonly stride: number; readonly padding: 'same' | 'valid' } & Record<
    'x' | 'kernel' | 'bias' | 'out' | 'dy' | 'gradX' | 'gradKernel',
    Recorded
  >)[];
  readonly maxPool: Record<'x' | 'out' | 'dy' | 'gradX', Recorded>;
}

const file = resolve(process.env['LUDUS_GOLDEN'] ?? '../shared/golden', 'algorithms/conv.json.gz');

describe.skipIf(!existsSync(file))(`the recorded convolutions (skipped where ${file} is absent)`, () => {
  const recording = existsSync(file)
    ? (JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recording)
    : { cases: [], maxPool: undefined };

  test.each(recording.cases)('stride $stride, $padding', (c) => {
    const [batch, inHeight, inWidth, inChannels] = c.x.shape;
    const [, outHeight, outWidth, outChannels] = c.out.shape;
    const [kernelHeight, kernelWidth] = c.kernel.shape;
    const pad = (size: number, out: number, kernel: number): number =>
      c.padding === 'same' ? Math.floor(Math.max((out - 1) * c.stride + kernel - size, 0) / 2) : 0;
    const g: Conv2dGeometry = {
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      outChannels,
      kernelHeight,
      kernelWidth,
      strideHeight: c.stride,
      strideWidth: c.stride,
      padTop: pad(inHeight, outHeight, kernelHeight),
      padLeft: pad(inWidth, outWidth, kernelWidth),
    };
    memory.clear();
    const { kernels } = memory;
    const shape = memory.ints(conv2dGeometry(g));
    const [x, w, bias] = [c.x, c.kernel, c.bias].map((array) => memory.floats(array.data));
    const masked = memory.floats(c.dy.data.map((d, i) => (c.out.data[i] > 0 ? d : 0)));
    const room = [c.out, c.x, c.kernel].map((array) => memory.room(array.data.length));
    const [out, dx, dw] = room;
    const scratch = memory.scratch(conv2dScratchBytes(g));
    kernels.conv2d(x, w, bias, out, shape, batch, Activation.relu, scratch);
    kernels.conv2dInputGradient(masked, w, dx, shape, batch, scratch);
    kernels.conv2dFilterGradient(
      x,
      masked,
      dw,
      shape,
      batch,
      0,
      kernelHeight * kernelWidth * g.inChannels,
      scratch,
    );
    const compare = (at: number, want: Recorded): void =>
      expect(distance(memory.read(at, want.data.length), want.data)).toBeLessThan(2e-6);
    compare(out, c.out);
    compare(dx, c.gradX);
    compare(dw, c.gradKernel);
  });

  test('max pooling 2 × 2', () => {
    const { x, out, dy, gradX } = (recording as Recording).maxPool;
    const [batch, inHeight, inWidth, channels] = x.shape;
    const [, outHeight, outWidth] = out.shape;
    const sizes = { inHeight, inWidth, inChannels: channels, outHeight, outWidth, outChannels: channels };
    const window = {
      kernelHeight: 2,
      kernelWidth: 2,
      strideHeight: 2,
      strideWidth: 2,
      padTop: 0,
      padLeft: 0,
    };
    const got = pool({ ...sizes, ...window }, batch, Float32Array.from(x.data), Float32Array.from(dy.data));
    expect(distance(got.max, out.data)).toBeLessThan(1e-7);
    expect(distance(got.dMax, gradX.data)).toBeLessThan(1e-7);
  });
});
