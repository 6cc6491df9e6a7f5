/** A million steps of every world leave nothing behind: memory after a collection is what it was before. */
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
/** A leak of a byte a step would be four times this; compiled code and the test's own report are far less. */
const ALLOWED = 256 * 1024;

describe.each(defaults)('$name', (setting) => {
  it('does not grow over a million steps', () => {
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
    run(20_000);
    const before = bytesInUse();
    run(STEPS);
    expect(bytesInUse() - before).toBeLessThan(ALLOWED);
  });
});
