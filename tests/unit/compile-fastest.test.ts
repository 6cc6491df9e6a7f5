/** `auto`: the measurement picks the faster of two real executors, starts it afresh, and says what it found. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { eagerCompute } from '#compile/eager.ts';
import { denseNetwork, inferenceExample, updateExample } from '#compile/examples.ts';
import { fastestCompute } from '#compile/fastest.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { Step } from '#compile/step.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** Processor time of this process, in milliseconds: a busy machine would decide what is faster by the clock. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const topk: Step = (state, { x }) => ({ state, outputs: { y: tf.topk(x, 2).values } });

it('keeps the fastest candidate in its initial state, and lets the others go', async () => {
  const eager = eagerCompute();
  const { step, shapes, initial } = updateExample(denseNetwork([4, 32, 2], 16));
  const compute = fastestCompute({ now, budget: 60, candidates: [eager, simdCompute(eager)] });
  expect(compute.label).toBe('eager · cpu or simd');
  const tensors = tf.memory().numTensors;
  const runner = await compute.compile('update', step, shapes, initial);
  expect(compute.label).toMatch(/^simd \(update: [\d.e-]+ ms, eager · cpu [\d.e-]+ ms\)$/);
  expect((await runner.getState())['params']).toEqual(initial['params']);
  expect(tf.memory().numTensors).toBe(tensors);
  runner.dispose();
});

it('infers by compiled steps without measuring, and refuses what does not compile', () => {
  const eager = eagerCompute();
  const { step, shapes, initial, inputs } = inferenceExample(denseNetwork([4, 8, 2], 4));
  const options = { now: () => expect.fail('nothing to measure'), budget: 20 };
  const compute = fastestCompute({ ...options, candidates: [eager, simdCompute(eager)] });
  const runner = compute.infer('acting', step, shapes, initial);
  const expected = simdCompute(eager).infer('acting', step, shapes, initial);
  expect(runner.run(inputs, ['y'])).toEqual(expected.run(inputs, ['y']));
  expect(() => compute.infer('acting', topk, shapes, initial)).toThrow('TopK: not known to the compiler');
});

it('measures nothing where there is no choice', () => {
  const eager = eagerCompute();
  const options = { now: () => expect.fail('nothing to measure'), budget: 1000 };
  expect(fastestCompute({ ...options, candidates: [eager] })).toBe(eager);
});
