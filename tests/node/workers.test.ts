/**
 * Several workers that learn together, in real threads: what the trainer promises of steps, episodes, rest, checkpoints, live
 * changes and deaths.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Thread } from '#core/workers.ts';
import { child, children, savedArray, savedNumber, savedText, type Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const REQUEST: RunRequest = { world: 'cart-pole', agent: 'a3c', config: { workers: 2, steps: 5 }, seed: 4 };

let simd: Compute & Disposable;
beforeAll(async () => {
  simd = await createCompute('simd');
});
afterAll(() => simd[Symbol.dispose]());

const trainers: ReinforcementRun[] = [];
afterEach(() => trainers.splice(0).forEach((one) => one.dispose()));

/** A run of two workers, and the threads that it has started so far. */
async function lead(): Promise<{ trainer: ReinforcementRun; threads: Thread[] }> {
  const { threads } = simd;
  if (!threads) throw new Error('Node has threads');
  const started: Thread[] = [];
  const start = (): Thread => started[started.push(threads.start()) - 1];
  const compute = { ...simd, threads: { ...threads, start } };
  const trainer = await ReinforcementRun.create(resolveRun(REQUEST), compute);
  trainers.push(trainer);
  return { trainer, threads: started };
}

const play = async (trainer: ReinforcementRun, steps: number): Promise<void> => {
  const until = trainer.progress + steps;
  await trainer.advance(() => trainer.progress >= until);
};

const agentOf = (saved: Snapshot): Snapshot => child(saved, 'agent');
const drawsOf = (saved: Snapshot): unknown => savedArray(child(agentOf(saved), 'rngs'), 'exploration');
const sharedOf = (saved: Snapshot): Snapshot => child(agentOf(saved), 'shared');

describe('two workers', () => {
  it('play equally many steps, tell of all episodes in order, and rest between slices', async () => {
    const { trainer, threads } = await lead();
    expect(threads, 'threads before anything is played').toHaveLength(0);
    await trainer.advance(() => true);
    expect([trainer.progress, trainer.workers, threads.length]).toEqual([2, 2, 1]);
    await play(trainer, 3998);
    expect(trainer.progress).toBe(4000);
    const { step, slot, length } = trainer.recorder.episodesSince(0);
    expect(trainer.recorder.episodes).toBe(step.length);
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
    const [follower] = children(before, 'followers', 1);
    expect(savedNumber(follower, 'steps')).toBe(4000);
    expect(drawsOf(follower)).not.toEqual(drawsOf(before));
  });

  it('die by an error that names them, and go on from the checkpoint in other threads', async () => {
    const { trainer, threads } = await lead();
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
    const [{ agent }] = children(restored, 'followers', 1);
    const { exploration } = child(child({ agent }, 'agent'), 'rngs');
    structuredClone(exploration, { transfer: [(exploration as Int32Array<ArrayBuffer>).buffer] });
    await play(trainer, 1000);
    expect(threads).toHaveLength(2);
    const after = await trainer.snapshot();
    const [follower] = children(after, 'followers', 1);
    expect([trainer.progress, savedNumber(follower, 'steps')]).toEqual([2000, 2000]);
    const updates = savedNumber(sharedOf(after), 'updates') - savedNumber(sharedOf(saved), 'updates');
    expect(updates).toBeGreaterThan(200);
    expect(updates).toBeLessThanOrEqual(1000);
  });

  it('go on from a checkpoint that calls the followers a crew', async () => {
    const { trainer } = await lead();
    await play(trainer, 400);
    const saved = structuredClone(await trainer.snapshot());
    const { followers, ...rest } = saved;
    const { trainer: other } = await lead();
    await other.restore({ ...rest, crew: followers });
    expect(await other.snapshot()).toEqual(saved);
    await play(other, 400);
    const [follower] = children(await other.snapshot(), 'followers', 1);
    expect([other.progress, savedNumber(follower, 'steps')]).toEqual([800, 800]);
  });
});

describe('the workers of a run', () => {
  it('hear of live changes, also those made before they were there, and end with it', async () => {
    const { trainer, threads } = await lead();
    trainer.tune({ kind: 'agent', key: 'entropy', value: 0.5 });
    await trainer.advance(() => true);
    trainer.tune({ kind: 'reward', key: 'fall', value: 3 });
    const [follower] = children(await trainer.snapshot(), 'followers', 1);
    expect(JSON.parse(savedText(follower, 'live'))).toMatchObject({
      config: { entropyCoefficient: 0.5 },
      rewards: { fall: 3 },
    });
    const ended = new Promise((done) => threads[0].watch(done));
    trainer.dispose();
    await ended;
    await expect(trainer.advance(() => true)).rejects.toThrow('disposed');
  });

  it('pass on what went wrong in a thread', async () => {
    const { trainer, threads } = await lead();
    await trainer.advance(() => true);
    threads[0].post({
      kind: 'join',
      request: { ...trainer.setup.request, world: 'nowhere' },
      backend: 'simd',
    });
    const slices = (async () => {
      for (;;) await play(trainer, 200);
    })();
    await expect(slices).rejects.toThrow('worker 2 of 2 stopped: world: expected');
  });

  it('need wrappers that learn nothing of their own', () => {
    const normalised = { ...REQUEST, wrappers: { normaliseObservation: true } };
    expect(() => resolveRun(normalised)).toThrow('wrap.normaliseObservation: expected false where several');
    expect(() => resolveRun({ ...normalised, config: { workers: 1 } })).not.toThrow();
  });
});
