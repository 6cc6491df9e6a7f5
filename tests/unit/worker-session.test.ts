/** The worker's own code behind its own client: commands, events, errors and death. */
import { expect, test, vi } from 'vitest';
import { STRIDE } from '#core/draw-list.ts';
import { child, savedArray, type Snapshot } from '#core/snapshot.ts';
import { harness, SETUP, until } from '#tests/worker-harness.ts';
import { WorkerDied } from '#worker/client.ts';
import type { BatchEvent, Vital } from '#worker/protocol.ts';

test('the catalogue crosses to the page', async () => {
  const { client } = harness();
  const { worlds, agents } = await client.call((api) => api.catalogue());
  expect(worlds.map((world) => world.id)).toContain('frozen-lake');
  expect(agents.map((agent) => agent.id)).toContain('q-learning');
});

test('a new run is paused, drawn, and says all its values', async () => {
  const h = harness();
  const info = await h.create();
  expect(info).toMatchObject({ run: 1, slots: 1, backend: { choice: 'cpu', fallback: false } });
  expect(info.request.config).toHaveProperty('gamma');
  const frame = await until(() => h.frames()[0]);
  expect(frame.count).toBeGreaterThan(16);
  expect(new Float32Array(frame.buffer, 0, frame.count * STRIDE).every(Number.isFinite)).toBe(true);
  expect(frame.inspection.actionValues).toHaveLength(4);
  await h.client.call((api) => api.ping());
  expect((await until(() => h.batches().at(-1))).progress).toBe(0);
});

test('a replay buffer that no browser can save is refused by its field, and what another takes is said', async () => {
  const h = harness();
  const request = { world: 'pong', agent: 'dqn', params: { observation: 'pixels' } };
  const check = (replaySize: number) =>
    h.client.call((api) => api.check({ ...request, config: { replaySize } }));
  expect(await check(150_000)).toEqual([]);
  const [problem] = await check(160_000);
  expect(problem).toMatchObject({ field: 'agent.replaySize', got: '160000, which take 4.5 GB' });
  expect((await h.create({ ...SETUP, request: { world: 'cart-pole', agent: 'dqn' } })).memoryBytes).toBe(
    2_100_000,
  );
});

test('turbo trains, sends few frames, and every finished episode exactly once', async () => {
  const begin = performance.now();
  const h = harness();
  await h.create();
  await h.client.start();
  await until(() => h.batches().some(({ progress, rate }) => progress > 20_000 && rate > 0));
  await h.client.pause();
  await until(() => h.batches().at(-1)?.running === false);
  let known = 0;
  for (const { episodes } of h.batches()) {
    expect([0, known]).toContain(episodes.from);
    known = episodes.from + episodes.step.length;
  }
  expect(known).toBeGreaterThan(100);
  expect(h.batches().at(-1)?.rate).toBe(0);
  // At most four a second, and the first and the last; however long it takes.
  expect(h.frames().length).toBeLessThanOrEqual(3 + (performance.now() - begin) / 250);
});

test('pause stops it, a step is one step, and a slow page gets no more than two frames', async () => {
  const h = harness({ giveBack: false });
  await h.create({ ...SETUP, speed: '64' });
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 50);
  await h.client.pause();
  await until(() => h.batches().at(-1)?.running === false);
  const before = h.batches().at(-1)?.progress ?? 0;
  await h.client.step();
  await h.client.step();
  await until(() => h.batches().at(-1)?.progress === before + 2);
  expect(h.frames()).toHaveLength(2);
});

test('a live change is marked; a wrong or a fixed one is refused and it goes on', async () => {
  const h = harness();
  await h.create();
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 100);
  const mark = await h.client.call((api) => api.setLive({ kind: 'reward', key: 'goal', value: '5' }));
  expect(mark).toMatchObject({ ok: true, value: { kind: 'reward', key: 'goal', value: 5 } });
  const wrong = await h.client.call((api) => api.setLive({ kind: 'agent', key: 'gamma', value: 'much' }));
  expect(wrong).toMatchObject({ ok: false, problems: [{ field: 'agent.gamma', got: '"much"' }] });
  const marks = await until(() => h.batches().findLast((batch) => batch.marks?.length)?.marks);
  expect(marks).toHaveLength(1);
  const { progress: steps } = h.batches().at(-1) as BatchEvent;
  await until(() => (h.batches().at(-1)?.progress ?? 0) > steps);
});

