/**
 * Unit tests of several files run in one process, one after another: importing everything anew for each took almost half of the time. So
 * a file must leave the process as it found it, and here the one that does not fails, instead of another that comes later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { agents } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';

/** What keeps a process alive, of which a file may have begun some. */
const ACTIVE = ['Timeout', 'Immediate', 'Worker', 'TCPServerWrap', 'ProcessWrap'];

const lasting = () => ({
  // tfjs registers its engine under names of its own.
  globals: Object.getOwnPropertyNames(globalThis).filter((name) => !name.startsWith('_tf')),
  environment: { ...process.env },
  folder: process.cwd(),
  catalogues: [agents, worlds].map((list) => list.map(({ id }) => id)),
});

function active(): Readonly<Record<string, number>> {
  const all = process.getActiveResourcesInfo();
  return Object.fromEntries(ACTIVE.map((kind) => [kind, all.filter((each) => each === kind).length]));
}

/** What a file has begun and not ended. */
const left = (): readonly string[] => ACTIVE.filter((kind) => active()[kind] > running[kind]);

let before: ReturnType<typeof lasting>;
let running: ReturnType<typeof active>;

beforeAll(() => {
  [before, running] = [lasting(), active()];
});

afterAll(async () => {
  expect(lasting()).toEqual(before);
  // What was told to end may need a moment.
  for (let look = 0; look < 1000 && left().length > 0; look++) await sleep(5);
  expect(left()).toEqual([]);
});
