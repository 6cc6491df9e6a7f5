/**
 * A step allocates nothing, and nothing stays behind. Both are looked at window by window until one is calm: compiling allocates, and so
 * do functions that are not compiled yet, for as long as the machine takes; a step that allocates does so in every window.
 */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
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

/** Bytes in the space for new objects: grows with everything allocated, shrinks only by a collection. */
function bytesNew(): number {
  let used = 0;
  for (const space of getHeapSpaceStatistics())
    if (space.space_name.startsWith('new')) used += space.space_used_size;
  return used;
}

/** What looking at memory allocates by itself. */
function costOfLooking(): number {
  const before = bytesNew();
  return bytesNew() - before;
}

/** A world that is not calm by now never will be. */
const STEPS = 3_000_000;
const PATIENCE_MS = 30_000;
/** Memory is looked at this often at first; windows get longer, so that looking takes little of the time. */
const WINDOW = 10_000;
const LONG_MS = 50;
/** What a window may leave behind whatever its length. */
const ALLOWED = 64 * 1024;
/** What a step may allocate on the average: an eighth of the smallest object, which is for what rare paths do uncompiled. */
const BYTES_PER_STEP = 2;

describe.each(defaults)('$name', (setting) => {
  it('allocates nothing in a step and leaves nothing behind', { retry: 1, timeout: 90_000 }, () => {
    const n = observationSize(kernelFor(setting).spec) > 1000 ? 8 : 64;
    const play = new RandomPlay(kernelFor(setting), { n, seed: 1, actionSeed: 2 });
    // Chosen beforehand, so that only the world is looked at.
    const chosen = Array.from({ length: 16 }, () => {
      play.choose();
      return structuredClone(play.actions);
    });
    const start = performance.now();
    let steps = 0;
    let window = WINDOW;
    let stayed = Infinity;
    let allocated = Infinity;
    let before = bytesInUse();
    while (
      (stayed >= ALLOWED || allocated >= BYTES_PER_STEP) &&
      steps < STEPS &&
      performance.now() - start < PATIENCE_MS
    ) {
      const began = performance.now();
      const looking = costOfLooking();
      const unused = bytesNew();
      for (let t = 0; t * n < window; t++) play.env.step(chosen[t & 15]);
      // A collection within the window would hide what it collected; it takes a lot of garbage, and shows as a loss.
      const made = bytesNew() - unused - looking;
      allocated = made < 0 ? Infinity : made / window;
      const after = bytesInUse();
      stayed = after - before;
      before = after;
      steps += window;
      if (performance.now() - began < LONG_MS) window *= 2;
    }
    expect(stayed).toBeLessThan(ALLOWED);
    expect(allocated).toBeLessThan(BYTES_PER_STEP);
  });
});
