/** Taking over as the page does it: the agent is not touched, what was played can be kept and learned from. */
import { expect, test } from 'vitest';
import { Playback } from '#train/recordings/playback.ts';
import { parseRecording } from '#train/recordings/recording.ts';
import { harness, SETUP, until, type Harness } from '#tests/worker-harness.ts';
import type { HumanPlayInfo, PlayedEpisode, Setup } from '#worker/protocol.ts';

async function startHumanPlay({ client }: Harness): Promise<HumanPlayInfo> {
  const outcome = await client.call((api) => api.startHumanPlay());
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

async function press({ client }: Harness, ...actions: readonly number[]): Promise<void> {
  for (const action of actions) {
    await client.call((api) => api.press(action, true));
    await client.call((api) => api.press(action, false));
  }
}

const played = ({ events }: Harness): readonly PlayedEpisode[] =>
  events.flatMap((event) => (event.kind === 'played' ? [event.episode] : []));

function text(episodes: readonly PlayedEpisode[]): string {
  return episodes[0].header + episodes.map(({ line }) => line).join('');
}

const DOWN_AND_RIGHT = [1, 1, 2, 1, 2, 2];
const lake = (request: Partial<Setup['request']> = {}): Setup => ({
  ...SETUP,
  backend: 'simd',
  request: { world: 'frozen-lake', params: { slippery: false }, agent: 'q-learning', seed: 3, ...request },
});

test('the agent waits and is not touched: the same seed learns the same with and without', async () => {
  const [plain, taken] = [harness(), harness()];
  const snapshots = await Promise.all(
    [plain, taken].map(async (h) => {
      await h.create(lake());
      for (let i = 0; i < 40; i++) await h.client.step();
      if (h === taken) {
        await startHumanPlay(h);
        await press(h, ...DOWN_AND_RIGHT, 0, 0, 0);
        await h.client.start();
        await h.client.call((api) => api.endHumanPlay());
      }
      for (let i = 0; i < 40; i++) await h.client.step();
      return h.client.call((api) => api.snapshot());
    }),
  );
  expect(snapshots[1]).toEqual(snapshots[0]);
});

test('it is shown while it is played, and the run again afterwards', async () => {
  const h = harness();
  await h.create(lake());
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 100);
  expect(await startHumanPlay(h)).toMatchObject({ world: 'frozen-lake', realTime: false });
  await until(() => h.frames().at(-1)?.inspection.actionValues === undefined);
  await press(h, 1, 1);
  await until(() => h.frames().at(-1)?.episodeLength === 2);
  const { progress: steps } = h.batches().at(-1) ?? {};
  const left = await h.client.call((api) => api.endHumanPlay());
  expect(left).toMatchObject({ steps: 2, return: 0, end: 'cut' });
  await until(() => h.frames().at(-1)?.inspection.actionValues);
  expect(h.batches().at(-1)).toMatchObject({ running: false, progress: steps });
  expect(await h.client.call((api) => api.endHumanPlay())).toBeUndefined();
});

test('a page without room for a frame gets the last one later', async () => {
  const h = harness({ giveBack: false });
  await h.create(lake());
  await startHumanPlay(h);
  await press(h, 1, 1, 2);
  expect(h.frames()).toHaveLength(2);
  h.client.giveBack(h.frames()[0].buffer);
  await until(() => h.frames().at(-1)?.episodeLength === 3);
});

test('what was played is a recording that plays again, over several sittings', async () => {
  const h = harness();
  await h.create(lake());
  await startHumanPlay(h);
  await press(h, ...DOWN_AND_RIGHT, 1);
  await h.client.call((api) => api.newEpisode());
  const first = await until(() => played(h).length === 2 && played(h));
  expect(first).toMatchObject([
    { steps: 6, return: 1, end: 'terminated' },
    { steps: 1, return: 0, end: 'cut' },
  ]);
  await h.client.call((api) => api.endHumanPlay());
  await startHumanPlay(h);
  await press(h, 2);
  const last = await h.client.call((api) => api.endHumanPlay());
  if (!last) throw new Error('nothing was played');
  const recording = parseRecording(text([...first, last]));
  expect(recording.header).toMatchObject({ params: { slippery: false }, rewards: { goal: 1 } });
  const playback = new Playback(recording);
  recording.episodes.forEach((_, index) => {
    playback.begin(index);
    while (playback.step());
  });
});

