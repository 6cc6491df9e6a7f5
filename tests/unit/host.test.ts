import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Step } from '#compile/step.ts';
import { hasRelaxedSimd } from '#compile/simd/kernel-module.ts';
import { createCompute, parseComputeChoice } from '#host/compute.ts';
import { InputError } from '#core/errors.ts';
import { useRelaxedSimd } from '#tests/relaxed-simd.ts';

const SHAPE = { shape: [3], dtype: 'float32' } as const;

/** A running sum that also hands its state and its input on as outputs, the cases where tensors are shared. */
const accumulate: Step = (state, inputs) => {
  const sum = tf.add(state['sum'], inputs['x']);
  return {
    state: { sum, constant: state['constant'], last: inputs['x'] },
    outputs: { sum, x: inputs['x'], count: tf.cast(tf.argMax(sum), 'int32') },
  };
};
const shapes = { state: { sum: SHAPE, constant: SHAPE, last: SHAPE }, inputs: { x: SHAPE } };
const initial = {
  sum: new Float32Array(3),
  constant: Float32Array.of(7, 8, 9),
  last: new Float32Array(3),
};

describe.each(['cpu', 'wasm', 'simd'] as const)('steps on %s', (choice) => {
  it('keeps the state from run to run, reads what is asked for, and leaks nothing', async () => {
    using compute = await createCompute(choice);
    expect(compute.label).toBe(choice === 'simd' ? 'simd' : `eager · ${choice}`);
    const before = tf.memory().numTensors;
    const runner = await compute.compile('sum', accumulate, shapes, initial);
    const x = Float32Array.of(1, 2, 3);
    void runner.run({ x }, []);
    const held = tf.memory().numTensors;
    for (let k = 0; k < 5; k++) void runner.run({ x }, ['sum', 'x', 'count']);
    x.fill(0);
    const read = await runner.run({ x }, ['sum', 'count']);
    expect(read['sum']).toEqual(Float32Array.of(6, 12, 18));
    expect(read['count']).toEqual(Int32Array.of(2));
    expect(tf.memory().numTensors).toBe(held);
    const flat = new Float32Array(6);
    await runner.readState(['constant', 'sum'], flat);
    expect(flat).toEqual(Float32Array.of(7, 8, 9, 6, 12, 18));
    await runner.setState({ sum: Float32Array.of(1, 1, 1) });
    expect((await runner.getState())['sum']).toEqual(Float32Array.of(1, 1, 1));
    runner.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("infers at once by compiled code, beside learning, and leaves tfjs's backend and tensors alone", async () => {
    using compute = await createCompute(choice);
    const learning = await compute.compile('sum', accumulate, shapes, initial);
    const x = Float32Array.of(1, 2, 3);
    void learning.run({ x }, []);
    const [backend, tensors] = [tf.getBackend(), tf.memory().numTensors];
    const acting = compute.infer('acting', accumulate, shapes, initial);
    for (let k = 1; k <= 3; k++)
      expect(acting.run({ x }, ['sum'])['sum']).toEqual(Float32Array.of(k, 2 * k, 3 * k));
    expect(tf.getBackend()).toBe(backend);
    expect(tf.memory().numTensors).toBe(tensors);
    expect((await learning.run({ x }, ['sum']))['sum']).toEqual(Float32Array.of(2, 4, 6));
    learning.dispose();
  });

  it('copies its inputs before it returns', async () => {
    using compute = await createCompute(choice);
    const runner = await compute.compile('sum', accumulate, shapes, initial);
    const x = Float32Array.of(1, 2, 3);
    void runner.run({ x }, []);
    x.fill(100);
    expect((await runner.getState())['last']).toEqual(Float32Array.of(1, 2, 3));
    runner.dispose();
  });

  it('names what is wrong', async () => {
    using compute = await createCompute(choice);
    const runner = await compute.compile('sum', accumulate, shapes, initial);
    expect(() => runner.run({ x: new Float32Array(2) }, [])).toThrow(/sum\.inputs\.x: expected 3 numbers/);
    expect(() => runner.run({ x: new Float32Array(3) }, ['loss'])).toThrow(/one of sum, x, count, got loss/);
    expect(() => runner.readState(['nothing'], new Float32Array(3))).toThrow(/got nothing/);
    expect(() => runner.setState({ sum: new Float32Array(4) })).toThrow(/expected 3 numbers/);
    runner.dispose();
  });
});

describe('the choice of a backend', () => {
  it('compiles for auto where there is neither WebGPU nor WebGL', async () => {
    using compute = await createCompute('auto');
    expect(compute.label).toBe('simd');
  });

  describe('of fused multiply-add', () => {
    useRelaxedSimd();

    it('takes it where the engine has it', async () => {
      using compute = await createCompute('simd-fast');
      expect(compute.label).toBe('simd-fast');
    });
  });

  it.skipIf(hasRelaxedSimd())('refuses fused multiply-add where the engine does not have it', async () => {
    await expect(createCompute('simd-fast')).rejects.toThrow(
      'backend: expected a backend that this machine has, got simd-fast, which does not work here',
    );
  });

  it('refuses what this machine or nobody has', async () => {
    await expect(createCompute('webgl')).rejects.toThrow(InputError);
    expect(() => parseComputeChoice('cuda')).toThrow(
      'backend: expected one of auto, simd, simd-fast, webgpu',
    );
    expect(parseComputeChoice('wasm')).toBe('wasm');
  });
});

/** The same function of seeded tensors on both backends. */
async function onBoth(compute: () => tf.Tensor): Promise<readonly [ArrayLike<number>, ArrayLike<number>]> {
  const results: ArrayLike<number>[] = [];
  for (const choice of ['cpu', 'wasm'] as const) {
    using _ = await createCompute(choice);
    results.push(tf.tidy(() => compute().dataSync().slice()));
  }
  return [results[0], results[1]];
}
function image(): tf.Tensor4D {
  return tf.randomNormal([2, 7, 6, 3], 0, 1, 'float32', 5);
}

describe('kernels added to the wasm backend', () => {
  it.each([
    { stride: 1, pad: 'valid' },
    { stride: 2, pad: 'valid' },
    { stride: 2, pad: 'same' },
    { stride: 1, pad: 'same' },
  ] as const)('filter gradient of a convolution, $stride $pad', async ({ stride, pad }) => {
    const [cpu, wasm] = await onBoth(() => {
      const kernel: tf.Tensor4D = tf.randomNormal([3, 2, 3, 4], 0, 1, 'float32', 6);
      return tf.grad((k) => tf.sum(tf.square(tf.conv2d(image(), k as tf.Tensor4D, stride, pad))))(kernel);
    });
    expect(wasm.length).toBe(3 * 2 * 3 * 4);
    for (let k = 0; k < cpu.length; k++)
      expect(Math.abs(wasm[k] - cpu[k])).toBeLessThan(1e-4 * (1 + Math.abs(cpu[k])));
  });

  it.each(['valid', 'same'] as const)('gradient of max pooling of negative numbers, %s', async (pad) => {
    const [cpu, wasm] = await onBoth(() =>
      tf.grad((x) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 2, 2, pad))))(tf.neg(tf.abs(image()))),
    );
    expect(Array.from(wasm)).toEqual(Array.from(cpu));
  });

  it('gradient of a gather', async () => {
    const [cpu, wasm] = await onBoth(() =>
      tf.grad((x) => tf.sum(tf.square(tf.gather(x, tf.tensor1d([1, 1, 0], 'int32')))))(
        tf.tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
    );
    expect(Array.from(wasm)).toEqual(Array.from(cpu));
  });
});
