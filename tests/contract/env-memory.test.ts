/** A million steps of a world leave nothing behind: memory after a collection is what it was before. Slow worlds stop sooner. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { observationSize } from '#core/env.ts';
import { defaults, kernelFor, RandomPlay } from './env-play.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use after everything unreachable is gone, typed arrays included. */
function bytesInUse(): number {
  collect();
  collect();
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

const STEPS = 1_000_000;
/** A slow world stops here. */
const ENOUGH_MS = 300;
/** Memory is looked at this often at first. Compiled code comes once, a leak in every window: the calmest of the last three counts. */
const WINDOW = 10_000;
/** What a window may grow by whatever its length. A fast world's last ones have 100 000 steps: a byte per step would show. */
const ALLOWED = 64 * 1024;

describe.each(defaults)('$name', (setting) => {
  it('does not grow however long it runs', () => {
    const n = observationSize(kernelFor(setting).spec) > 1000 ? 8 : 64;
    const play = new RandomPlay(kernelFor(setting), { n, seed: 1, actionSeed: 2 });
    play.choose();
    // One choice of actions for every few steps keeps the time in the world.
    const run = (steps: number): void => {
      for (let t = 0; t < steps; t += n) {
        if (t % (8 * n) === 0) play.choose();
        play.env.step(play.actions);
      }
    };
    run(WINDOW);
    const start = performance.now();
    const growth: number[] = [];
    let steps = 0;
    let scale = 1;
    let before = bytesInUse();
    while (growth.length < 3 || (steps < STEPS && performance.now() - start < ENOUGH_MS)) {
      const began = performance.now();
      run(WINDOW * scale);
      const took = performance.now() - began;
      const after = bytesInUse();
      growth.push(after - before);
      before = after;
      steps += WINDOW * scale;
      // A fast world's windows get longer, so that looking at memory takes little of the time.
      if (took < 50) scale *= 2;
    }
    expect(Math.min(...growth.slice(-3))).toBeLessThan(ALLOWED);
  });
});
