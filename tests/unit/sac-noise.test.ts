/** SAC's noise lasts for `noiseSteps` steps, in every environment alike and at random as well as around the policy. */
import { expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

/** The first environment's actions in the random steps at the start. */
async function randomActions(config: Readonly<Record<string, unknown>>): Promise<readonly number[]> {
  const played: number[] = [];
  using compute = await createCompute('simd', { threads: 1 });
  const request = {
    world: 'mountain-car-continuous',
    agent: 'sac',
    config: { numEnvs: 2, learningStarts: 24, ...config },
  };
  const run = await createRun(resolveRun(request), compute);
  run.watcher = { stepped: (_env, actions) => played.push(actions.box[0]) };
  await run.advance(() => played.length >= 12);
  run.dispose();
  return played;
}

it('keeps what it has drawn for so many steps of an environment', async () => {
  const played = await randomActions({ noiseSteps: 4 });
  const blocks = [0, 4, 8].map((from) => played.slice(from, from + 4));
  for (const block of blocks) expect(new Set(block).size).toBe(1);
  expect(new Set(played).size).toBe(3);
});

it('draws anew at every step unless told otherwise', async () => {
  expect(new Set(await randomActions({})).size).toBe(12);
});
