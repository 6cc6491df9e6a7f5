/** Benchmarks whose seeds train in threads of their own. */
import { expect, it } from 'vitest';
import { benchmark } from '#package/benchmark.ts';

const options = { world: 'corridor', agent: 'q-learning', steps: 2000, episodes: 5 } as const;

it('gives a seed the same result in any number of threads', async () => {
  const seeds = [3, 1, 2];
  const alone = await benchmark({ ...options, seeds });
  expect(await benchmark({ ...options, seeds, threads: 2 })).toEqual(alone);
});

it('says which module a thread cannot load', async () => {
  const modules = ['./nowhere.mjs'];
  await expect(benchmark({ ...options, seeds: 2, threads: 2, modules })).rejects.toThrow(
    /^modules: expected files that Node can import .*nowhere\.mjs/,
  );
});
