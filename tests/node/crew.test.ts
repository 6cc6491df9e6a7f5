/**
 * Several workers that learn together, in real threads with and without shared memory: what the trainer promises of steps,
 * episodes, rest, checkpoints, live changes and deaths.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Thread } from '#core/crew.ts';
import { child, children, savedArray, savedNumber, savedText, type Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { Trainer } from '#train/runs/trainer.ts';

const REQUEST: RunRequest = { world: 'cart-pole', agent: 'a3c', config: { workers: 2, steps: 5 }, seed: 4 };

let simd: Compute & Disposable;
beforeAll(async () => {
  simd = await createCompute('simd');
});
afterAll(() => simd[Symbol.dispose]());

const trainers: Trainer[] = [];
afterEach(() => trainers.splice(0).forEach((one) => one.dispose()));

/** A run of two workers, and the threads that it has started so far. */
async function lead(shareMemory = true): Promise<{ trainer: Trainer; threads: Thread[] }> {
  const { threads } = simd;
  if (!threads) throw new Error('Node has threads');
  const started: Thread[] = [];
  const start = (): Thread => started[started.push(threads.start()) - 1];
  const compute = { ...simd, threads: { ...threads, shareMemory, start } };
  const trainer = await Trainer.create(resolveRun(REQUEST), compute);
  trainers.push(trainer);
  return { trainer, threads: started };
}

const play = async (trainer: Trainer, steps: number): Promise<void> => {
  const until = trainer.steps + steps;
  await trainer.advance(() => trainer.steps >= until);
};

const agentOf = (saved: Snapshot): Snapshot => child(saved, 'agent');
const drawsOf = (saved: Snapshot): unknown => savedArray(child(agentOf(saved), 'rngs'), 'exploration');
const sharedOf = (saved: Snapshot): Snapshot => child(agentOf(saved), 'shared');

describe.each([
  { how: 'with shared memory', shareMemory: true },
  { how: 'by messages', shareMemory: false },
])('two workers $how', ({ shareMemory }) => {
  it('play equally many steps, tell of all episodes in order, and rest between slices', async () => {
    const { trainer, threads } = await lead(shareMemory);
    expect(threads, 'threads before anything is played').toHaveLength(0);
    await trainer.advance(() => true);
    expect([trainer.steps, trainer.workers, threads.length]).toEqual([2, 2, 1]);
    await play(trainer, 3998);
    expect(trainer.steps).toBe(4000);
    const { step, slot, length } = trainer.recorder.episodesSince(0);
    expect(trainer.episodes).toBe(step.length);
    for (const worker of [0, 1]) {
      const played = length.reduce((sum, each, row) => sum + (slot[row] === worker ? each : 0), 0);
      // What is missing is the episode under way.
      expect(played, `steps of worker ${worker}`).toBeGreaterThan(1500);
      expect(played, `steps of worker ${worker}`).toBeLessThanOrEqual(2000);
    }
    expect([...step]).toEqual([...step].sort((a, b) => a - b));

    const before = await trainer.snapshot();
    await new Promise((done) => setTimeout(done, 50));
    expect(await trainer.snapshot()).toEqual(before);
    // Each updated after five steps or at the end of an episode.
    expect(savedNumber(sharedOf(before), 'updates')).toBeGreaterThan(700);
    const [peer] = children(before, 'crew', 1);
    expect(savedNumber(peer, 'steps')).toBe(4000);
    expect(drawsOf(peer)).not.toEqual(drawsOf(before));
  });

  it('die by an error that names them, and go on from the checkpoint in other threads', async () => {
    const { trainer, threads } = await lead(shareMemory);
    await play(trainer, 1000);
    const saved = structuredClone(await trainer.snapshot());
    setTimeout(() => threads[0].terminate(), 20);
    const slices = (async () => {
      for (;;) await play(trainer, 2000);
    })();
    await expect(slices).rejects.toThrow(/^a3c on cart-pole, step \d+: worker 2 of 2 stopped: its thread/);
    await expect(trainer.snapshot()).rejects.toThrow('worker 2 of 2');

    await trainer.restore(saved);
    const restored = await trainer.snapshot();
    expect(restored).toEqual(saved);
    // As a page takes it: what it got is gone here, and the run goes on all the same.
    const [{ agent }] = children(restored, 'crew', 1);
    const { exploration } = child(child({ agent }, 'agent'), 'rngs');
    structuredClone(exploration, { transfer: [(exploration as Int32Array<ArrayBuffer>).buffer] });
    await play(trainer, 1000);
    expect(threads).toHaveLength(2);
    const after = await trainer.snapshot();
    const [peer] = children(after, 'crew', 1);
    expect([trainer.steps, savedNumber(peer, 'steps')]).toEqual([2000, 2000]);
    const updates = savedNumber(sharedOf(after), 'updates') - savedNumber(sharedOf(saved), 'updates');
    expect(updates).toBeGreaterThan(200);
    expect(updates).toBeLessThanOrEqual(1000);
  });
});

describe('the crew of a run', () => {
  it('hears of live changes, also those made before it was there, and ends with its run', async () => {
    const { trainer, threads } = await lead();
    trainer.tune({ kind: 'agent', key: 'entropy', value: 0.5 });
    await trainer.advance(() => true);
    trainer.tune({ kind: 'reward', key: 'fall', value: 3 });
    const [peer] = children(await trainer.snapshot(), 'crew', 1);
    expect(JSON.parse(savedText(peer, 'live'))).toMatchObject({
      config: { entropyCoefficient: 0.5 },
      rewards: { fall: 3 },
    });
    const ended = new Promise((done) => threads[0].watch(done));
    trainer.dispose();
    await ended;
    await expect(trainer.advance(() => true)).rejects.toThrow('disposed');
  });

  it('passes on what went wrong in a thread', async () => {
    const { trainer, threads } = await lead();
    await trainer.advance(() => true);
    threads[0].post({ kind: 'join', request: { ...trainer.run.request, world: 'nowhere' }, backend: 'simd' });
    const slices = (async () => {
      for (;;) await play(trainer, 200);
    })();
    await expect(slices).rejects.toThrow('worker 2 of 2 stopped: world: expected');
  });

  it('needs threads, and wrappers that learn nothing of their own', async () => {
    const { threads: _, ...single } = simd;
    await expect(Trainer.create(resolveRun(REQUEST), single)).rejects.toThrow(
      'agent.workers: expected 1 where there are no threads, got 2',
    );
    const normalised = { ...REQUEST, wrappers: { normaliseObservation: true } };
    expect(() => resolveRun(normalised)).toThrow('wrap.normaliseObservation: expected false where several');
    expect(() => resolveRun({ ...normalised, config: { workers: 1 } })).not.toThrow();
  });
});
