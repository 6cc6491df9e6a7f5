/**
 * The arithmetic kernels in GFLOP/s relative to the machine's limit for 128-bit multiply and add on one core, which a loop of
 * independent chains in registers reaches. Kernel and limit alternate, so that a busy machine slows both. Functions such as tanh
 * are in nanoseconds per element.
 */
import { Code } from '#compile/simd/emit/code.ts';
import { Simd } from '#compile/simd/emit/opcodes.ts';
import { ModuleWriter } from '#compile/simd/emit/module.ts';
import {
  conv2dGeometry,
  conv2dScratchBytes,
  MatmulFlag,
  matmulScratchBytes,
  UnaryFunction,
  type Conv2dGeometry,
  type Kernels,
} from '#compile/simd/kernel-exports.ts';
import { hasRelaxedSimd, instantiateKernels, type KernelBuild } from '#compile/simd/kernel-module.ts';
import type { Row } from './row.ts';

interface Case {
  readonly row: string;
  readonly flops: number;
  readonly work: (kernels: Kernels) => void;
}

const PAGES = 512;
const limits = { initial: PAGES, maximum: PAGES, shared: false };
const MEBIBYTE = 2 ** 20;
/** Addresses of the operands; none is larger than the gap to the next. */
const at = { table: 1024, a: MEBIBYTE, b: 8 * MEBIBYTE, out: 16 * MEBIBYTE, scratch: 24 * MEBIBYTE };

/** [m, n, k] of the products in updates of small networks: A·B, Aᵀ·B (gradient of weights) and A·Bᵀ (gradient of inputs). */
const products = [
  [64, 64, 4, 0],
  [256, 64, 1, MatmulFlag.transposeB],
  [64, 64, 64, 0],
  [64, 64, 64, MatmulFlag.transposeA],
  [64, 64, 64, MatmulFlag.transposeB],
  [64, 2, 64, 0],
  [64, 2, 64, MatmulFlag.transposeA],
  [128, 84, 120, 0],
  [120, 84, 128, MatmulFlag.transposeA],
  [128, 120, 84, MatmulFlag.transposeB],
  [32, 128, 1024, 0],
  [256, 256, 256, 0],
  // PPO on Pendulum with RLtools' settings: two networks 3-64-64-1, minibatches of 256, four worlds.
  [256, 64, 3, 0],
  [3, 64, 256, MatmulFlag.transposeA],
  [256, 64, 64, 0],
  [64, 64, 256, MatmulFlag.transposeA],
  [256, 64, 64, MatmulFlag.transposeB],
  [256, 1, 64, 0],
  [64, 1, 256, MatmulFlag.transposeA],
  [4, 64, 64, 0],
  [1, 64, 64, 0],
] as const;

/**
 * [batch, image size, input channels, filters, density]: kernels are 3 × 3, and `density` is the share of nonzero pixels. The
 * arcade's planes under random play have 1.3 % (Seaquest) to 8.2 % (Breakout). GFLOP/s count dense operations.
 */
const convolutions = [
  [32, 10, 4, 16, 1],
  [32, 10, 4, 16, 0.08],
  [32, 10, 4, 16, 0.015],
  [8, 28, 1, 16, 1],
  [8, 13, 16, 32, 1],
] as const;

/** Applied to a hidden layer of 64 units and a batch of 256, which fits in the L2 cache. */
const functions = ['exp', 'tanh', 'sigmoid'] as const;
const ELEMENTS = 256 * 64;

export function* benchKernels(filter: string): Iterable<Row> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  new Float32Array(memory.buffer, at.a).fill(0.5);
  const limit = limitLoop(memory);
  const builds: readonly KernelBuild[] = hasRelaxedSimd() ? ['exact', 'fast'] : ['exact'];
  for (const build of builds) {
    const kernels = instantiateKernels(build, memory);
    for (const each of [...products.map(productCase), ...convolutions.flatMap((c) => convCases(memory, c))]) {
      const row = build === 'exact' ? each.row : `${each.row}, ${build}`;
      if (!row.includes(filter)) continue;
      const [time, limitTime] = takeTurns(() => each.work(kernels), limit.work);
      const value = each.flops / time / 1e6;
      const share = value / (limit.flops / limitTime / 1e6);
      yield { suite: 'kernels', row, value, unit: 'GFLOP/s', vs: { 'the limit of mul + add': share } };
    }
    for (const name of functions) {
      const row = `${name} of ${ELEMENTS} elements${build === 'exact' ? '' : `, ${build}`}`;
      if (!row.includes(filter)) continue;
      const x = new Float32Array(memory.buffer, at.a, ELEMENTS);
      for (let i = 0; i < ELEMENTS; i++) x[i] = 3 * Math.sin(i);
      const [time] = takeTurns(() => kernels.unary(UnaryFunction[name], at.a, at.out, ELEMENTS), limit.work);
      yield { suite: 'kernels', row, value: (time * 1e6) / ELEMENTS, unit: 'ns/element', vs: {} };
    }
  }
}

