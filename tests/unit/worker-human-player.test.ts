/** Keys and time in the worker, on a clock that the test turns. */
import { expect, test } from 'vitest';
import { HumanGame } from '#train/runs/human-play.ts';
import { resolveWorld } from '#train/world/setup.ts';
import { episodeSteps, type RecordedEpisode } from '#train/recordings/recording.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { HumanPlayer } from '#worker/human-player.ts';

/** A hand on a world, and a clock on which nothing happens unless `pass` says so. */
function sit(world: string) {
  let time = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const episodes: RecordedEpisode[] = [];
  const play = new HumanGame({ ...resolveWorld({ world }), wrappers: wrapperTable.parse({}) }, 1);
  let shown = 0;
  const hand = new HumanPlayer(play, {
    now: () => time,
    // Timers do not know less than a millisecond.
    sleep: (milliseconds) =>
      new Promise((wake) => sleepers.push({ at: time + Math.max(1, milliseconds), wake })),
    show: () => shown++,
    keep: (episode) => episodes.push(episode),
  });
  const pass = async (milliseconds: number): Promise<void> => {
    for (const end = time + milliseconds; time < end;) {
      time = Math.min(end, ...sleepers.map(({ at }) => at));
      for (const due of sleepers.filter(({ at }) => at <= time)) {
        sleepers.splice(sleepers.indexOf(due), 1);
        due.wake();
      }
      // Those who were woken go on and may lie down again.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { hand, pass, episodes, play, shown: () => shown, asleep: () => sleepers.length };
}

const actionsOf = ({ hand }: ReturnType<typeof sit>): readonly number[] => hand.end()?.actions ?? [];

// MountainCar: 30 steps a second, 1 is to coast, and no episode ends in the time of these tests.
const steps = ({ play }: ReturnType<typeof sit>): number => play.env.episodeLength[0];

test('a world that goes on by itself waits for the first key, then keeps its pace', async () => {
  const seat = sit('mountain-car');
  await seat.pass(1000);
  expect(steps(seat)).toBe(0);
  seat.hand.press(2, true);
  await seat.pass(510);
  seat.hand.press(2, false);
  await seat.pass(500);
  const actions = actionsOf(seat);
  expect(actions.slice(0, 15)).toEqual(Array(15).fill(2));
  expect(actions.slice(17).every((action) => action === 1)).toBe(true);
  expect(actions.length).toBeGreaterThanOrEqual(30);
  expect(actions.length).toBeLessThanOrEqual(32);
});

test('a tap between two steps counts, and the key pressed last wins', async () => {
  const seat = sit('mountain-car');
  seat.hand.press(0, true);
  seat.hand.press(0, false);
  await seat.pass(1);
  seat.hand.press(2, true);
  seat.hand.press(0, true);
  seat.hand.press(0, false);
  await seat.pass(80);
  expect(actionsOf(seat)).toEqual([0, 0, 2]);
});

test('after a look away no key is down and the world waits; only one clock drives it then', async () => {
  const seat = sit('mountain-car');
  seat.hand.press(0, true);
  await seat.pass(100);
  seat.hand.releaseKeys();
  seat.hand.press(2, true);
  seat.hand.releaseKeys();
  seat.hand.press(2, true);
  await seat.pass(1000);
  expect(steps(seat)).toBeGreaterThanOrEqual(32);
  expect(steps(seat)).toBeLessThanOrEqual(36);
  seat.hand.releaseKeys();
  await seat.pass(300);
  const before = seat.shown();
  await seat.pass(1000);
  expect(seat.shown()).toBe(before);
  expect(seat.asleep()).toBe(0);
  expect(actionsOf(seat)).not.toContain(1);
});

test('where the world waits, a key is a step at once and repeats when it is held, until the episode ends', async () => {
  const seat = sit('cart-pole');
  seat.hand.press(0, true);
  expect(seat.play.env.episodeLength[0]).toBe(1);
  seat.hand.press(0, false);
  await seat.pass(1000);
  expect(seat.play.env.episodeLength[0]).toBe(1);
  seat.hand.press(1, true);
  await seat.pass(240);
  expect(seat.play.env.episodeLength[0]).toBe(2);
  await seat.pass(60);
  expect(seat.play.env.episodeLength[0]).toBeGreaterThan(3);
  await seat.pass(5000);
  expect(seat.episodes).toHaveLength(1);
  expect(seat.episodes[0].actions.slice(0, 3)).toEqual([0, 1, 1]);
  // The key is still down, but whoever holds it has not seen the new episode.
  expect(seat.play.env.episodeLength[0]).toBe(seat.episodes[0].actions.length);
  seat.hand.press(0, true);
  expect(seat.play.env.episodeLength[0]).toBe(1);
});

test('another episode on request, and the rest at the end', () => {
  const seat = sit('frozen-lake');
  seat.hand.again();
  seat.hand.press(0, true);
  seat.hand.again();
  seat.hand.press(0, true);
  seat.hand.press(3, true);
  expect(seat.episodes).toMatchObject([{ end: 'cut', actions: [0] }]);
  const last = seat.hand.end();
  expect(last && episodeSteps(last, seat.play.env.spec)).toBe(2);
  expect(seat.hand.end()).toBeUndefined();
});
