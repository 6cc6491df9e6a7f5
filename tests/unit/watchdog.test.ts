/** What tells a worker that has stopped from one that is slow. */
import { expect, test } from 'vitest';
import { Pulse } from '#worker/pulse.ts';
import { Watchdog, type Verdict } from '#worker/watchdog.ts';
import type { Vital } from '#worker/protocol.ts';

const TIMING = { heartbeat: 2000, patience: 10_000 };

/** A watchdog whose beats come on time, one after another, unless it is told otherwise. */
function watching() {
  const watchdog = new Watchdog(TIMING);
  let now = 0;
  const beat = ({ late = 0, hidden = false } = {}): Verdict =>
    watchdog.beat((now += TIMING.heartbeat + late), hidden);
  const beats = (count: number, how = {}): Verdict[] => Array.from({ length: count }, () => beat(how));
  beat();
  return { watchdog, beat, beats };
}

const working = (work: number): Vital => ({ work, busy: 'work' });

test('one that works and then says nothing any more has stopped within its patience', () => {
  const { watchdog, beats } = watching();
  watchdog.hear(working(1));
  expect(beats(6)).toEqual(['well', 'well', 'well', 'well', 'well', 'stopped']);
});

test('one that answers but waits for what never comes has stopped, too', () => {
  const { watchdog, beat } = watching();
  watchdog.hear(working(7));
  const verdicts = Array.from({ length: 6 }, () => {
    watchdog.hear(working(7));
    return beat();
  });
  expect(verdicts.at(-1)).toBe('stopped');
});

test('one at rest has only to answer', () => {
  const { watchdog, beat, beats } = watching();
  for (let k = 0; k < 20; k++) {
    watchdog.hear({ work: 7, busy: 'rest' });
    expect(beat()).toBe('well');
  }
  expect(beats(5).at(-1)).toBe('stopped');
});

test('one that gets on is never too slow, however slow', () => {
  const { watchdog, beats } = watching();
  // Half the patience at first, then every piece of work takes longer than the one before.
  for (let work = 1, pause = 2; work < 6; work++, pause *= 2) {
    watchdog.hear(working(work));
    expect(beats(pause)).not.toContain('stopped');
  }
});

test('what compiles or starts may be silent for long, but not for ever', () => {
  const { watchdog, beats } = watching();
  expect(beats(100)).not.toContain('stopped');
  watchdog.hear({ work: 1, busy: 'long' });
  const verdicts = beats(151);
  expect(verdicts.indexOf('silent')).toBe(5);
  expect(verdicts.indexOf('stopped')).toBe(150);
});

test('a command may be silent for a minute', () => {
  const { watchdog, beats } = watching();
  watchdog.hear({ work: 1, busy: 'command' });
  const verdicts = beats(31);
  expect(verdicts.indexOf('silent')).toBe(5);
  expect(verdicts.indexOf('stopped')).toBe(30);
});

test('a long task gives no more patience to what comes after it', () => {
  const { watchdog, beats } = watching();
  expect(beats(60)).not.toContain('stopped');
  watchdog.hear(working(1));
  expect(beats(6).at(-1)).toBe('stopped');
});

test('a page that is late itself, asleep or hidden accuses nobody', () => {
  const { watchdog, beats } = watching();
  watchdog.hear(working(1));
  expect(beats(50, { late: 1500 })).not.toContain('stopped');
  expect(beats(50, { hidden: true })).not.toContain('stopped');
  for (let k = 0; k < 20; k++)
    expect([...beats(4), ...beats(1, { late: 3_600_000 })]).not.toContain('stopped');
});

test('a worker that cannot answer says that it gets on, at most once a second', () => {
  let now = 0;
  const told: Vital[] = [];
  const pulse = new Pulse(
    () => now,
    (vital) => told.push(vital),
  );
  pulse.isWorking = () => true;
  for (; now < 10_000; now += 10) pulse.beat();
  expect(told.map(({ busy }) => busy)).toEqual(Array(9).fill('work'));
  expect(new Set(told.map(({ work }) => work)).size).toBe(9);
});

test('a long task is told before it begins and when it is over', async () => {
  const told: Vital['busy'][] = [];
  const pulse = new Pulse(
    () => 0,
    ({ busy }) => told.push(busy),
  );
  const during = pulse.during(() => {
    expect(told).toEqual(['long']);
    return pulse.during(() => 1);
  });
  await during;
  expect(told).toEqual(['long', 'rest']);
});
