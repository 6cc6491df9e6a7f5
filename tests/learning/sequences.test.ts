/** A GRU on MNIST-1D, as its preset has it: the digits are read number by number. */
import { expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';

it('a GRU reads 95 % of MNIST-1D, of which an MLP reads 68 %', async () => {
  const setup = resolveFit({ data: 'mnist-1d', model: 'gru', preset: 'mnist-1d', seed: 1 });
  if (setup.data.kind !== 'generated') throw new Error('expected data without files');
  using compute = await createCompute('simd');
  const run = await ModelRun.create(setup, setup.data.load(setup.dataConfig), compute);
  await run.advance(() => run.finished);
  const scores = await run.evaluate('test');
  expect(scores).toMatchObject({ kind: 'classes', count: 1000 });
  expect(scores.kind === 'classes' && scores.accuracy).toBeGreaterThan(0.95);
  run.dispose();
}, 300_000);
