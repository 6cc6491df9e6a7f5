/** What the page does after a crash, a refusal or a wrong value: nothing asked of it is lost, and nothing is dead for good. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { killForGood } from '#tests/page-harness.ts';
import { spawn, until } from '#tests/worker-harness.ts';
import { stateOf } from '#ui/parts/run-card.tsx';
import { Page } from '#ui/state/page.ts';
import { saveRun } from '#ui/state/share.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const workers: ReturnType<typeof spawn>[] = [];
let isolated = true;
let page: Page;
beforeEach(() => {
  isolated = true;
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 1));
  page = new Page(() => workers[workers.push(spawn({ isolated: () => isolated })) - 1]);
});
afterEach(() => {
  page[Symbol.dispose]();
  workers.splice(0);
  vi.unstubAllGlobals();
});

const phases = (): string[] => page.runs.value.map((run) => run.worker.phase.value);
const worlds = () => page.runs.value.map((run) => run.worker.info.value?.request.world);
const running = () => page.focused.value.worker.info.value?.request;

/** Its worker has crashed so often that the run does not go on. */
const crashed = (run = page.focused.value): Promise<void> => killForGood(workers, run.worker);

test('after crashes another world starts, in a new worker', async () => {
  await page.open(`#${LAKE}`);
  await crashed();
  const { length } = workers;
  await page.pickWorld('cliff-walking');
  expect([phases(), worlds()]).toEqual([['running'], ['cliff-walking']]);
  expect(page.focused.value.worker.notice.value).toBeUndefined();
  expect(workers).toHaveLength(length + 1);
});

test('a page that is closed while a run is about to go on starts no worker', async () => {
  await page.open(`#${LAKE}`);
  workers[0].die('gone');
  page[Symbol.dispose]();
  await sleep(50);
  expect(workers).toHaveLength(1);
});

test('after crashes of one of two runs another world starts in both', async () => {
  await page.open(`#${LAKE}`);
  await page.compare();
  await crashed();
  expect(phases()).toEqual(['running', 'failed']);
  await page.pickWorld('cliff-walking');
  expect([phases(), worlds()]).toEqual([
    ['running', 'running'],
    ['cliff-walking', 'cliff-walking'],
  ]);
});

test('after crashes another link opens', async () => {
  await page.open(`#${LAKE}`);
  await crashed();
  await page.open('#world=cliff-walking&agent=sarsa&backend=cpu');
  expect([phases(), worlds()]).toEqual([['running'], ['cliff-walking']]);
});

test('a worker that crashes before its first run is replaced, and the link opens', async () => {
  const opening = page.open(`#${LAKE}`);
  workers[0].die('did not load');
  await opening;
  expect([phases(), worlds()]).toEqual([['running'], ['frozen-lake']]);
  expect(running()).toMatchObject({ agent: 'q-learning', seed: 3 });
});

test('workers that crash before the first run are given up, and Restart opens the link', async () => {
  const opening = page.open(`#${LAKE}`);
  await crashed();
  await opening;
  expect(page.focused.value.worker.notice.value).toMatchObject({ kind: 'error', restart: true });
  await page.focused.value.restart();
  expect([phases(), worlds()]).toEqual([['running'], ['frozen-lake']]);
  expect(running()).toMatchObject({ agent: 'q-learning', seed: 3 });
});

test('a refusal after crashes leaves the way back to the last checkpoint open', async () => {
  await page.open(`#${LAKE}`);
  await crashed();
  await page.focused.value.begin({ world: 'frozen-lake', agent: 'q-learning', config: { gamma: 7 } });
  expect(phases()).toEqual(['failed']);
  const notice = page.focused.value.worker.notice.value;
  expect([notice?.restart, notice?.lines]).toEqual([true, [expect.stringMatching(/^agent\.gamma: /)]]);
  await page.focused.value.restart();
  expect(phases()).toEqual(['running']);
  expect(page.focused.value.worker.notice.value).toBeUndefined();
});

test('what is changed while the worker is dead is in force after Restart', async () => {
  await page.open(`#${LAKE}`);
  await crashed();
  page.edit('agent', 'stepSize', '0.9', true);
  page.edit('reward', 'goal', '3', true);
  await page.focused.value.restart();
  await until(() => running()?.config['stepSize'] === 0.9);
  await until(() => running()?.rewards['goal'] === 3);
});

const A3C = 'world=cart-pole&agent=a3c&backend=cpu&seed=3';

