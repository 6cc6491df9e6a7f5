/**
 * GRU and LSTM: values against tf.layers, gradients through time against central differences of an independent version in
 * doubles, on every way of running a step, with episodes that begin within a sequence; and acting step by step.
 */
import { layers as kerasLayers } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Actor } from '#agents/nn/actor.ts';
import { withGradient } from '#agents/nn/gradient.ts';
import { initialise } from '#agents/nn/init.ts';
import { apply, split } from '#agents/nn/network.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodySchema, type NetworkPlan } from '#agents/nn/spec.ts';
import type { Compute, NamedValues, Step } from '#compile/step.ts';
import { rngStreams } from '#core/rng.ts';
import { createCompute } from '#host/compute.ts';
import { expectClose, numbers } from './compile-close.ts';
import { Forward } from './forward.ts';

const STEPS = 5;
const SEQUENCES = 3;
const ROWS = STEPS * SEQUENCES;
const INPUTS = 4;
const plan = planNetwork(
  [
    { kind: 'dense', units: 5, activation: 'tanh' },
    { kind: 'gru', units: 3 },
    { kind: 'lstm', units: 2 },
    { kind: 'dense', units: 2 },
  ],
  [INPUTS],
  'network',
  { remembers: true },
);
const MEMORY = plan.memory;

type Vector = readonly number[];

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** b + x·W over all columns. */
function affine(w: Float64Array, layer: number, x: Vector, width: number, kernel = 'kernel'): number[] {
  const place = (name: string): number =>
    plan.params.find((p) => p.name === `${layer}/${name}`)?.offset ?? NaN;
  return Array.from({ length: width }, (_, o) =>
    x.reduce(
      (sum, value, i) => sum + value * w[place(kernel) + i * width + o],
      kernel === 'kernel' ? w[place('bias') + o] : 0,
    ),
  );
}

/** One step of the whole network in doubles: [output, memory after]. */
function slowStep(w: Float64Array, x: Vector, memory: Vector): readonly [Vector, Vector] {
  const a = affine(w, 0, x, 5).map(Math.tanh);
  const h = memory.slice(0, 3);
  const g = affine(w, 1, a, 9);
  const u = affine(w, 1, h, 9, 'recurrentKernel');
  const r = h.map((_, k) => sigmoid(g[3 + k] + u[3 + k]));
  const candidate = affine(
    w,
    1,
    h.map((value, k) => value * r[k]),
    9,
    'recurrentKernel',
  );
  const b = h.map((value, k) => {
    const z = sigmoid(g[k] + u[k]);
    return z * value + (1 - z) * Math.tanh(g[6 + k] + candidate[6 + k]);
  });
  const [hidden, cell] = [memory.slice(3, 5), memory.slice(5, 7)];
  const recalled = affine(w, 2, hidden, 8, 'recurrentKernel');
  const q = affine(w, 2, b, 8).map((value, k) => value + recalled[k]);
  const c = cell.map((value, k) => sigmoid(q[2 + k]) * value + sigmoid(q[k]) * Math.tanh(q[4 + k]));
  const out = c.map((value, k) => sigmoid(q[6 + k]) * Math.tanh(value));
  return [affine(w, 3, out, 2), [...b, ...out, ...c]];
}

/** The mean square of all outputs of all sequences, in doubles, and the memories at their ends. */
function slowLoss(w: Float64Array): { readonly loss: number; readonly left: Vector } {
  let sum = 0;
  const left: number[] = [];
  for (let s = 0; s < SEQUENCES; s++) {
    let state: Vector = [...memory.subarray(s * MEMORY, (s + 1) * MEMORY)];
    for (let t = 0; t < STEPS; t++) {
      const row = t * SEQUENCES + s;
      if (nonTerminal[row] === 0) state = state.map(() => 0);
      const [y, next] = slowStep(w, [...x.subarray(row * INPUTS, (row + 1) * INPUTS)], state);
      state = next;
      sum += y.reduce((total, value) => total + value * value, 0);
    }
    left.push(...state);
  }
  return { loss: sum / (ROWS * 2), left };
}

const x = numbers(3, ROWS * INPUTS);
const memory = numbers(4, SEQUENCES * MEMORY).map((value) => value / 2);
const params = numbers(5, plan.size).map((value) => value / 2);
const nonTerminal = new Float32Array(ROWS).fill(1);
// An episode begins within sequence 0, one with sequence 1, one at the last step of sequence 2.
for (const row of [2 * SEQUENCES, 1, (STEPS - 1) * SEQUENCES + 2]) nonTerminal[row] = 0;

const step: Step = (state, inputs) => {
  const block = state['params'] as tf.Tensor1D;
  const { gradient, outputs } = withGradient([plan], block, (weights) => {
    const recall = {
      steps: STEPS,
      memory: inputs['memory'] as tf.Tensor2D,
      nonTerminal: inputs['nonTerminal'],
      left: [],
    };
    const y = apply(plan, weights, inputs['x'], undefined, recall);
    return { loss: tf.mean(tf.square(y)), left: tf.concat(recall.left, 1) };
  });
  return { state, outputs: { gradient, ...outputs } };
};
const shapes = {
  state: { params: { shape: [plan.size], dtype: 'float32' } },
  inputs: {
    x: { shape: [ROWS, INPUTS], dtype: 'float32' },
    memory: { shape: [SEQUENCES, MEMORY], dtype: 'float32' },
    nonTerminal: { shape: [ROWS], dtype: 'float32' },
  },
} as const;

