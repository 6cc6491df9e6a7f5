/**
 * The process behind env-memory.test.ts: prints a line of JSON per world with what a step allocates and what stays behind. Memory is
 * looked at window by window until one is calm, as interpreted code allocates every double that it computes and compiling allocates too;
 * a step that allocates does so in every window. Worlds named as arguments are the only ones measured.
 */
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { observationSize } from '#core/env.ts';
import { kernelFor, RandomPlay, type Setting } from '#package/contract/env-play.ts';
import { CALM, type Memory } from './memory.ts';
import { defaults } from './settings.ts';

declare const gc: () => void;

/** Worlds are calm after 140 000 steps at most; one that is not by now never will be. */
const STEPS = 500_000;
const WINDOW = 20_000;

/** Bytes in use after everything unreachable is gone, typed arrays included. */
function bytesInUse(): number {
  gc();
  gc();
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

function measure(setting: Setting): Memory {
  const n = observationSize(kernelFor(setting).spec) > 1000 ? 8 : 64;
  const play = new RandomPlay(kernelFor(setting), { n, seed: 1, actionSeed: 2 });
  // Chosen beforehand, so that only the world is looked at.
  const chosen = Array.from({ length: 16 }, () => {
    play.choose();
    return structuredClone(play.actions);
  });
  let allocated = Infinity;
  let stayed = Infinity;
  let before = bytesInUse();
  for (let steps = 0; steps < STEPS; steps += WINDOW) {
    const looking = costOfLooking();
    const unused = bytesNew();
    for (let t = 0; t * n < WINDOW; t++) play.env.step(chosen[t & 15]);
    // A collection within the window would hide what it collected; it takes more garbage than the space for new objects holds.
    const made = bytesNew() - unused - looking;
    allocated = made < 0 ? Infinity : made / WINDOW;
    const after = bytesInUse();
    stayed = after - before;
    before = after;
    if (stayed < CALM.stayed && allocated < CALM.allocated) break;
  }
  return { world: setting.name, stayed, allocated };
}

const wanted = process.argv.slice(2);
for (const setting of defaults)
  if (wanted.length === 0 || wanted.includes(setting.name)) console.log(JSON.stringify(measure(setting)));
