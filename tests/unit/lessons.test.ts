/** Lessons of the arena without a browser: what they say is complete, and the learner's setup outlives them. */
import { describe, expect, it } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import { CONTENT } from '#ui/lessons/content/content.ts';
import { Lessons } from '#ui/lessons/lessons.ts';
import { LESSONS } from '#ui/lessons/names.ts';
import { Seen } from '#ui/lessons/seen.ts';
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

describe('the arrow of a state', () => {
  it('is that of a look after the steps asked for, or none', async () => {
    const { page } = harness;
    await page.open('world=frozen-lake&agent=q-learning&seed=1&speed=turbo&show=actions,policy');
    const { look } = page.focused.value.worker.screen;
    const seen = new Seen(page);
    await until(() => look.value.states?.states.some((state) => seen.actionIn(state) !== undefined));
    const { progress = NaN } = look.value;
    const state = look.value.states!.states.find((each) => seen.actionIn(each) !== undefined)!;
    expect(seen.actionIn(state, progress)).toBe(seen.actionIn(state));
    expect(seen.actionIn(state, progress + 1)).toBeUndefined();
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

describe('the learner’s runs', () => {
  const OWN = 'world=frozen-lake&agent=q-learning&seed=3&backend=cpu&speed=turbo&b.agent=sarsa';

  it('are put aside in their workers, and come back with what they learned, paused as they were', async () => {
    const { page } = harness;
    const lessons = new Lessons(page);
    await lessons.visit(`#${OWN}`);
    await until(() => harness.steps().every((steps) => steps > 500));
    await page.toggle();
    const [first] = page.runs.value;
    page.focus(first);
    const { value: mine } = page.runs;
    const before = mine.map((run) => [run.worker.progress.value.done, run.worker.record]);
    const { value: link } = page.link;
    lessons.enter('discount');
    await lessons.setUp(CONTENT.discount.link);
    await lessons.setUp(CONTENT.discount.link);
    expect(page.runs.value).toHaveLength(1);
    expect(lessons.link.value).toBe(`lesson=discount&${link}`);
    lessons.enter('policy');
    await lessons.setUp(CONTENT.policy.link);
    await lessons.leave();
    expect(page.runs.value).toEqual(mine);
    expect(page.focused.value).toBe(first);
    expect(mine.map((run) => [run.worker.progress.value.done, run.worker.record])).toEqual(before);
    expect(harness.phases()).toEqual(['paused', 'paused']);
    expect([lessons.link.value, harness.alive()]).toEqual([link, 2]);
    // They go on from there.
    await page.toggle();
    await until(() => harness.steps().every((steps, i) => steps > Number(before[i][0])));
  });

  it('go on after a lesson if they did before, and learn nothing meanwhile', async () => {
    const { page } = harness;
    const lessons = new Lessons(page);
    await lessons.visit('#world=frozen-lake&agent=q-learning&backend=cpu&speed=turbo');
    await until(() => harness.steps()[0] > 100);
    const [own] = page.runs.value;
    lessons.enter('discount');
    await lessons.setUp(CONTENT.discount.link);
    await until(() => own.worker.phase.value === 'paused');
    await page.toggle();
    await page.toggle();
    expect([own.worker.phase.value, harness.phases()]).toEqual(['paused', ['running']]);
    await lessons.leave();
    expect(harness.phases()).toEqual(['running']);
    expect(page.runs.value).toEqual([own]);
  });

  it('are those of a link that was still opening when the lesson was entered, and of no other', async () => {
    const { page } = harness;
    const lessons = new Lessons(page);
    const opening = lessons.visit(`#${OWN}`);
    lessons.enter('discount');
    const settingUp = lessons.setUp(CONTENT.discount.link);
    await Promise.all([opening, settingUp]);
    expect(page.focused.value.worker.info.value?.request.world).toBe('grid-world');
    await lessons.leave();
    expect(page.runs.value.map((run) => run.worker.info.value?.request.agent)).toEqual([
      'q-learning',
      'sarsa',
    ]);
    // Left before it has been set up.
    lessons.enter('policy');
    const late = lessons.setUp(CONTENT.policy.link);
    await Promise.all([lessons.leave(), late]);
    expect(page.runs.value.map((run) => run.worker.info.value?.request.agent)).toEqual([
      'q-learning',
      'sarsa',
    ]);
    expect(harness.alive()).toBe(2);
  });

  it('stay where a link names a lesson alone; another link takes their place', async () => {
    const { page } = harness;
    const lessons = new Lessons(page);
    await lessons.visit('#world=frozen-lake&agent=q-learning&backend=cpu');
    const [own] = page.runs.value;
    await lessons.visit('#lesson=discount');
    await lessons.setUp(CONTENT.discount.link);
    await lessons.leave();
    expect(page.runs.value).toEqual([own]);
    lessons.enter('discount');
    await lessons.setUp(CONTENT.discount.link);
    await lessons.visit('#world=taxi&agent=sarsa&backend=cpu');
    expect([lessons.open.value, harness.alive()]).toEqual([undefined, 1]);
    expect(page.runs.value.map((run) => run.worker.info.value?.request.world)).toEqual(['taxi']);
    lessons.enter('discount');
    await lessons.setUp(CONTENT.discount.link);
    await lessons.visit('#lesson=policy&world=corridor&agent=sarsa');
    await lessons.setUp(CONTENT.policy.link);
    await lessons.leave();
    expect(page.runs.value.map((run) => run.worker.info.value?.request.world)).toEqual(['corridor']);
  });
});
