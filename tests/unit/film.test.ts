/** Films: every state of an episode has its picture, the run does not notice, and a plan shows what there is time for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DrawList, STRIDE } from '#core/draw-list.ts';
import { rngStreams } from '#core/rng.ts';
import { picturesOf } from '#train/recordings/pictures.ts';
import { formatRecording } from '#train/recordings/recording.ts';
import { resolveWorld } from '#train/world/setup.ts';
import { planFilm, sizeOf } from '#ui/share/film-plan.ts';
import { randomRecording } from '#package/contract/random-recording.ts';
import { harness, SETUP, until } from '#tests/worker-harness.ts';

/** What the first episode of a recording looks like, stepped by its rules alone: no reset hides its end. */
function drawn(world: string, { start, actions }: { start: readonly number[]; actions: readonly number[] }) {
  const { kernel } = resolveWorld({ world });
  const state = kernel.allocate(1);
  const rng = rngStreams(0)('world');
  rng.state.set(start);
  kernel.reset(state, 0, rng);
  const list = new DrawList();
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  return [undefined, ...actions].map((action) => {
    if (action !== undefined) kernel.step(state, 0, action, rng, out);
    kernel.draw(state, 0, list);
    return list.numbers.slice(0, list.count * STRIDE);
  });
}

describe('the pictures of an episode', () => {
  test('are those of all its states, the last one included', () => {
    for (const world of ['frozen-lake', 'cart-pole', 'catch']) {
      const recording = randomRecording(world, 4, 60);
      const [episode] = recording.episodes;
      expect(episode.end).toBe('terminated');
      const { pictures, isWhole, fps } = picturesOf(recording, 1000);
      expect(pictures).toHaveLength(episode.actions.length + 1);
      expect([isWhole, fps]).toEqual([true, resolveWorld({ world }).kernel.spec.fps]);
      expect(pictures.map(({ numbers }) => numbers)).toEqual(drawn(world, episode));
    }
  });

  test('are cut off where there is time for no more', () => {
    const recording = randomRecording('cart-pole', 4, 60);
    const whole = picturesOf(recording, 1000).pictures;
    const { pictures, isWhole } = picturesOf(recording, 5);
    expect(pictures).toEqual(whole.slice(0, 5));
    expect(isWhole).toBe(false);
  });
});

describe('a worker', () => {
  test('films the agent as it is, the same for the same seed, and learns on as if it had not', async () => {
    const [h, other] = [harness(), harness()];
    await Promise.all([h.create(), other.create()]);
    for (let step = 0; step < 30; step++) {
      await h.client.step();
      await other.client.step();
      if (step % 10 > 0) continue;
      const films = [5, 5, 6].map((seed) => h.client.call((api) => api.film({ seed, most: 50 })));
      const [one, same, another] = (await Promise.all(films)).map((film) => {
        if (!film.ok) throw new Error(JSON.stringify(film.problems));
        expect(film.value.pictures.length).toBeGreaterThan(2);
        return film.value;
      });
      expect(same).toEqual(one);
      expect(another).not.toEqual(one);
    }
    const [a, b] = await Promise.all([h, other].map(({ client }) => client.call((api) => api.snapshot())));
    expect(a).toEqual(b);
  });

  test('films a recorded episode, and says what is wrong with a request', async () => {
    const h = harness();
    await h.create();
    const recording = randomRecording('frozen-lake', 4, 60);
    const film = (text: string, seed: number | string = 1) =>
      h.client.call((api) => api.film({ seed, recording: text, most: 50 }));
    expect(await film(formatRecording(recording))).toMatchObject({
      ok: true,
      value: { isWhole: true, return: recording.episodes[0].return },
    });
    expect(await film(formatRecording({ ...recording, episodes: [] }))).toMatchObject({ ok: false });
    expect(await h.client.call((api) => api.film({ seed: '-1', most: 9 }))).toMatchObject({
      ok: false,
      problems: [{ field: 'seed' }],
    });
    await h.client.start();
    await until(() => (h.batches().at(-1)?.progress ?? 0) > 100);
  });

  test('cuts an endless episode off', async () => {
    const h = harness();
    await h.create({ ...SETUP, request: { world: 'cart-pole', agent: 'dqn' } });
    const film = await h.client.call((api) => api.film({ seed: 1, most: 4 }));
    expect(film).toMatchObject({ ok: true, value: { isWhole: false, return: 4 } });
    expect(film.ok && film.value.pictures).toHaveLength(5);
  });
});

describe('the plan of a film', () => {
  const pictures = fc.integer({ min: 1, max: 500 });
  const rate = fc.constantFrom(2, 5, 10, 15, 30, 50, 60, 100, 400);

  test('shows first and last, goes on without gaps in real time, and never more often than the format can', () => {
    fc.assert(
      fc.property(pictures, rate, fc.constantFrom('gif', 'webm'), (count, perSecond, format) => {
        const plan = planFilm(count, perSecond, format);
        expect(plan[0]).toMatchObject({ picture: 0, at: 0 });
        expect(plan.at(-1)).toEqual({ picture: count - 1, at: (count - 1) / perSecond, seconds: 1 });
        plan.slice(1).forEach(({ at, picture }, k) => {
          expect(at).toBeCloseTo(plan[k].at + plan[k].seconds, 9);
          expect(picture).toBeGreaterThan(plan[k].picture);
        });
        const most = format === 'gif' ? 50 / 3 : 60;
        expect(plan.length).toBeLessThanOrEqual((count / perSecond) * most + 2);
        if (perSecond <= most) expect(plan).toHaveLength(count);
      }),
    );
  });

  test('has an even size with the shape of the world', () => {
    expect(sizeOf({ width: 4.8, height: 3.2 }, 'gif')).toEqual({ width: 480, height: 320 });
    expect(sizeOf({ width: 3, height: 301 }, 'webm')).toEqual({ width: 16, height: 720 });
  });
});
