/** What only a memory can do: a cue that is asked for when it is no longer shown. Fixed seeds, greedy play in fresh worlds. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { evaluate } from '#train/runs/evaluate.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

/** Mean return of 100 greedy episodes after 20k steps: 1 where every answer is right, about 0 where they are guesses. */
async function learn(memory: 'none' | 'gru' | 'lstm', delay: number, seed: number): Promise<number> {
  const request = { world: 'memory', params: { delay }, agent: 'ppo', preset: 'memory', seed };
  const run = resolveRun({ ...request, config: { memory } });
  const trainer = await ReinforcementRun.create(run, compute);
  await trainer.advance(() => trainer.progress >= 20_000);
  const { mean } = evaluate(run, trainer.agent, { episodes: 100, seed: 1 });
  trainer.dispose();
  return mean;
}

it.each(['gru', 'lstm'] as const)('PPO with a %s answers always right after 3 steps', async (memory) => {
  expect(await learn(memory, 3, 1)).toBe(1);
});

it('PPO with a GRU answers always right after 10 steps for at least two of three seeds', async () => {
  const means: number[] = [];
  for (const seed of [1, 2, 3]) means.push(await learn('gru', 10, seed));
  expect(means.filter((mean) => mean === 1).length, means.join(', ')).toBeGreaterThanOrEqual(2);
});

it('PPO without a memory guesses, and answers right where the cue is still shown', async () => {
  expect(Math.abs(await learn('none', 3, 1))).toBeLessThan(0.35);
  expect(await learn('none', 0, 1)).toBe(1);
});
