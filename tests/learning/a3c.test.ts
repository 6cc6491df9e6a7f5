/**
 * A3C with several workers, which race: what it learns has to hold for any order of their updates, so seeds fix less here than
 * elsewhere. With one worker the run is the same every time.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { evaluate } from '#train/runs/evaluate.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const CART_POLE = { world: 'cart-pole', agent: 'a3c', preset: 'cart-pole' } as const;

let simd: Compute & Disposable;
beforeAll(async () => {
  simd = await createCompute('simd');
});
afterAll(() => simd[Symbol.dispose]());

/** Mean return of 20 greedy episodes after so many env steps, played in slices as the command line does. */
async function learn(request: RunRequest, steps: number): Promise<number> {
  const run = resolveRun(request);
  const trainer = await ReinforcementRun.create(run, simd);
  try {
    while (trainer.progress < steps) {
      const slice = Math.min(steps, trainer.progress + 10_000);
      await trainer.advance(() => trainer.progress >= slice);
    }
    return evaluate(run, trainer.agent, { episodes: 20, seed: 1 }).mean;
  } finally {
    trainer.dispose();
  }
}

describe('a corridor, where only the way to its end is paid', () => {
  it('two workers learn it', async () => {
    const config = { workers: 2 };
    expect(await learn({ world: 'corridor', agent: 'a3c', config }, 20_000)).toBe(1);
  });
});

describe('CartPole, where 500 is all there is and a random player gets 22', () => {
  it('one worker solves it within 500k steps', async () => {
    const config = { workers: 1 };
    const mean = await learn({ ...CART_POLE, config, seed: 1 }, 500_000);
    expect(mean).toBeGreaterThanOrEqual(475);
  });

  it('two workers solve it within 500k steps, at least two times of three', async () => {
    const means: number[] = [];
    for (const seed of [1, 2, 3])
      means.push(await learn({ ...CART_POLE, config: { workers: 2 }, seed }, 500_000));
    expect(means.filter((mean) => mean >= 475).length, means.join(', ')).toBeGreaterThanOrEqual(2);
  });
});
