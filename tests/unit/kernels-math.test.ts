/**
 * The element-wise functions of the kernels against Math.* in f64: dense sweeps over all magnitudes with bounds in units
 * in the last place, and IEEE's special cases. The four-lane exports are called as emitted code calls them, from WebAssembly.
 */
import { expect, test } from 'vitest';
import { UnaryFunction, type Kernels } from '#compile/simd/kernel-exports.ts';
import { instantiateKernels } from '#compile/simd/kernel-module.ts';

const COUNT = 1 << 14;
const X = 1024;
const Y = X + 4 * COUNT;
const OUT = Y + 4 * COUNT;

const memory = new WebAssembly.Memory({ initial: 8, maximum: 8 });
const kernels: Kernels = instantiateKernels('exact', memory);
const xs = new Float32Array(memory.buffer, X, COUNT);
const ys = new Float32Array(memory.buffer, Y, COUNT);
const outs = new Float32Array(memory.buffer, OUT, COUNT);

/** A spacing of f32 at a value. */
function ulp(value: number): number {
  const size = Math.abs(value);
  return size < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(size)) - 23);
}

/** erf in f64: its Taylor series (all terms of one sign after scaling), and the continued fraction of erfc beyond 3. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 3) {
    let fraction = 0;
    for (let i = 80; i > 0; i--) fraction = i / 2 / (a + fraction);
    return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
  }
  let term = a;
  let sum = a;
  for (let n = 1; n < 120; n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * ((2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum);
}

interface Subject {
  readonly name: keyof typeof UnaryFunction;
  readonly exact: (x: number) => number;
  /** Where a uniform sweep is interesting; every function is also swept over all magnitudes of both signs. */
  readonly range: readonly [number, number];
  readonly ulps: number;
  /** Magnitude up to which the bound is promised. */
  readonly limit?: number;
}

const subjects: readonly Subject[] = [
  { name: 'exp', exact: Math.exp, range: [-110, 95], ulps: 1 },
  { name: 'expm1', exact: Math.expm1, range: [-20, 95], ulps: 1.6 },
  { name: 'log', exact: Math.log, range: [0, 8], ulps: 0.9 },
  { name: 'log1p', exact: Math.log1p, range: [-1, 8], ulps: 0.9 },
  { name: 'tanh', exact: Math.tanh, range: [-10, 10], ulps: 5.9 },
  {
    name: 'sigmoid',
    exact: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
    range: [-110, 20],
    ulps: 2.4,
  },
  {
    name: 'softplus',
    exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    range: [-110, 20],
    ulps: 2,
  },
  { name: 'sin', exact: Math.sin, range: [-100, 100], ulps: 1.7, limit: 2 ** 20 },
  { name: 'cos', exact: Math.cos, range: [-100, 100], ulps: 1.7, limit: 2 ** 20 },
  { name: 'erf', exact: erf, range: [-5, 5], ulps: 2.2 },
];

/** The largest error of outs[0 … n) in ulps, where infinities and NaN must agree exactly. */
function worst(n: number, exact: (i: number) => number): { ulps: number; at: number } {
  let result = { ulps: 0, at: 0 };
  for (let i = 0; i < n; i++) {
    const want = exact(i);
    const got = outs[i];
    const rounded = Math.fround(want);
    const error =
      Number.isFinite(rounded) && Number.isFinite(got)
        ? Math.abs(got - want) / ulp(want)
        : Object.is(got, rounded)
          ? 0
          : Infinity;
    if (error > result.ulps) result = { ulps: error, at: xs[i] };
  }
  return result;
}

test.each(subjects)(
  '$name is within $ulps ulp over all magnitudes',
  ({ name, exact, range, ulps, limit }) => {
    const words = new Int32Array(xs.buffer, X, COUNT);
    for (let chunk = 0; chunk < 16; chunk++) {
      // A stride that is odd against the mantissa visits every exponent of both signs.
      if (chunk % 2)
        for (let i = 0; i < COUNT; i++) words[i] = Math.imul(chunk * COUNT + i, 262_147) + chunk * 12_345;
      else
        for (let i = 0; i < COUNT; i++)
          xs[i] = range[0] + ((range[1] - range[0]) * (i + chunk / 16)) / (COUNT - 1);
      if (limit !== undefined) for (let i = 0; i < COUNT; i++) if (Math.abs(xs[i]) > limit) xs[i] = 0.1;
      kernels.unary(UnaryFunction[name], X, OUT, COUNT);
      const { ulps: error, at } = worst(COUNT, (i) => exact(xs[i]));
      expect(error, `${name}(${at})`).toBeLessThanOrEqual(ulps);
    }
  },
);

test('special values are IEEE’s', () => {
  const inputs = [0, -0, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149)];
  const want: Record<keyof typeof UnaryFunction, readonly number[]> = {
    exp: [1, 1, Infinity, 0, NaN, 1, 1],
    expm1: [0, -0, Infinity, -1, NaN, 2 ** -149, -(2 ** -149)],
    log: [-Infinity, -Infinity, Infinity, NaN, NaN, Math.fround(Math.log(2 ** -149)), NaN],
    log1p: [0, -0, Infinity, NaN, NaN, 2 ** -149, -(2 ** -149)],
    tanh: [0, -0, 1, -1, NaN, 2 ** -149, -(2 ** -149)],
    sigmoid: [0.5, 0.5, 1, 0, NaN, 0.5, 0.5],
    softplus: [Math.LN2, Math.LN2, Infinity, 0, NaN, Math.LN2, Math.LN2].map(Math.fround),
    sin: [0, -0, NaN, NaN, NaN, 2 ** -149, -(2 ** -149)],
    cos: [1, 1, NaN, NaN, NaN, 1, 1],
    erf: [0, -0, 1, -1, NaN, 2 ** -149, -(2 ** -149)],
  };
  for (const [name, values] of Object.entries(want)) {
    xs.set(inputs);
    kernels.unary(UnaryFunction[name as keyof typeof UnaryFunction], X, OUT, inputs.length);
    expect([...outs.subarray(0, inputs.length)], name).toEqual(values);
  }
});