test('another sitting goes on with other episodes, also after a reset', async () => {
  const h = harness();
  for (let sitting = 0; sitting < 3; sitting++) {
    if (sitting !== 1) await h.create({ ...SETUP, request: { world: 'taxi', agent: 'q-learning' } });
    await startHumanPlay(h);
    await press(h, 0);
    const left = await h.client.call((api) => api.endHumanPlay());
    if (left) h.events.push({ kind: 'played', run: 0, episode: left });
  }
  const { episodes } = parseRecording(text(played(h)));
  expect(new Set(episodes.map(({ start }) => start.join())).size).toBe(3);
});

test('other reward weights begin another recording, another run ends the play', async () => {
  const h = harness();
  await h.create(lake());
  await startHumanPlay(h);
  await press(h, 1);
  await h.client.call((api) => api.setLive({ kind: 'reward', key: 'goal', value: 3 }));
  await press(h, ...DOWN_AND_RIGHT);
  await press(h, 1);
  await h.create(lake());
  const [before, after, left] = await until(() => played(h).length === 3 && played(h));
  expect(before).toMatchObject({ steps: 1, end: 'cut' });
  expect(after).toMatchObject({ return: 3, end: 'terminated' });
  expect(left).toMatchObject({ header: after.header, end: 'cut' });
  expect(after.header).not.toBe(before.header);
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 10);
});

test('a clone learns from the text of what was played, and does the same', async () => {
  const h = harness();
  await h.create(lake());
  await startHumanPlay(h);
  await press(h, ...DOWN_AND_RIGHT, ...DOWN_AND_RIGHT);
  const episodes = await until(() => played(h).length === 2 && played(h));
  const info = await h.create(
    lake({ agent: 'bc', config: { batchSize: 4, heldOut: 0 }, demonstrations: text(episodes) }),
  );
  expect(info.demonstrations).toEqual({ episodes: 2, steps: 12 });
  expect(info.request).not.toHaveProperty('demonstrations');
  await h.client.start();
  await until(() => (h.batches().at(-1)?.progress ?? 0) > 1000);
  const returns = h.batches().flatMap((batch) => [...batch.episodes.return]);
  expect(returns.slice(-20).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(15);
});

test('a recording that does not fit is refused by its field, and the run goes on', async () => {
  const h = harness();
  await h.create(lake());
  await startHumanPlay(h);
  await press(h, 1, 1);
  const left = await h.client.call((api) => api.endHumanPlay());
  if (!left) throw new Error('nothing was played');
  await h.client.start();
  const good = text([left]);
  for (const [request, problem] of [
    [{ demonstrations: undefined }, { field: 'demonstrations', got: 'nothing' }],
    [{ demonstrations: '' }, { field: 'recording', got: 'an empty file' }],
    [{ demonstrations: left.header }, { field: 'demonstrations' }],
    [{ demonstrations: 'hello\n' }, { field: 'recording.line 1', expected: 'JSON' }],
    [{ demonstrations: good.slice(0, -3) }, { field: 'recording.line 2' }],
    [
      { demonstrations: good, world: 'cart-pole', params: {} },
      { field: 'world', got: '"cart-pole"' },
    ],
    [{ demonstrations: good, params: {} }, { field: 'world.slippery' }],
    [{ demonstrations: good.replace('"return":0', '"return":5') }, { field: 'recording.line 2.check' }],
    [
      { demonstrations: good.replaceAll(/,"check":"\w+"/g, '').replace('"return":0', '"return":5') },
      { field: 'recording.episode 1' },
    ],
  ] as const)
    expect(await h.client.create(lake({ agent: 'bc', ...request }))).toMatchObject({
      ok: false,
      problems: [problem],
    });
  const steps = h.batches().at(-1)?.progress ?? 0;
  await until(() => (h.batches().at(-1)?.progress ?? 0) > steps);
});