describe.each(['simd', 'wasm', 'cpu'] as const)('recurrent layers on %s', (choice) => {
  let compute: Compute & Disposable;
  let ran: NamedValues;
  beforeAll(async () => {
    compute = await createCompute(choice);
    const runner = await compute.compile('recurrent', step, shapes, { params });
    ran = structuredClone(await runner.run({ x, memory, nonTerminal }, ['gradient', 'loss', 'left']));
    runner.dispose();
  });
  afterAll(() => compute[Symbol.dispose]());

  it('are compiled where steps are', () => {
    expect(compute.label).toBe(choice === 'simd' ? 'simd' : `eager · ${choice}`);
  });

  it('have the loss, the memory and, by central differences, the gradient through time of the slow version', () => {
    const w = Float64Array.from(params);
    const slow = slowLoss(w);
    expect(ran['loss'][0]).toBeCloseTo(slow.loss, 5);
    slow.left.forEach((value, k) => expect(ran['left'][k], `memory ${k}`).toBeCloseTo(value, 5));
    const h = 1e-5;
    for (let k = 0; k < plan.size; k++) {
      const [up, down] = [w.slice(), w.slice()];
      up[k] += h;
      down[k] -= h;
      expect(ran['gradient'][k], `parameter ${k}`).toBeCloseTo(
        (slowLoss(up).loss - slowLoss(down).loss) / (2 * h),
        4,
      );
    }
  });
});

/** One recurrent layer as tf.layers has it, with our weights, over [S, T, inputs]; [S, T, units]. */
function byTfLayers(
  network: NetworkPlan,
  kind: 'gru' | 'lstm',
  units: number,
  block: Float32Array,
): Float32Array {
  const config = {
    units,
    returnSequences: true,
    recurrentActivation: 'sigmoid' as const,
    inputShape: [STEPS, INPUTS],
  };
  const layer = kind === 'gru' ? kerasLayers.gru(config) : kerasLayers.lstm(config);
  const rows = tf.transpose(tf.tensor3d(x, [STEPS, SEQUENCES, INPUTS]), [1, 0, 2]);
  layer.apply(rows);
  const [own] = split([network], tf.tensor1d(block));
  layer.setWeights([...own]);
  const y = layer.apply(rows) as tf.Tensor3D;
  return tf.transpose(y, [1, 0, 2]).dataSync<'float32'>().slice();
}

describe.each(['gru', 'lstm'] as const)('a %s', (kind) => {
  const units = 6;
  const one = planNetwork([{ kind, units }], [INPUTS], 'network', { remembers: true });
  const block = numbers(8, one.size).map((value) => value / 2);

  it('computes what tf.layers computes, and one step after another what it computes at once', async () => {
    await tf.setBackend('cpu');
    const expected = byTfLayers(one, kind, units, block);
    const recall = { steps: STEPS, memory: tf.zeros<tf.Rank.R2>([SEQUENCES, one.memory]), left: [] };
    const [own] = split([one], tf.tensor1d(block));
    const input = tf.tensor2d(x, [ROWS, INPUTS]);
    expectClose(kind, apply(one, own, input, undefined, recall).dataSync<'float32'>(), expected);
    using compute = await createCompute('simd');
    const actor = new Actor(compute, one, { weights: block, batch: SEQUENCES });
    const plain = new Forward(one, SEQUENCES);
    const remembered = [0, 1].map(() => new Float32Array(SEQUENCES * one.memory));
    for (let t = 0; t < STEPS; t++) {
      const rows = x.slice(t * SEQUENCES * INPUTS, (t + 1) * SEQUENCES * INPUTS);
      const target = expected.subarray(t * SEQUENCES * units, (t + 1) * SEQUENCES * units);
      expectClose(`step ${t}`, actor.run(rows, SEQUENCES, remembered[0]).subarray(0, target.length), target);
      expectClose(`plain step ${t}`, plain.run(block, rows, SEQUENCES, remembered[1]), target);
    }
    expectClose('memory', remembered[0], remembered[1]);
    actor.dispose();
  });

  it('says its shape, its parameters and its memory, and starts as Keras does', () => {
    const gates = kind === 'gru' ? 3 : 4;
    expect(one.output).toEqual([units]);
    expect(one.layers[0].parameters).toBe(gates * units * (INPUTS + units + 1));
    expect(one.memory).toBe(kind === 'gru' ? units : 2 * units);
    const first = initialise(one, rngStreams(1)('initialisation'));
    const [, recurrent, bias] = one.params.map(({ offset, size }) => first.subarray(offset, offset + size));
    for (let a = 0; a < units; a++)
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let k = 0; k < gates * units; k++)
          dot += recurrent[a * gates * units + k] * recurrent[b * gates * units + k];
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    const ones = kind === 'gru' ? [] : Array.from({ length: units }, (_, k) => units + k);
    expect([...bias.keys()].filter((k) => bias[k] === 1)).toEqual(ones);
    expect(bias.reduce((a, b) => a + b, 0)).toBe(ones.length);
  });

  it('is refused by name where nobody remembers, or its input is an image', () => {
    const layers = bodySchema.parse([
      { kind: 'dense', units: 2 },
      { kind, units: 8 },
    ]);
    expect(() => planNetwork(layers === 'auto' ? [] : layers, [4], 'network')).toThrow(
      `network.1 (${kind}): expected layers without memory`,
    );
    expect(() => planNetwork([{ kind, units }], [4, 4, 1], 'network', { remembers: true })).toThrow(
      `network.0 (${kind}): expected a flat input`,
    );
  });
});
