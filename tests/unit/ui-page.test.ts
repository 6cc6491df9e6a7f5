/** One run or two on the page, over the worker's own code: what they share, what is each one's own, and that nothing is left. */
import { expect, test } from 'vitest';
import { killForGood, pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import { onlyWhen } from '#ui/state/form-section.ts';
import { runSection } from '#ui/state/run-section.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const harness = pageHarness();
const { workers, phases, steps, alive } = harness;
const compared = (link = LAKE): Promise<void> => harness.compared(link);

test('comparing copies the set-up, starts both over and focuses the copy', async () => {
  await compared(`${LAKE}&agent.stepSize=0.3&reward.goal=2`);
  expect(phases()).toEqual(['running', 'running']);
  const [first, second] = harness.page.runs.value;
  expect(second.worker.info.value?.request).toEqual(first.worker.info.value?.request);
  expect(second.worker.info.value?.request).toMatchObject({ seed: 3, config: { stepSize: 0.3 } });
  // The first is another run than before, the second the first of its worker.
  expect(harness.page.runs.value.map((run) => run.worker.info.value?.run)).toEqual([2, 1]);
  expect(harness.page.focused.value).toBe(second);
  expect(harness.page.runs.value.map((run) => harness.page.letterOf(run))).toEqual(['A', 'B']);
  expect(harness.page.differences.value).toEqual([[]]);
});

test('a link of two runs is in the address from the moment that both cards are there', async () => {
  const opened = harness.page.open(`#${LAKE}&b.agent=sarsa&b.agent.stepSize=0.3`);
  await until(() => harness.page.comparing.value);
  expect(harness.page.link.value).toContain('b.agent=sarsa&b.agent.stepSize=0.3');
  expect(harness.page.differences.value).not.toEqual([[]]);
  await opened;
  expect(harness.page.link.value).toContain('b.agent=sarsa&b.agent.stepSize=0.3');
});

test('the same seed and settings give both the same episodes', async () => {
  await compared();
  await until(() => harness.page.runs.value.every((run) => run.worker.record.returns.points > 20));
  const firstTwenty = harness.page.runs.value.map(({ worker }) =>
    worker.record.returns.columns[0].slice(0, 20),
  );
  expect(firstTwenty[1]).toEqual(firstTwenty[0]);
});

test('pause, step, speed and reset act on both', async () => {
  await compared();
  await harness.page.toggle();
  expect(phases()).toEqual(['paused', 'paused']);
  const before = steps();
  await harness.page.step();
  await until(() => steps().every((count, i) => count === before[i] + 1));
  await harness.page.setSpeed('turbo');
  await harness.page.reset();
  await until(() => steps().every((count) => count === 0));
  expect(phases()).toEqual(['paused', 'paused']);
  await harness.page.toggle();
  expect(phases()).toEqual(['running', 'running']);
  await until(() => steps().every((count) => count > 2000));
});

test('a setting changes the focused agent, the world and its rewards change for both', async () => {
  await compared();
  const [first, second] = harness.page.runs.value;
  harness.page.edit('agent', 'stepSize', '0.9', true);
  harness.page.edit('reward', 'goal', '3', true);
  await until(() =>
    harness.page.runs.value.every((run) => run.worker.info.value?.request.rewards['goal'] === 3),
  );
  expect(first.worker.info.value?.request.config['stepSize']).not.toBe(0.9);
  await until(() => second.worker.info.value?.request.config['stepSize'] === 0.9);
  expect(harness.page.differences.value[0]).toEqual([expect.stringMatching(/ 0\.9 instead of /)]);
  harness.page.focus(first);
  harness.page.edit('agent', 'stepSize', '0.9', true);
  expect(harness.page.differences.value).toEqual([[]]);
  harness.page.setSeed('12');
  await harness.page.reset();
  expect(harness.page.runs.value.map((run) => run.worker.info.value?.request.seed)).toEqual([12, 12]);
});

test('another agent is one difference; what waits for a reset says so', async () => {
  await compared();
  const [, second] = harness.page.runs.value;
  await second.pickAgent('sarsa');
  expect(harness.page.differences.value[0]).toEqual(['SARSA instead of Q-learning']);
  await second.pickAgent('q-learning');
  await second.pickPreset(undefined);
  const waiting = second.form.agent.value?.fields.find((field) => field.kind === 'number' && !field.live);
  expect(waiting).toBeDefined();
  if (waiting?.kind !== 'number') return;
  harness.page.edit('agent', waiting.key, String(waiting.max), false);
  expect(harness.page.differences.value[0]).toEqual([expect.stringMatching(/\(after a reset\)$/)]);
  await harness.page.reset();
  expect(harness.page.differences.value[0]).toEqual([expect.not.stringContaining('reset')]);
});

test('another world starts in both, with another agent where one cannot play it', async () => {
  await compared();
  await harness.page.runs.value[1].pickAgent('dqn');
  await harness.page.pickWorld('cart-pole');
  expect(harness.page.runs.value.map((run) => run.worker.info.value?.request.world)).toEqual([
    'cart-pole',
    'cart-pole',
  ]);
  expect(harness.page.runs.value.map((run) => run.worker.info.value?.request.agent)).toEqual(['dqn', 'dqn']);
  expect(harness.page.runs.value.map((run) => run.worker.notice.value?.title)).toEqual([
    'The agent was replaced by the one that this world starts with',
    undefined,
  ]);
  expect(phases()).toEqual(['running', 'running']);
});

test('a link holds both runs; one without a second closes it', async () => {
  await compared();
  harness.page.edit('agent', 'stepSize', '0.25', true);
  expect(harness.page.link.value).toContain('&b.agent=q-learning&b.agent.stepSize=0.25');
  const { value: link } = harness.page.link;
  await harness.page.open(`#${LAKE}`);
  expect(harness.page.runs.value).toHaveLength(1);
  expect(alive()).toBe(1);
  expect(harness.page.link.value).not.toContain('b.agent');
  await harness.page.open(`#${link}`);
  expect(phases()).toEqual(['running', 'running']);
  expect(harness.page.differences.value[0]).toEqual([expect.stringMatching(/ 0\.25 instead of /)]);
  await harness.page.open(
    '#world=frozen-lake&agent=q-learning&b.agent=q-learning&b.agent.stepSize=much&backend=cpu',
  );
  expect(harness.page.runs.value.map((run) => run.worker.notice.value?.lines)).toEqual([
    undefined,
    [expect.stringMatching(/^agent\.stepSize: expected .*, got "much"$/)],
  ]);
});

test('either run can be closed; its worker ends and the other continues under its own colours', async () => {
  await compared();
  const [first, second] = harness.page.runs.value;
  await second.pickAgent('sarsa');
  harness.page.close(first);
  expect(harness.page.runs.value).toEqual([second]);
  expect([alive(), harness.page.comparing.value, harness.page.focused.value]).toEqual([1, false, second]);
  expect(harness.page.link.value).toMatch(/^world=frozen-lake&agent=sarsa/);
  expect(harness.page.letterOf(second)).toBe('A');
  const [before] = steps();
  await until(() => steps()[0] > before);
  // The last one stays.
  harness.page.close(second);
  expect([harness.page.runs.value.length, alive()]).toEqual([1, 1]);
});

test('opened and closed twenty times, one worker is left, and nothing comes of the closed ones', async () => {
  await harness.page.open(`#${LAKE}`);
  for (let time = 0; time < 20; time++) {
    await harness.page.compare();
    const [, second] = harness.page.runs.value;
    expect(alive()).toBe(2);
    harness.page.close(second);
    expect([second.worker.phase.value, second.worker.notice.value]).toEqual(['running', undefined]);
    await expect(second.worker.call((api) => api.ping())).rejects.toThrow('closed');
  }
  expect(alive()).toBe(1);
  expect(workers).toHaveLength(21);
  expect(harness.page.runs.value[0].worker.notice.value).toBeUndefined();
  expect(phases()).toEqual(['running']);
});

test('a run that is closed while it starts leaves the other as it is', async () => {
  await harness.page.open(`#${LAKE}`);
  const comparing = harness.page.compare();
  harness.page.close(harness.page.runs.value[1]);
  await comparing;
  expect([alive(), ...phases()]).toEqual([1, 'running']);
  expect(harness.page.runs.value[0].worker.notice.value).toBeUndefined();
});

test('while the user plays in one the other waits too, and continues however the play ends', async () => {
  await compared();
  const [first, second] = harness.page.runs.value;
  await harness.page.toggleHumanPlay();
  expect(harness.page.player.value).toBe(second);
  expect(phases()).toEqual(['paused', 'paused']);
  // Taking over the other one gives the first back.
  await harness.page.toggleHumanPlay(first);
  expect(harness.page.player.value).toBe(first);
  expect(phases()).toEqual(['paused', 'paused']);
  await harness.page.toggleHumanPlay(first);
  expect(phases()).toEqual(['running', 'running']);
  await harness.page.toggleHumanPlay(second);
  harness.page.close(second);
  expect([harness.page.player.value, ...phases()]).toEqual([undefined, 'running']);
});

test('what was played in one run can be learned from in the other', async () => {
  await compared();
  const [first, second] = harness.page.runs.value;
  await harness.page.toggleHumanPlay(first);
  first.humanPlays.press('key', 1);
  first.humanPlays.release('key');
  await harness.page.toggleHumanPlay(first);
  await second.clonePlayed('bc');
  expect(second.worker.info.value).toMatchObject({
    request: { agent: 'bc' },
    demonstrations: { episodes: 1, steps: 1 },
  });
  expect(first.worker.info.value?.request.agent).toBe('q-learning');
});

test('when one worker crashes for good, the other run continues, and a restart brings it back', async () => {
  await compared();
  const [, second] = harness.page.runs.value;
  await killForGood(workers, second.worker);
  expect(phases()).toEqual(['running', 'failed']);
  expect(second.worker.notice.value?.lines[0]).toBe('out of memory');
  const [before] = steps();
  await until(() => steps()[0] > before);
  await second.restart();
  expect(phases()).toEqual(['running', 'running']);
});

test('a field without an effect says beside what it would have one, and a link with its value opens all the same', async () => {
  await harness.page.open(`#${LAKE}&world.size=5&world.frozen=0.8&agent.stepSizePower=0.7`);
  await until(() => steps()[0] > 0);
  const { page } = harness;
  const [run] = page.runs.value;
  const { worker } = run;
  expect(worker.notice.value).toMatchObject({
    title: 'Parts of the link have no effect',
    lines: [
      'world.size: expected map=random for it to have an effect, got map=4x4',
      'agent.stepSizePower: expected stepSizeSchedule=visits for it to have an effect, got stepSizeSchedule=constant',
    ],
  });
  expect(worker.info.value?.request.params['size']).toBe(5);
  const only = (section: 'world' | 'agent', key: string) => onlyWhen(runSection(page, run, section), key);
  expect(only('world', 'size')).toBe('only when Map is random');
  expect(only('world', 'successRate')).toBeUndefined();
  expect(only('agent', 'stepSizePower')).toBe('only when Step size schedule is visits');
  page.edit('world', 'map', 'random', false);
  page.edit('world', 'slippery', 'false', false);
  expect(only('world', 'size')).toBeUndefined();
  expect(only('world', 'successRate')).toBe('only when Slippery is on');
  expect(page.link.value).not.toContain('successRate');
});

test('what is changed while a run starts is not lost with it', async () => {
  const { page } = harness;
  const opened = page.open(`#${LAKE}`);
  const [run] = page.runs.value;
  // Polling would be too late.
  await new Promise<void>((resolve) => {
    run.form.agent.subscribe((agent) => agent?.id === 'q-learning' && resolve());
  });
  page.edit('agent', 'gamma', '0.5', true);
  page.edit('world', 'maxSteps', '50', false);
  expect(run.worker.info.value).toBeUndefined();
  await opened;
  expect(run.form.shown('agent', 'gamma')).toBe('0.5');
  await until(() => run.worker.info.value?.request.config['gamma'] === 0.5);
  expect(run.form.waits('world', 'maxSteps')).toBe(true);
  // A preset replaces the settings, also those of a moment ago.
  const begun = run.pickPreset('taxi');
  await begun;
  expect(run.form.shown('agent', 'gamma')).toBe(1);
});

test('presets are offered for the worlds that they are for, and dropped with the last of those', async () => {
  await harness.page.open('#world=pendulum&agent=sac');
  const [run] = harness.page.runs.value;
  expect(run.form.presets.value.map(({ id }) => id)).toEqual(['mountain-car', 'sb3-zoo', 'rltools-sac']);
  await run.pickPreset('sb3-zoo');
  expect(run.worker.info.value?.request.preset).toBe('sb3-zoo');
  await harness.page.pickWorld('cart-pole');
  expect(run.worker.info.value?.request).toMatchObject({ world: 'cart-pole', agent: 'sac' });
  expect(run.worker.info.value?.request.preset).toBeUndefined();
  expect(run.form.presets.value).toEqual([]);
  expect(run.worker.notice.value?.title).toBe(
    'The preset is not for this world; its settings are back at their defaults',
  );
});

test('a reset right after a live change is not undone on the page by the answer to it', async () => {
  await harness.page.open(`#${LAKE}`);
  const [run] = harness.page.runs.value;
  harness.page.edit('reward', 'goal', 2, true);
  await harness.page.reset();
  // The queue of changes has been told of this one after the one before.
  harness.page.edit('agent', 'gamma', 0.5, true);
  await until(() => run.worker.info.value?.request.config['gamma'] === 0.5);
  expect(run.worker.info.value).toMatchObject({ run: 2, request: { rewards: { goal: 2 } } });
});
