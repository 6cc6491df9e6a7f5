/** The past of a run in its worker, and what another worker plays of it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Outcome } from '#worker/protocol.ts';
import told from '#ui/trained/agents.json';
import { harness, SETUP, until, type Harness } from '#tests/worker-harness.ts';

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

const timelineOf = async (h: Harness) => {
  const timeline = await h.client.call((api) => api.time.timeline());
  if (!timeline) throw new Error('no timeline');
  return timeline;
};

/** A run that has advanced so far and has so many checkpoints, at rest: how soon they are taken depends on the machine. */
async function advanced(h: Harness, steps: number, setup = SETUP, checkpoints = 4): Promise<void> {
  await h.create(setup);
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > steps);
  await expect.poll(async () => (await timelineOf(h)).checkpoints.length).toBeGreaterThanOrEqual(checkpoints);
  await h.client.pause();
}

test('checkpoints are kept while a run trains, and going back to one is exact, as often as one likes', async () => {
  const h = harness();
  await advanced(h, 30_000);
  const before = await timelineOf(h);
  expect(before.exact).toBe(true);
  expect(before.checkpoints[0]).toMatchObject({ step: 0, episodes: 0 });
  expect(before.checkpoints.length).toBeGreaterThan(3);
  expect(before.bytes).toBeGreaterThan(0);
  expect(before.cost).toBeLessThan(1);
  expect(before.points.map(({ kind }) => kind)).toContain('reward');
  const here = await h.client.call((api) => api.snapshot());
  const target = before.checkpoints[1];
  const stateAt = async () => {
    expect(valueOf(await h.client.call((api) => api.restore(target.id))).run).toBe(1);
    for (let k = 0; k < 30; k++) await h.client.step();
    return h.client.call((api) => api.snapshot());
  };
  const first = await stateAt();
  const there = await timelineOf(h);
  expect(there.checkpoints.at(-1)?.id).toBe(target.id);
  expect(there.left).toBe(Number(here?.['steps']));
  expect(await stateAt()).toEqual(first);
  // Back to where it went back from last, thirty steps after the checkpoint.
  valueOf(await h.client.call((api) => api.restore('left')));
  expect(await h.client.call((api) => api.snapshot())).toEqual(first);
  expect((await timelineOf(h)).left).toBeUndefined();
  const batch = await until(() => h.batches().findLast(({ episodes }) => episodes.from === 0));
  expect(batch.progress).toBe(Number(first?.['steps']));
  expect(await h.client.call((api) => api.restore(99_999))).toMatchObject({ ok: false });
});

test('another worker plays a checkpoint, tests it on named seeds, and shows a filmed episode', async () => {
  const [h, side] = [harness(), harness()];
  await advanced(h, 20_000);
  const { checkpoints, tapes } = await timelineOf(h);
  const { id, step } = checkpoints[2];
  const saved = valueOf(await h.client.call((api) => api.time.policy(id)));
  const now = valueOf(await h.client.call((api) => api.time.policy('now')));
  expect(saved.step).toBe(step);
  const test = async (policy: typeof saved) =>
    valueOf(await side.client.call((api) => api.side.test(policy, 20, 3)));
  const [then, later] = [await test(saved), await test(now)];
  expect(await test(saved)).toEqual(then);
  expect(later.step).toBeGreaterThan(then.step);

  valueOf(await side.client.call((api) => api.side.watch(saved, 3)));
  const picture = await side.client.call((api) => api.side.picture());
  expect(picture?.count).toBeGreaterThan(16);
  const film = valueOf(await h.client.call((api) => api.time.tape(tapes[0].number)));
  valueOf(await side.client.call((api) => api.side.replay(film)));
  await expect
    .poll(async () => (await side.client.call((api) => api.side.picture()))?.last)
    .toEqual({ return: film.tape.return, length: film.tape.length });
  expect(await h.client.call((api) => api.time.tape(99_999))).toMatchObject({ ok: false });
});

test('a replay buffer too large to be kept stays as it is, which is said; nothing is kept for runs that nobody looks back at', async () => {
  const h = harness();
  const large = { ...SETUP, request: { world: 'breakout', agent: 'dqn', seed: 1 } };
  await advanced(h, 300, { ...large, backend: 'simd' }, 1);
  const { exact, bytes, checkpoints } = await timelineOf(h);
  expect(exact).toBe(false);
  expect(bytes).toBeLessThan(96 * 2 ** 20);
  valueOf(await h.client.call((api) => api.restore(checkpoints[0].id)));
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 100);
  await h.create({ ...SETUP, unwatched: true });
  expect(await h.client.call((api) => api.time.timeline())).toBeUndefined();
});

test('the trained agents of the gallery are small, play as they are said to, and go on training', async () => {
  const [h, side] = [harness(), harness()];
  const folder = 'src/ui/trained/agents';
  const opened = told.map(({ world }) => new Blob([readFileSync(`${folder}/${world}.ludus`)]));
  expect(told.map(({ bytes }) => bytes)).toEqual(opened.map(({ size }) => size));
  expect(Math.max(...told.map(({ bytes }) => bytes))).toBeLessThanOrEqual(300_000);
  // Asked for one after another before the first has answered, as by somebody who clicks through them.
  const shown = await Promise.all(
    opened.map((file) => side.client.call((api) => api.side.watchFile(file, 1))),
  );
  expect(shown).toEqual(told.map(() => ({ ok: true })));
  expect((await side.client.call((api) => api.side.picture()))?.count).toBeGreaterThan(10);
  for (const [k, { world, steps, mean, std, episodes, seed }] of told.entries()) {
    // The arcade takes long.
    if (!['frozen-lake', 'cart-pole', 'minigrid-lava-gap'].includes(world)) continue;
    await h.create({ ...SETUP, backend: 'simd', file: opened[k] });
    const [timeline, saved] = [
      await timelineOf(h),
      valueOf(await h.client.call((api) => api.time.policy('now'))),
    ];
    expect(timeline.checkpoints[0].step).toBe(steps);
    const test = valueOf(await side.client.call((api) => api.side.test(saved, episodes, seed)));
    expect(test).toMatchObject({ mean, std });
    await h.client.start();
    await until(() => (h.batches().at(-1)?.progress ?? 0) > steps + 100);
    await h.client.pause();
  }
});
