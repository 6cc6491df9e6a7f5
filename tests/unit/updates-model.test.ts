/** The gradient step of supervised models against their equations: penalties, smoothed labels, adversarial examples, decay. */
import { expect, it } from 'vitest';
import { mlp } from '#agents/supervised/models.ts';
import { parseConfig } from '#core/config.ts';
import type { Examples } from '#core/data-set.ts';
import { rngStreams } from '#core/rng.ts';
import { Batches } from '#data/batches.ts';
import { plainScale } from '#data/scale.ts';
import { createCompute } from '#host/compute.ts';
import { expectGradient, logSoftmax, mean, range, row, stack } from '#tests/recorded-updates.ts';

const [B, SIZES] = [6, [4, 5, 3]];
const hidden = { kind: 'dense', units: 5, activation: 'tanh' };
const task = { kind: 'classes', names: ['a', 'b', 'c'] } as const;

/** Numbers from 0 to 1, none near an end but one. */
function examplesOf(shape: readonly number[]): Examples {
  const rng = rngStreams(3)('examples');
  const inputs = Float32Array.from({ length: B * 4 }, () => 0.2 + 0.6 * rng.uniform());
  inputs[5] = 1;
  return { count: B, shape, inputs, targets: Int32Array.from({ length: B }, (_, k) => k % 3) };
}

/** The parameters before and after the first gradient step, on all examples at once. */
async function firstStep(settings: object, shape: readonly number[] = [4]) {
  const examples = examplesOf(shape);
  using compute = await createCompute('simd', { threads: 1 });
  const network = shape.length > 1 ? [{ kind: 'flatten' }, hidden] : [hidden];
  const config = parseConfig(mlp.config, { network, batchSize: B, ...settings }, 'model');
  const scale = plainScale(examples);
  const batches = new Batches(task, examples, {
    batchSize: B,
    shuffle: false,
    scale,
    rng: rngStreams(1)('shuffle'),
  });
  const model = await mlp.create({ shape, task }, config, rngStreams(1), compute, batches);
  const weights = () => model.tensors().flatMap(({ values }) => [...values]);
  const before = weights();
  await model.fit();
  await model.sync();
  const after = weights();
  model.dispose();
  return { before, after, inputs: examples.inputs };
}

/** −Σ t log p of a row, whose class is k mod 3. */
function crossEntropy(block: ArrayLike<number>, k: number, x: readonly number[], smoothing = 0): number {
  const logs = logSoftmax(stack(block, 0, SIZES, x));
  return -logs.reduce((sum, log, c) => sum + log * (smoothing / 3 + (c === k % 3 ? 1 - smoothing : 0)), 0);
}

/** Kernels are the first 20 numbers and the 15 after the hidden offsets. */
function kernels(block: Float64Array): readonly number[] {
  return [...block.subarray(0, 20), ...block.subarray(25, 40)];
}

const sgd = { optimizer: 'sgd', learningRate: 1 };

function gradientOf({
  before,
  after,
}: {
  before: readonly number[];
  after: readonly number[];
}): readonly number[] {
  return before.map((value, k) => value - after[k]);
}

it('is cross-entropy of smoothed labels, λ₁ Σ|w| and ½ λ₂ Σw² over kernels, not over offsets', async () => {
  const step = await firstStep({ ...sgd, l1: 0.05, l2: 0.3, labelSmoothing: 0.2 });
  expectGradient(gradientOf(step), step.before, (block) => {
    const fit = mean(range(B).map((k) => crossEntropy(block, k, row(step.inputs, k, 4), 0.2)));
    return kernels(block).reduce((sum, w) => sum + 0.05 * Math.abs(w) + 0.15 * w * w, fit);
  });
});

it('is half of it at examples moved by ε along the sign of their gradient, within 0 and 1', async () => {
  const step = await firstStep({ ...sgd, adversarial: 0.1 }, [2, 2, 1]);
  const at = Float64Array.from(step.before);
  const moved = range(B).map((k) => {
    const x = row(step.inputs, k, 4);
    const slope = x.map((_, j) => {
      const nudged = (by: number) =>
        crossEntropy(
          at,
          k,
          x.map((value, i) => (i === j ? value + by : value)),
        );
      return nudged(1e-5) - nudged(-1e-5);
    });
    return x.map((value, j) => Math.min(1, Math.max(0, value + 0.1 * Math.sign(slope[j]))));
  });
  expectGradient(gradientOf(step), step.before, (block) =>
    mean(
      range(B).map(
        (k) => (crossEntropy(block, k, row(step.inputs, k, 4)) + crossEntropy(block, k, moved[k])) / 2,
      ),
    ),
  );
});

it('lets weights decay by AdamW, and not by Adam', async () => {
  const settings = { learningRate: 0.01, weightDecay: 0.5 };
  const plain = gradientOf(await firstStep(sgd));
  const adam = await firstStep({ ...settings, optimizer: 'adam' });
  const adamW = await firstStep({ ...settings, optimizer: 'adamw' });
  plain.forEach((g, k) => {
    // The first step of Adam is as long for every weight.
    if (Math.abs(g) < 1e-4) return;
    expect(adam.after[k]).toBeCloseTo(adam.before[k] - 0.01 * Math.sign(g), 5);
    expect(adamW.after[k]).toBeCloseTo(adamW.before[k] - 0.01 * (Math.sign(g) + 0.5 * adamW.before[k]), 5);
  });
});