test('a request that is wrong leaves the run before it going', async () => {
  const h = harness();
  await h.create();
  await h.client.start();
  const wrong = { ...SETUP, request: { ...SETUP.request, world: 'frozen-lek' } };
  expect(await h.client.create(wrong)).toMatchObject({ ok: false, problems: [{ field: 'world' }] });
  const elsewhere = { ...SETUP, backend: 'webgl' } as const;
  expect(await h.client.create(elsewhere)).toMatchObject({ ok: false, problems: [{ field: 'backend' }] });
  // More than once: a last batch of the run that was put away may still be on its way.
  for (let time = 0; time < 3; time++) {
    const steps = h.batches().at(-1)?.progress ?? 0;
    await until(() => (h.batches().at(-1)?.progress ?? 0) > steps);
  }
  expect(h.batches().at(-1)?.run).toBe(1);
});

test('a snapshot continues as if it had never stopped', async () => {
  const h = harness();
  await h.create();
  const run = async (steps: number): Promise<void> => {
    for (let i = 0; i < steps; i++) await h.client.step();
  };
  await run(60);
  const saved = await h.client.call((api) => api.snapshot());
  if (!saved) throw new Error('no snapshot');
  await run(60);
  const first = await h.client.call((api) => api.snapshot());
  expect(await h.client.call((api) => api.restore(saved))).toMatchObject({ ok: true });
  await run(60);
  expect(await h.client.call((api) => api.snapshot())).toEqual(first);
});

test('when the worker dies nobody waits for ever, and the run goes on from its checkpoint', async () => {
  const h = harness({ checkpoint: 30 });
  await h.create();
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 1000);
  await until(() => h.client.checkpoint);
  const waiting = h.client.call((api) => api.snapshot());
  h.worker.die('out of memory');
  await expect(waiting).rejects.toThrow(WorkerDied);
  await expect(h.client.start()).rejects.toThrow('out of memory');
  expect(h.deaths).toEqual(['out of memory']);
  h.events.length = 0;
  expect(await h.client.restart()).toMatchObject({ ok: true, value: { run: 1 } });
  const batch = await until(() => h.batches().find(({ progress: steps }) => steps > 0));
  expect(batch.episodes.from).toBe(0);
  expect(batch.episodes.step.length).toBeGreaterThan(0);
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > batch.progress);
});

test('an error in the run ends it with a message; the worker lives and takes another run', async () => {
  const h = harness();
  await h.create();
  h.worker.session.fail(new Error('q-learning on frozen-lake, step 7: not a number'));
  await until(() => h.events.some((event) => event.kind === 'failed' && event.message.includes('step 7')));
  await h.client.start();
  expect((await h.create()).run).toBe(2);
});

test('a run that diverges says what helps, leaves no checkpoint, and can be restarted', async () => {
  const h = harness();
  const rewards = { step: 1e38 };
  const config = { learningStarts: 200 };
  const request = { world: 'cart-pole', agent: 'dqn', rewards, config };
  await h.create({ request, backend: 'simd', speed: 'turbo' });
  await h.client.start();
  const failed = await until(() => h.events.find((event) => event.kind === 'failed'));
  expect(failed.message).toMatch(
    /^dqn on cart-pole, step 20\d: training has diverged, .*Try a lower learningRate/,
  );
  expect(await h.client.call((api) => api.snapshot())).toBeUndefined();
  expect(await h.client.restart()).toMatchObject({ ok: true });
  expect((await h.create()).run).toBe(2);
});

test('a checkpoint with numbers that are not finite ends the run instead of being kept', async () => {
  const h = harness();
  await h.create({ request: { world: 'frozen-lake', agent: 'q-learning' }, backend: 'cpu', speed: '1' });
  const saved = (await h.client.call((api) => api.snapshot())) as Snapshot;
  savedArray(child(saved, 'agent'), 'q').fill(NaN);
  await h.client.call((api) => api.restore(saved));
  expect(await h.client.call((api) => api.snapshot())).toBeUndefined();
  await until(() => h.events.some((event) => event.kind === 'failed' && event.message.includes('agent.')));
  expect((await h.create()).run).toBe(2);
});

test('a worker that does not answer while it is busy is noticed, and so is its return', async () => {
  const h = harness({ patience: 200 });
  await h.create();
  const busy = { work: 0, busy: 'long' } as const;
  const sleepers: ((vital: Vital) => void)[] = [];
  const ping = vi.spyOn(h.worker.session, 'ping').mockReturnValueOnce(busy);
  ping.mockImplementation(() => new Promise<Vital>((resolve) => sleepers.push(resolve)) as never);
  await until(() => h.silences.length === 1);
  ping.mockReset();
  sleepers.forEach((wake) => wake(busy));
  await until(() => h.silences.length === 2);
  expect([h.silences, h.deaths]).toEqual([[true, false], []]);
});