function productCase([m, n, k, flags]: (typeof products)[number]): Case {
  const [lda, ldb] = [flags & MatmulFlag.transposeA ? m : k, flags & MatmulFlag.transposeB ? k : n];
  if (matmulScratchBytes(n, k) > 8 * MEBIBYTE)
    throw new Error(`${n} × ${k}: too large for the benchmark's memory`);
  const kind = flags === 0 ? 'a·b' : flags === MatmulFlag.transposeA ? 'aᵀ·b' : 'a·bᵀ';
  return {
    row: `${kind} ${m}×${n}, sums of ${k}`,
    flops: 2 * m * n * k,
    work: (kernels) => kernels.matmul(at.a, at.b, at.out, m, n, k, lda, ldb, n, 0, flags, at.scratch),
  };
}

function convCases(
  memory: WebAssembly.Memory,
  [batch, size, channels, filters, density]: (typeof convolutions)[number],
): Case[] {
  const g: Conv2dGeometry = {
    inHeight: size,
    inWidth: size,
    inChannels: channels,
    outHeight: size - 2,
    outWidth: size - 2,
    outChannels: filters,
    kernelHeight: 3,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 1,
    padTop: 0,
    padLeft: 0,
  };
  if (conv2dScratchBytes(g) > 8 * MEBIBYTE) throw new Error(`${size}: too large for the benchmark's memory`);
  const flops = 2 * batch * g.outHeight * g.outWidth * 9 * channels * filters;
  const name = `conv ${channels}→${filters} on ${size}×${size}, batch ${batch}${density < 1 ? `, ${100 * density} % not zero` : ''}`;
  const prepare = (): void => {
    new Int32Array(memory.buffer, at.table, 12).set(conv2dGeometry(g));
    const image = new Float32Array(memory.buffer, at.a, batch * size * size * channels);
    const every = Math.round(1 / density);
    for (let i = 0; i < image.length; i++) image[i] = i % every === 0 ? 1 : 0;
  };
  const { a, b, out, table, scratch } = at;
  const works: Record<string, (kernels: Kernels) => void> = {
    forward: (kernels) => kernels.conv2d(a, b, 0, out, table, batch, 0, scratch),
    'filter gradient': (kernels) =>
      kernels.conv2dFilterGradient(a, out, b, table, batch, 0, 9 * channels, scratch),
  };
  if (density === 1)
    works['input gradient'] = (kernels) => kernels.conv2dInputGradient(out, b, a, table, batch, scratch);
  return Object.entries(works).map(([part, work]) => {
    let prepared = false;
    return {
      row: `${name}, ${part}`,
      flops,
      work: (kernels) => {
        if (!prepared) prepare();
        prepared = true;
        work(kernels);
      },
    };
  });
}

/** 13 chains c = c·x + y: with x and y they fill the vector registers, and they are enough to hide the latency. */
function limitLoop(memory: WebAssembly.Memory): { work: () => void; flops: number } {
  const [chains, rounds] = [13, 2000];
  const code = new Code();
  const counter = code.local('i32');
  const [x, y, ...sums] = Array.from({ length: chains + 2 }, () => code.local('v128'));
  for (const [local, value] of [
    [x, 0.5],
    [y, 0.25],
  ]) {
    code.v128ConstF32([value, value, value, value]);
    code.set(local);
  }
  code.loop(counter, { start: 0, step: 1, end: rounds }, () => {
    for (const sum of sums) {
      code.get(sum);
      code.get(x);
      code.simd(Simd.f32x4Mul);
      code.get(y);
      code.simd(Simd.f32x4Add);
      code.set(sum);
    }
  });
  // Stored, or an engine could drop the loop as dead code.
  sums.forEach((sum, i) => {
    code.i32Const(at.out + 16 * i);
    code.get(sum);
    code.v128Store(0);
  });
  const writer = new ModuleWriter(limits);
  writer.addFunction(code, 'run');
  const instance = new WebAssembly.Instance(new WebAssembly.Module(writer.finish()), { env: { memory } });
  return { work: instance.exports['run'] as () => void, flops: 8 * chains * rounds };
}

/** Milliseconds of the fastest run of each function over a second of alternating. */
function takeTurns(first: () => void, second: () => void): [number, number] {
  const best: [number, number] = [Infinity, Infinity];
  const start = performance.now();
  let turns = 0;
  while (turns < 50 || performance.now() - start < 1000) {
    for (const [i, work] of [first, second].entries()) {
      const repeats = Math.max(1, Math.round(0.05 / best[i]));
      const from = performance.now();
      for (let k = 0; k < repeats; k++) work();
      // The first turns run code that is not optimised yet.
      if (turns >= 10) best[i] = Math.min(best[i], (performance.now() - from) / repeats);
    }
    turns++;
  }
  return best;
}
