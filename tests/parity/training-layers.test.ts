/**
 * Layers that do something else when training than when acting: their gradient and what they leave behind, against an
 * independent forward pass in doubles and its central differences, on every way of running a step.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawMasks, maskShape, maskSize } from '#agents/nn/dropout.ts';
import { withGradient } from '#agents/nn/gradient.ts';
import { apply, split } from '#agents/nn/network.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import type { Layer, NetworkPlan } from '#agents/nn/spec.ts';
import type { Compute, NamedValues, Step } from '#compile/step.ts';
import { rngStreams } from '#core/rng.ts';
import { createCompute } from '#host/compute.ts';
import { expectClose, numbers } from './compile-close.ts';

const BATCH = 7;
const INPUTS = 4;
const EPSILON = 0.001;
const MOMENTUM = 0.8;
const layers: readonly Layer[] = [
  { kind: 'dropout', rate: 0.3 },
  { kind: 'dense', units: 5, activation: 'prelu' },
  { kind: 'batchNorm', epsilon: EPSILON, momentum: MOMENTUM, activation: 'tanh' },
  { kind: 'dropout', rate: 0.5 },
  { kind: 'dense', units: 2 },
];
const plan = planNetwork(layers, [INPUTS], 'network');

/** Offset of a parameter by its name. */
function at(name: string): number {
  const param = plan.params.find((entry) => entry.name === name);
  if (!param) throw new Error(name);
  return param.offset;
}

type Rows = readonly (readonly number[])[];

function dense(x: Rows, w: Float64Array, layer: number, units: number): Rows {
  return x.map((row) =>
    Array.from({ length: units }, (_, o) =>
      row.reduce(
        (sum, value, i) => sum + value * w[at(`${layer}/kernel`) + i * units + o],
        w[at(`${layer}/bias`) + o],
      ),
    ),
  );
}

