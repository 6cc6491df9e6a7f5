/** Lessons of the arena without a browser: what they say is complete, and the learner's setup outlives them. */
import { describe, expect, it } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import { CONTENT } from '#ui/lessons/content/content.ts';
import { Lessons } from '#ui/lessons/lessons.ts';
import { LESSONS } from '#ui/lessons/names.ts';
import { selectorOf } from '#ui/lessons/light.ts';
import { fromLink, toLink } from '#ui/state/permalink.ts';

const harness = pageHarness();

describe.each(LESSONS)('%s', (id) => {
  const { link, steps } = CONTENT[id];

  it('has five to eight steps, a prediction, and a question with one right answer', () => {
    expect(steps.length).toBeGreaterThanOrEqual(5);
    expect(steps.length).toBeLessThanOrEqual(8);
    expect(steps.filter(({ task }) => task.kind === 'predict')).toHaveLength(1);
    const checks = steps.flatMap(({ task }) => (task.kind === 'check' ? [task] : []));
    expect(checks.length).toBeGreaterThan(0);
    for (const { answers } of checks) expect(answers.filter(({ right }) => right)).toHaveLength(1);
    expect(new Set(steps.map(({ title }) => title)).size).toBe(steps.length);
  });

  it('sets up runs that exist, with the fields and overlays that it lights up', async () => {
    const { page } = harness;
    const links = steps.flatMap(({ task }) => (task.kind === 'predict' ? [task.link] : []));
    for (const each of [link, ...links]) {
      await page.open(each);
      expect(page.focused.value.worker.notice.value).toBeUndefined();
    }
    const { form, worker } = page.focused.value;
    for (const { at } of steps) {
      if (at.kind === 'field') expect(form.keysOf(at.section)).toContain(at.key);
      if (at.kind === 'overlay') expect(worker.info.value?.overlays).toContain(at.overlay);
      expect(selectorOf(at)).not.toBe('');
    }
  });
});

describe('a link', () => {
  it('opens a lesson and leaves controls out; what it misspells is named', () => {
    const { lesson, hide, problems } = fromLink('#lesson=discount&hide=seed,bakend,backend&world=taxi');
    expect([lesson, hide]).toEqual(['discount', ['seed', 'backend']]);
    expect(problems).toEqual([{ field: 'hide', expected: 'a known name (near: backend)', got: '"bakend"' }]);
    expect(fromLink('#lesson=cooking').problems.map(({ field }) => field)).toEqual(['lesson']);
  });

  it('keeps what is left out', () => {
    const { setup, hide = [] } = fromLink('#world=taxi&agent=sarsa&hide=seed,dock');
    const { request } = setup;
    const link = toLink({ setup: { ...setup, request: { ...request, agent: 'sarsa' } }, hide });
    expect(fromLink(link).hide).toEqual(['seed', 'dock']);
  });
});

describe('the learner’s setup', () => {
  it('stays in the address of a lesson and comes back when that is left, with what a teacher hides', async () => {
    const { page } = harness;
    const lessons = new Lessons(page);
    const own = 'world=taxi&agent=sarsa&seed=5&speed=4&hide=seed&agent.gamma=0.9';
    await lessons.visit(`#${own}`);
    await page.toggle();
    lessons.enter('discount');
    await lessons.setUp(CONTENT.discount.link);
    expect(page.focused.value.worker.info.value?.request.world).toBe('grid-world');
    // Whoever has paused can still follow the lesson.
    expect(page.running.value).toBe(true);
    expect(page.hides('seed')).toBe(true);
    lessons.enter('exploration');
    await lessons.setUp(CONTENT.exploration.link);
    expect(fromLink(lessons.link.value)).toMatchObject({ lesson: 'exploration', ...fromLink(own) });
    await lessons.leave();
    await until(() => page.focused.value.worker.info.value?.request.world === 'taxi');
    expect(lessons.link.value).toBe(page.link.value);
    expect(fromLink(page.link.value)).toEqual(fromLink(own));
  });

  it('is what the link of a lesson says besides', async () => {
    const { page } = harness;
    const lessons = new Lessons(page);
    await lessons.visit('#lesson=policy&world=taxi&seed=7');
    expect(lessons.open.value).toBe('policy');
    await lessons.leave();
    expect(page.focused.value.worker.info.value?.request).toMatchObject({ world: 'taxi', seed: 7 });
  });
});