test('tanh stays within ±1 and is ±1 from ±9 on', () => {
  for (let i = 0; i < COUNT; i++) xs[i] = (i % 2 ? -1 : 1) * (7 + (3 * i) / COUNT);
  kernels.unary(UnaryFunction.tanh, X, OUT, COUNT);
  for (let i = 0; i < COUNT; i++) {
    expect(Math.abs(outs[i])).toBeLessThanOrEqual(1);
    if (Math.abs(xs[i]) >= 9) expect(outs[i]).toBe(Math.sign(xs[i]));
  }
});

test('arrays of any length, in place too, and nothing beyond', () => {
  for (let n = 0; n < 12; n++) {
    xs.fill(1);
    kernels.unary(UnaryFunction.exp, X, X, n);
    expect([...xs.subarray(0, 12)]).toEqual(
      Array.from({ length: 12 }, (_, i) => (i < n ? Math.fround(Math.E) : 1)),
    );
  }
});

test('the four-lane exports give what the array kernel gives', () => {
  for (let i = 0; i < COUNT; i++) xs[i] = Math.tan(i);
  for (const name of Object.keys(UnaryFunction) as (keyof typeof UnaryFunction)[]) {
    kernels.unary(UnaryFunction[name], X, OUT, COUNT);
    const want = outs.slice();
    const loop = loopOver(`${name}X4`, 1);
    loop(COUNT);
    expect(new Int32Array(outs.slice().buffer), name).toEqual(new Int32Array(want.buffer));
  }
});

test('powX4 is within 1 ulp of Math.pow, and follows IEEE in its special cases', () => {
  const loop = loopOver('powX4', 2);
  for (let i = 0; i < COUNT; i++) {
    xs[i] = 2 ** (((i % 128) - 64) / 1.7) * (1 + i / COUNT);
    ys[i] = ((i * 37) % 101) / 13 - 4;
  }
  loop(COUNT);
  expect(worst(COUNT, (i) => xs[i] ** ys[i]).ulps).toBeLessThanOrEqual(1);

  const numbers = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 2.5, Infinity, -Infinity, NaN, 2 ** -149, 1e38];
  const pairs = numbers.flatMap((x) => numbers.map((y) => [x, y] as const));
  pairs.forEach(([x, y], i) => {
    xs[i] = x;
    ys[i] = y;
  });
  loop(pairs.length);
  for (const [i, [x, y]] of pairs.entries()) {
    // IEEE 754 says 1 to any power is 1, ECMAScript says NaN for infinite ones.
    const want = x === 1 ? 1 : Math.fround(xs[i] ** ys[i]);
    const near = Math.abs(outs[i] - want) <= ulp(want) && want !== 0;
    expect(near || Object.is(outs[i], want), `${x} ** ${y}: ${outs[i]}, expected ${want}`).toBe(true);
  }
});

const V128 = 0x7b;
const I32 = 0x7f;

function section(id: number, bytes: readonly number[]): number[] {
  return [id, bytes.length, ...bytes];
}

function text(word: string): number[] {
  return [word.length, ...new TextEncoder().encode(word)];
}

/** i32.const with an address in four LEB128 bytes. */
function constant(address: number): number[] {
  return [0x41, ...[0, 7, 14, 21].map((shift) => ((address >> shift) & 127) | (shift < 21 ? 128 : 0))];
}

/** The address of the current four elements of an array. */
function element(base: number): number[] {
  return [...constant(base), 0x20, 0, 0x6a];
}

/** A function of n that calls a four-lane kernel on `xs` (and `ys`) four by four and writes `outs`: hand-made WebAssembly. */
function loopOver(name: string, inputs: 1 | 2): (n: number) => void {
  const load = [0xfd, 0, 2, 0];
  const body = [
    [0], // no locals; the parameter counts bytes down to 0
    [0x03, 0x40], // loop
    [0x20, 0, 0x41, 16, 0x6b, 0x22, 0, 0x1a], // bytes −= 16
    element(OUT),
    [...element(X), ...load],
    inputs === 2 ? [...element(Y), ...load] : [],
    [0x10, 0], // call the kernel
    [0xfd, 11, 2, 0], // v128.store
    [0x20, 0, 0x41, 0, 0x4a, 0x0d, 0], // while bytes > 0
    [0x0b, 0x0b],
  ].flat();
  const lanes = Array.from({ length: inputs }, () => V128);
  const binary = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, [2, 0x60, inputs, ...lanes, 1, V128, 0x60, 1, I32, 0]),
    section(2, [2, ...text('k'), ...text('f'), 0, 0, ...text('env'), ...text('memory'), 2, 1, 8, 8]),
    section(3, [1, 1]),
    section(7, [1, ...text('run'), 0, 1]),
    section(10, [1, body.length, ...body]),
  ];
  const module = new WebAssembly.Module(Uint8Array.from(binary.flat()));
  const f = (kernels as unknown as Record<string, () => void>)[name];
  const instance = new WebAssembly.Instance(module, { k: { f }, env: { memory } });
  const run = instance.exports['run'] as (bytes: number) => void;
  return (n) => run(4 * ((n + 3) & ~3));
}