test('a first run that is refused keeps its form: what was wrong can be changed', async () => {
  isolated = false;
  await page.open(`#${A3C}`);
  expect(phases()).toEqual(['failed']);
  const [run] = page.runs.value;
  expect(run.problems.value).toEqual([expect.objectContaining({ field: 'agent.workers' })]);
  await run.restart();
  expect([run.draft.value.agent, phases()]).toEqual(['a3c', ['failed']]);
  page.edit('agent', 'workers', '1', false);
  await page.reset();
  expect([phases(), running()?.agent, running()?.config['workers']]).toEqual([['running'], 'a3c', 1]);
});

test('an agent that is refused for a setting shows its settings, and starts once that is right', async () => {
  isolated = false;
  await page.open('#world=cart-pole&agent=reinforce&backend=cpu');
  const [run] = page.runs.value;
  await run.pickAgent('a3c');
  expect([phases(), running()?.agent]).toEqual([['running'], 'reinforce']);
  expect(run.form.agent.value?.id).toBe('a3c');
  expect(run.problems.value).toEqual([expect.objectContaining({ field: 'agent.workers' })]);
  page.edit('agent', 'workers', '1', false);
  await until(() => run.problems.value.length === 0);
  await page.reset();
  expect([running()?.agent, running()?.config['workers']]).toEqual(['a3c', 1]);
});

test('a link whose second run needs a recording shows the question', async () => {
  await page.open(`#${LAKE}&b.agent=bc`);
  const [, second] = page.runs.value;
  expect(second.cloning.asked.value?.request.agent).toBe('bc');
  expect(page.focused.value).toBe(second);
});

test('a wrong value stays out of the address, which another reader could not open', async () => {
  await page.open(`#${LAKE}`);
  page.edit('agent', 'gamma', '7', false);
  page.setSeed('-5');
  await until(() => page.focused.value.problems.value.length === 2);
  expect(page.focused.value.form.shown('agent', 'gamma')).toBe('7');
  expect(page.link.value).not.toMatch(/gamma|seed/);
  page.edit('agent', 'gamma', '0.7', false);
  await until(() => page.link.value.includes('agent.gamma=0.7'));
});

test('the reason for another agent is told once', async () => {
  await page.open('#world=pendulum&agent=q-learning&backend=cpu');
  const lines = page.focused.value.worker.notice.value?.lines ?? [];
  expect(lines.filter((line) => line.startsWith('agent: '))).toHaveLength(1);
  expect(new Set(lines).size).toBe(lines.length);
});

test('the reason for another agent is told also after a world that was passed over', async () => {
  await page.open(`#${LAKE}`);
  await Promise.all([page.pickWorld('cliff-walking'), page.pickWorld('cart-pole')]);
  expect(worlds()).toEqual(['cart-pole']);
  const { notice } = page.focused.value.worker;
  expect(notice.value?.title).toBe('The agent was replaced by the one that this world starts with');
  expect(notice.value?.lines).toEqual([expect.stringMatching(/^agent: /)]);
});

test('a run that waits for the other one to start is not said to be paused', async () => {
  await page.open(`#${LAKE}`);
  const comparing = page.compare();
  const [first] = page.runs.value;
  const seen = new Set<string>();
  const stop = first.worker.phase.subscribe((phase) => void seen.add(`${phase} ${page.waits(first)}`));
  await comparing;
  stop();
  expect(seen).not.toContain('paused false');
  expect(phases()).toEqual(['running', 'running']);
  expect(page.waits(first)).toBe(false);
  await page.toggle();
  expect([phases(), page.waits(first)]).toEqual([['paused', 'paused'], false]);
});

test('a run is pausing until its worker has answered, and one that dies meanwhile is not for ever', async () => {
  await page.open(`#${LAKE}`);
  const { worker } = page.focused.value;
  const stateNow = (): string => stateOf(worker);
  const pausing = page.toggle();
  expect(stateNow()).toBe('Pausing…');
  await pausing;
  expect(stateNow()).toBe('Paused');
  const { done } = worker.progress.value;
  // One step of a run at rest is no pause.
  const stepping = page.step();
  expect(stateNow()).toBe('Paused');
  await stepping;
  await until(() => worker.progress.value.done > done);
  await page.toggle();
  const second = page.toggle();
  expect(stateNow()).toBe('Pausing…');
  workers[0].die('out of memory');
  await second;
  expect(worker.pausing.value).toBe(0);
});

test('a run whose worker has crashed is not said to be saved', async () => {
  await page.open(`#${LAKE}`);
  workers[0].die('out of memory');
  expect(await saveRun(page.focused.value)).toBe(false);
});
