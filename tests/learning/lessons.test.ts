/**
 * Every lesson of the arena walked to its end over the worker's own code: what a step asks for ticks it, and the runs of the
 * predictions come out as the lesson's text has it.
 */
import { effect } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';
import { CONTENT } from '#ui/lessons/content/content.ts';
import type { Predict } from '#ui/lessons/lesson.ts';
import { Lessons } from '#ui/lessons/lessons.ts';
import type { LessonId } from '#ui/lessons/names.ts';
import { Seen } from '#ui/lessons/seen.ts';
import type { Verdict } from '#ui/parts/predict.tsx';
import { openTab } from '#ui/state/dock.ts';
import { toggled } from '#ui/state/overlays.ts';
import type { Page } from '#ui/state/page.ts';

const PATIENCE = 240_000;
const harness = pageHarness();

type Act = (page: Page) => unknown;
const nothing: Act = () => undefined;
const hurry: Act = (page) => page.setSpeed('turbo');
const openNetwork: Act = () => (openTab.value = 'network');
const set =
  (section: 'agent' | 'reward' | 'world', key: string, value: unknown): Act =>
  (page) =>
    page.edit(section, key, value, section !== 'world');
const show =
  (overlay: 'policy' | 'actions' | 'eye'): Act =>
  (page) =>
    (page.shown.value = toggled(page.shown.value, overlay));
const all =
  (...acts: readonly Act[]): Act =>
  async (page) => {
    for (const act of acts) await act(page);
  };
const reset: Act = (page) => page.reset();

/** What the learner does at the steps that ask for it, in their order. */
const ACTS: Readonly<Record<LessonId, readonly Act[]>> = {
  policy: [nothing, show('policy'), show('actions'), all(set('world', 'slippery', false), reset, hurry)],
  exploration: [
    nothing,
    set('agent', 'epsilonStart', 0.1),
    hurry,
    set('agent', 'epsilonStart', 0),
    set('agent', 'epsilonSchedule', 'linear'),
  ],
  discount: [nothing, set('agent', 'gamma', 0.9), set('agent', 'gamma', 0.75), set('agent', 'gamma', 0.99)],
  'deep-q': [show('eye'), openNetwork, all(set('agent', 'gamma', 0.9), hurry)],
  'policy-gradients': [nothing, openNetwork, set('agent', 'entropyCoefficient', 0.5), hurry],
  'reward-hacking': [hurry, nothing, all(set('reward', 'cell', 0), reset, hurry)],
};

/** The answer that the text explains, and what the run has to show for it. */
const RIGHT: Readonly<Record<LessonId, (now: Seen) => void>> = {
  policy: (now) => expect(now.meanReturn).toBeGreaterThan(0.35),
  exploration: (now) => expect(now.meanReturn).toBeLessThan(0.7),
  discount: (now) => expect(now.meanReturn).toBeLessThan(1),
  'deep-q': (now) => expect(now.metric('train/value')).toBeLessThan(50),
  'policy-gradients': (now) => expect(now.meanReturn).toBeGreaterThan(150),
  'reward-hacking': (now) => expect(now.meanReturn).toBeGreaterThan(7),
};
const ANSWERS: Readonly<Record<LessonId, number>> = {
  policy: 0,
  exploration: 1,
  discount: 1,
  'deep-q': 1,
  'policy-gradients': 0,
  'reward-hacking': 2,
};

beforeEach(() => {
  openTab.value = 'curves';
});
afterEach(() => vi.restoreAllMocks());

/** Resolves with the first value of a function of signals that is not undefined or false. */
function first<T>(look: () => T | undefined | false): Promise<T> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const value = look();
      if (value === undefined || value === false) return;
      resolve(value);
      queueMicrotask(() => stop());
    });
  });
}

async function predicted(lessons: Lessons, now: Seen, task: Predict): Promise<Verdict> {
  const before = now.run;
  await lessons.setUp(task.link);
  return first(() => now.ready && now.run !== before && task.verdict(now));
}

test.each(Object.keys(CONTENT) as LessonId[])('%s', { timeout: PATIENCE }, async (id) => {
  const { page } = harness;
  const lessons = new Lessons(page);
  const now = new Seen(page);
  await lessons.visit('#world=taxi&seed=5');
  const { link } = page;
  const { value: own } = link;
  lessons.enter(id);
  const { link: setup, steps } = CONTENT[id];
  await lessons.setUp(setup);
  expect(page.focused.value.worker.notice.value).toBeUndefined();
  const acts = [...ACTS[id]];
  for (const { task } of steps) {
    if (task.kind === 'check') continue;
    if (task.kind === 'predict') {
      const verdict = await predicted(lessons, now, task);
      expect([verdict.answer, verdict.said]).toEqual([ANSWERS[id], expect.any(String)]);
      RIGHT[id](now);
      await page.setSpeed('16');
      continue;
    }
    const since = now.moment;
    await acts.shift()?.(page);
    await first(() => task.done(now, since));
  }
  expect(acts).toEqual([]);
  await lessons.leave();
  expect(link.value).toBe(own);
});