function column(x: Rows, f: number): readonly number[] {
  return x.map((row) => row[f]);
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean and biased variance of every feature. */
function moments(x: Rows): readonly { readonly mean: number; readonly variance: number }[] {
  return x[0].map((_, f) => {
    const values = column(x, f);
    const middle = mean(values);
    return { mean: middle, variance: mean(values.map((v) => (v - middle) ** 2)) };
  });
}

function masked(x: Rows, masks: Float32Array, from: number): Rows {
  return x.map((row, r) => row.map((value, f) => value * masks[from + r * row.length + f]));
}

/** What goes into batch normalisation. */
function before(x: Rows, w: Float64Array, masks: Float32Array): Rows {
  return dense(masked(x, masks, 0), w, 1, 5).map((row) =>
    row.map((value, f) => (value >= 0 ? value : value * w[at('1/slope') + f])),
  );
}

/** The mean square of the training network's outputs, in doubles. */
function loss(x: Rows, w: Float64Array, masks: Float32Array): number {
  const hidden = before(x, w, masks);
  const by = moments(hidden);
  const normal = hidden.map((row) =>
    row.map((value, f) =>
      Math.tanh(
        ((value - by[f].mean) / Math.sqrt(by[f].variance + EPSILON)) * w[at('2/scale') + f] +
          w[at('2/offset') + f],
      ),
    ),
  );
  const y = dense(masked(normal, masks, BATCH * INPUTS), w, 4, 2);
  return mean(y.flat().map((value) => value * value));
}

const step: Step = (state, inputs) => {
  const params = state['params'] as tf.Tensor1D;
  const learned = withGradient(
    [plan],
    params,
    (weights) => ({ loss: tf.mean(tf.square(apply(plan, weights, inputs['x']))) }),
    inputs['masks'],
  );
  const moved = learned.moveStatistics(tf.sub(params, learned.gradient));
  return { state: { params: moved }, outputs: { gradient: learned.gradient, loss: learned.outputs.loss } };
};

interface Ran {
  readonly params: Float32Array;
  readonly gradient: Float32Array;
  readonly loss: number;
}

async function run(compute: Compute, params: Float32Array, inputs: NamedValues): Promise<Ran> {
  const shapes = {
    state: { params: { shape: [plan.size], dtype: 'float32' } },
    inputs: { x: { shape: [BATCH, INPUTS], dtype: 'float32' }, ...maskShape([plan], BATCH) },
  } as const;
  const runner = await compute.compile('layers', step, shapes, { params });
  const outputs = await runner.run(inputs, ['gradient', 'loss']);
  const gradient = outputs['gradient'].slice() as Float32Array;
  const lost = outputs['loss'][0];
  const state = await runner.getState();
  runner.dispose();
  return { params: state['params'] as Float32Array, gradient, loss: lost };
}

const x = numbers(3, BATCH * INPUTS);
const rows: Rows = Array.from({ length: BATCH }, (_, r) => [...x.subarray(r * INPUTS, (r + 1) * INPUTS)]);
const params = numbers(5, plan.size).map((w) => w / 2);
params.fill(0.4, at('2/variance'), at('2/variance') + 5);
const masks = new Float32Array(maskSize([plan], BATCH));
drawMasks([plan], masks, rngStreams(2)('dropout'));

describe.each(['simd', 'wasm', 'cpu'] as const)('a training pass on %s', (choice) => {
  let compute: Compute & Disposable;
  let ran: Ran;
  beforeAll(async () => {
    compute = await createCompute(choice);
    ran = await run(compute, params, { x, masks });
  });
  afterAll(() => compute[Symbol.dispose]());

  it('is compiled where steps are', () => {
    expect(compute.label).toBe(choice === 'simd' ? 'simd' : `eager · ${choice}`);
  });

  it('has the loss and the gradient of the independent forward pass, and none at running statistics', () => {
    const w = Float64Array.from(params);
    expect(ran.loss).toBeCloseTo(loss(rows, w, masks), 5);
    const h = 1e-5;
    for (const { name, offset, size, statistic } of plan.params)
      for (let k = offset; k < offset + size; k++) {
        const [up, down] = [w.slice(), w.slice()];
        up[k] += h;
        down[k] -= h;
        const slope = statistic ? 0 : (loss(rows, up, masks) - loss(rows, down, masks)) / (2 * h);
        expect(ran.gradient[k], `${name}[${k - offset}]`).toBeCloseTo(slope, 4);
      }
  });

  it('moves the running statistics toward the batch, variances unbiased, and everything else by the gradient', () => {
    const by = moments(before(rows, Float64Array.from(params), masks));
    by.forEach((batch, f) => {
      expect(ran.params[at('2/mean') + f]).toBeCloseTo(
        MOMENTUM * params[at('2/mean') + f] + (1 - MOMENTUM) * batch.mean,
        5,
      );
      expect(ran.params[at('2/variance') + f]).toBeCloseTo(
        MOMENTUM * 0.4 + ((1 - MOMENTUM) * batch.variance * BATCH) / (BATCH - 1),
        5,
      );
    });
    for (const { offset, size, statistic } of plan.params)
      if (!statistic)
        for (let k = offset; k < offset + size; k++)
          expect(ran.params[k]).toBe(Math.fround(params[k] - ran.gradient[k]));
  });
});

describe.each(['simd', 'cpu'] as const)('batch normalisation of images on %s', (choice) => {
  const [channels, rows] = [5, BATCH * 18];
  const norm: Layer = { kind: 'batchNorm', epsilon: EPSILON, momentum: MOMENTUM, activation: 'relu' };
  /** A filter of one pixel is a dense layer over every pixel. */
  const sides = [
    { shape: [BATCH, 6, 3, INPUTS], first: { kind: 'conv2d', filters: channels, size: 1 } },
    { shape: [rows, INPUTS], first: { kind: 'dense', units: channels } },
  ] as const;

  it('is that of as many rows', async () => {
    using compute = await createCompute(choice);
    const [ofImages, ofRows] = await Promise.all(
      sides.map(async ({ shape, first }) => {
        const network = planNetwork([first, norm], shape.slice(1), 'network');
        const norming: Step = (state, { x, wanted }) => {
          const block = state['params'] as tf.Tensor1D;
          const learned = withGradient([network], block, (weights) => ({
            loss: tf.sum(tf.mul(tf.reshape(apply(network, weights, x), [rows, channels]), wanted)),
          }));
          const { gradient, outputs } = learned;
          return {
            state: { params: learned.moveStatistics(block) },
            outputs: { gradient, loss: outputs.loss },
          };
        };
        const params = numbers(5, network.size).map(Math.abs);
        const shapes = {
          state: { params: { shape: [network.size], dtype: 'float32' } },
          inputs: {
            x: { shape, dtype: 'float32' },
            wanted: { shape: [rows, channels], dtype: 'float32' },
          },
        } as const;
        const runner = await compute.compile('norm', norming, shapes, { params });
        const given = { x: numbers(6, rows * INPUTS), wanted: numbers(7, rows * channels) };
        const { gradient, loss: lost } = await runner.run(given, ['gradient', 'loss']);
        const { params: moved } = await runner.getState();
        const seen = { gradient: gradient.slice(), lost: lost.slice(), moved };
        runner.dispose();
        return seen;
      }),
    );
    expectClose('gradient', ofImages.gradient, ofRows.gradient);
    expectClose('loss', ofImages.lost, ofRows.lost);
    expectClose('params', ofImages.moved, ofRows.moved);
  });
});

/** Outputs of a network by its weights alone, and within a loss. */
function both(network: NetworkPlan, batch: number): readonly [Float32Array, Float32Array] {
  const block = tf.tensor1d(numbers(1, network.size));
  const input = tf.tensor(numbers(2, batch * INPUTS), [batch, INPUTS]);
  const acting = apply(network, split([network], block)[0], input).dataSync<'float32'>();
  const drawn = new Float32Array(maskSize([network], batch));
  if (drawn.length > 0) drawMasks([network], drawn, rngStreams(1)('dropout'));
  const { outputs } = withGradient(
    [network],
    block,
    (weights) => {
      const y = apply(network, weights, input);
      return { loss: tf.mean(y), y };
    },
    drawn.length > 0 ? tf.tensor1d(drawn) : undefined,
  );
  return [acting.slice(), outputs['y'].dataSync<'float32'>().slice()];
}

/** A network with one layer in the middle. */
function around(layer: Layer): NetworkPlan {
  return planNetwork([{ kind: 'dense', units: 3 }, layer, { kind: 'dense', units: 2 }], [INPUTS], 'network');
}

describe('acting and training', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('is the same for layers that do not know the difference, and not for those that do', () => {
    const [acting, training] = both(around({ kind: 'layerNorm' }), 4);
    expect(training).toEqual(acting);
    for (const layer of [{ kind: 'batchNorm' }, { kind: 'dropout', rate: 0.5 }] as const) {
      const [a, t] = both(around(layer), 4);
      expect(t).not.toEqual(a);
    }
  });

  it('needs two rows for a batch, and masks for dropout', () => {
    const normal = planNetwork([{ kind: 'batchNorm' }], [INPUTS], 'network');
    expect(() => both(normal, 1)).toThrow('batchNorm: expected at least two numbers per feature');
    const block = tf.zeros<tf.Rank.R1>([0]);
    const dropping = planNetwork([{ kind: 'dropout', rate: 0.1 }], [INPUTS], 'network');
    expect(() =>
      withGradient([dropping], block, (weights) => ({
        loss: tf.mean(apply(dropping, weights, tf.ones([1, INPUTS]))),
      })),
    ).toThrow('needs its masks');
  });
});

describe('dropout masks', () => {
  const wide = planNetwork([{ kind: 'dropout', rate: 0.25 }], [100], 'network');
  const draw = (seed: number): Float32Array => {
    const into = new Float32Array(maskSize([wide], 200));
    drawMasks([wide], into, rngStreams(seed)('dropout'));
    return into;
  };

  it('drop as often as the rate says and keep the sum', () => {
    const drawn = draw(4);
    const dropped = drawn.filter((mask) => mask === 0).length / drawn.length;
    expect(dropped).toBeCloseTo(0.25, 1.7);
    expect(new Set(drawn)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(drawn.reduce((a, b) => a + b, 0) / drawn.length).toBeCloseTo(1, 1.7);
  });

  it('are the same from the same stream and others from another', () => {
    expect(draw(4)).toEqual(draw(4));
    expect(draw(5)).not.toEqual(draw(4));
  });
});
