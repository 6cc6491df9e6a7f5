/** What the page tests of a checkpoint is what `ludus evaluate` says of the same parameters. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { policyOf, StandIn } from '#train/history/stand-in.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { ludus, temporaryFolder } from './ludus.ts';

test('a checkpoint tested on the page gets the returns of `ludus evaluate`', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  const setup = resolveRun({ world: 'cart-pole', agent: 'ppo', seed: 4 });
  const run = await createRun(setup, compute);
  await run.advance(() => run.progress >= 5000);
  const state = await run.snapshot();
  const file = join(temporaryFolder(), 'run.ludus');
  writeFileSync(
    file,
    await encodeCheckpoint({ kind: 'run', request: setup.request, steps: run.progress, state }),
  );
  const standIn = await StandIn.create(setup, compute);
  await standIn.adopt(policyOf(state));
  const { returns, mean, std } = standIn.evaluate({ episodes: 20, seed: 9 });
  const { lines } = await ludus('evaluate', file, '--episodes', '20', '--seed', '9', '--json');
  expect(lines[0]).toMatchObject({ returns: [...returns], mean, std, seed: 9 });
});
