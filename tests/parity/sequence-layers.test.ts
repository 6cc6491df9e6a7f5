/**
 * GRU and LSTM over whole sequences: gradients through time against those that Keras recorded, and against central differences
 * of the slow version, on every way of running a step.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Actor } from '#agents/nn/actor.ts';
import { decodeLayersModel } from '#agents/nn/files/layers-model-import.ts';
import { withGradient } from '#agents/nn/gradient.ts';
import { apply } from '#agents/nn/network.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import type { Compute, Step } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { expectClose, numbers } from './compile-close.ts';
import { Forward } from './forward.ts';

const ROWS = 3;

function fixture(name: string): Uint8Array {
  const path = `../fixtures/layers-models/sequential-gru-h5/${name}`;
  return new Uint8Array(readFileSync(new URL(path, import.meta.url)));
}

function json(name: string): unknown {
  return JSON.parse(new TextDecoder().decode(fixture(name)));
}

/** The mean square of all outputs, and its gradient. */
function stepOf(plan: NetworkPlan): Step {
  return (state, inputs) => {
    const { gradient, outputs } = withGradient([plan], state['params'] as tf.Tensor1D, (weights) => ({
      loss: tf.mean(tf.square(apply(plan, weights, inputs['x']))),
    }));
    return { state, outputs: { gradient, ...outputs } };
  };
}

function slowLoss(plan: NetworkPlan, params: Float32Array, x: Float32Array): number {
  const y = new Forward(plan, ROWS).run(params, x);
  return y.reduce((sum, value) => sum + value * value, 0) / y.length;
}

describe.each(['simd', 'wasm', 'cpu'] as const)('a recurrent layer over sequences on %s', (choice) => {
  let compute: Compute & Disposable;
  beforeAll(async () => {
    compute = await createCompute(choice);
  });
  afterAll(() => compute[Symbol.dispose]());

  async function run(plan: NetworkPlan, params: Float32Array, x: Float32Array) {
    const shapes = {
      state: { params: { shape: [plan.size], dtype: 'float32' } },
      inputs: { x: { shape: [ROWS, ...plan.input], dtype: 'float32' } },
    } as const;
    const runner = await compute.compile('sequences', stepOf(plan), shapes, { params });
    const ran = structuredClone(await runner.run({ x }, ['gradient', 'loss']));
    runner.dispose();
    expect(compute.label).toBe(choice === 'simd' ? 'simd' : `eager · ${choice}`);
    return { gradient: ran['gradient'] as Float32Array, loss: ran['loss'][0] };
  }

  it('has the gradient that Keras has', async () => {
    const { plan, block } = decodeLayersModel(json('model.json'), fixture('group1-shard1of1.bin'));
    expect(plan.layers.map(({ output }) => output)).toEqual([[6, 3], [4], [2]]);
    const { x, y, gradient } = json('example.json') as Record<'x' | 'y' | 'gradient', number[]>;
    const got = await run(plan, block, Float32Array.from(x));
    expect(got.loss).toBeCloseTo(y.reduce((sum, value) => sum + value * value, 0) / y.length, 5);
    expectClose('gradient', got.gradient, Float32Array.from(gradient));
  });

  it('has the loss and, by central differences, the gradient of the slow version', async () => {
    const plan = planNetwork(
      [
        { kind: 'reshape', shape: [5, 2] },
        { kind: 'lstm', units: 4, returnSequences: true },
        { kind: 'conv1d', filters: 3, size: 2 },
        { kind: 'gru', units: 3, returnSequences: true },
        { kind: 'gru', units: 4 },
        { kind: 'dense', units: 2 },
      ],
      [10],
      'network',
    );
    expect(plan.memory).toBe(0);
    const params = numbers(5, plan.size).map((value) => value / 2);
    const x = numbers(3, ROWS * 10);
    const { gradient, loss } = await run(plan, params, x);
    expect(loss).toBeCloseTo(slowLoss(plan, params, x), 5);
    const h = 2 ** -7;
    for (let k = 0; k < plan.size; k++) {
      const [up, down] = [params.slice(), params.slice()];
      up[k] += h;
      down[k] -= h;
      const slope = (slowLoss(plan, up, x) - slowLoss(plan, down, x)) / (2 * h);
      expect(gradient[k], `parameter ${k}`).toBeCloseTo(slope, 3);
    }
  });
});

describe.each(['gru', 'lstm'] as const)('a %s over sequences', (kind) => {
  it('forgets one row before the next, which memory never does', async () => {
    const plan = planNetwork([{ kind, units: 3 }], [4, 2], 'network');
    const params = numbers(1, plan.size);
    const x = numbers(2, ROWS * 8);
    using compute = await createCompute('simd');
    const actor = new Actor(compute, plan, { weights: params, batch: 1 });
    const all = new Forward(plan, ROWS).run(params, x);
    for (const row of [0, 1, 2])
      expectClose(
        `row ${row}`,
        actor.run(x.slice(row * 8, (row + 1) * 8), 1).slice(0, 3),
        all.subarray(row * 3, (row + 1) * 3),
      );
    actor.dispose();
  });

  it('is refused by name where its input is no sequence', () => {
    expect(() => planNetwork([{ kind, units: 3 }], [4, 4, 1], 'network')).toThrow(
      `network.0 (${kind}): expected layers without memory, because nothing here keeps a hidden state (ppo does), or a sequence`,
    );
    const all = { kind, units: 3, returnSequences: true } as const;
    expect(() => planNetwork([all], [4], 'network', { remembers: true })).toThrow(
      `network.0 (${kind}): expected a sequence [length, channels] to return, got [4]`,
    );
    expect(() => planNetwork([{ kind: 'reshape', shape: [3, 2] }], [4], 'network')).toThrow(
      'network.0 (reshape): expected 6 numbers for [3, 2], got [4]',
    );
  });
});
