/** The gradient step of behaviour cloning: −mean log π(a | s) of what is demonstrated, by Adam (Kingma & Ba 2015). */
import { expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { randomRecording } from '#package/contract/random-recording.ts';
import {
  expectGradient,
  gradientSeen,
  logSoftmax,
  mean,
  range,
  recording,
  row,
  stack,
  type Update,
} from '#tests/recorded-updates.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { FitRun } from '#train/runs/fit.ts';

it('climbs the likelihood of the demonstrated actions with β₁ = 0.9 and β₂ = 0.999', async () => {
  using device = await createCompute('simd', { threads: 1 });
  const updates: Update[] = [];
  const config = {
    network: [{ kind: 'dense', units: 4, activation: 'tanh' }],
    batchSize: 16,
    gradientSteps: 1,
    gradientClip: 0,
    heldOut: 0,
    learningRate: 0.01,
  };
  const demonstrations = randomRecording('cart-pole', 1, 200);
  const request = { world: 'cart-pole', agent: 'bc', demonstrations, config };
  const run = await FitRun.create(resolveRun(request), recording(device, updates));
  await run.advance(() => updates.length >= 3);
  run.dispose();
  const update = updates[2];
  const { before, after, inputs } = update;
  const gradient = gradientSeen(update);
  expectGradient(gradient, before['params'], (block) =>
    mean(
      range(inputs['actions'].length).map(
        (k) => -logSoftmax(stack(block, 0, [4, 4, 2], row(inputs['obs'], k, 4)))[inputs['actions'][k]],
      ),
    ),
  );
  const v = 'optimizer/v';
  gradient.forEach((g, k) => expect(after[v][k]).toBeCloseTo(0.999 * before[v][k] + 0.001 * g * g, 7));
});
