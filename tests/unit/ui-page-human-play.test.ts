/** The page's state over the worker's own code: taking over, cloning, and what remains when something goes wrong meanwhile. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { spawn, until } from '#tests/worker-harness.ts';
import { recordingText } from '#ui/state/human-play.ts';
import { Page } from '#ui/state/page.ts';
import type { RunStore } from '#ui/state/run-store.ts';

const LAKE = 'world=frozen-lake&world.slippery=false&agent=q-learning&backend=simd&speed=64';
const TO_THE_GOAL = [1, 1, 2, 1, 2, 2];

const workers: ReturnType<typeof spawn>[] = [];
const pages: Page[] = [];
beforeEach(() => {
  // Frames are not what is looked at here, but their buffers go back when the screen is drawn.
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 1));
});
afterEach(() => {
  pages.splice(0).forEach((page) => page[Symbol.dispose]());
  workers.splice(0);
  vi.unstubAllGlobals();
});

async function opened(link = LAKE): Promise<{ page: Page; run: RunStore }> {
  const page = new Page(() => workers[workers.push(spawn()) - 1]);
  pages.push(page);
  await page.open(`#${link}`);
  const [run] = page.runs.value;
  expect(run.worker.phase.value).toBe('running');
  return { page, run };
}

function press({ humanPlays }: RunStore, actions: readonly number[]): void {
  for (const action of actions) {
    humanPlays.press('key', action);
    humanPlays.release('key');
  }
}

async function played(run: RunStore): Promise<void> {
  await run.startHumanPlay();
  press(run, TO_THE_GOAL);
  await until(() => run.humanPlays.last.value?.return === 1);
}

test('the agent continues afterwards only if it was running before', async () => {
  const { page, run } = await opened();
  await run.startHumanPlay();
  expect([run.worker.phase.value, run.humanPlays.game.value?.world]).toEqual(['paused', 'frozen-lake']);
  await run.giveBack();
  expect([run.worker.phase.value, run.humanPlays.game.value]).toEqual(['running', undefined]);
  await page.toggle();
  await run.startHumanPlay();
  await run.giveBack();
  expect(run.worker.phase.value).toBe('paused');
  await run.startHumanPlay();
  await page.toggle();
  expect([run.worker.phase.value, run.humanPlays.game.value]).toEqual(['running', undefined]);
});

test('a clone of what is being played takes the current episode along, and a reset keeps its recording', async () => {
  const { page, run } = await opened();
  await played(run);
  press(run, [1]);
  await run.clonePlayed('bc');
  expect(run.humanPlays.game.value).toBeUndefined();
  expect(run.worker.info.value).toMatchObject({
    request: { agent: 'bc' },
    demonstrations: { episodes: 2, steps: 7 },
  });
  expect(run.cloning.asked.value).toBeUndefined();
  await page.reset();
  expect(run.worker.info.value?.demonstrations).toEqual({ episodes: 2, steps: 7 });
  expect(page.link.value).toContain('agent=bc');
  expect(page.link.value).not.toContain('ludus-recording');
});

test('choosing a cloner asks; the run before continues, and choosing its agent again changes nothing', async () => {
  const { run } = await opened();
  const { run: before } = run.worker.info.value ?? {};
  await run.pickAgent('bc');
  expect(run.cloning.asked.value?.request).toMatchObject({ agent: 'bc', world: 'frozen-lake' });
  await run.clonePlayed('bc');
  await run.cloning.give('nonsense\n');
  expect(run.cloning.asked.value?.problems).toMatchObject([{ field: 'recording.line 1' }]);
  expect([run.problems.value, run.worker.notice.value]).toEqual([[], undefined]);
  await run.pickAgent('q-learning');
  expect(run.cloning.asked.value).toBeUndefined();
  expect([run.worker.phase.value, run.worker.info.value?.run]).toEqual(['running', before]);
});

test('another world takes the question along, and its recording is another', async () => {
  const { page, run } = await opened();
  await played(run);
  await run.clonePlayed('bc');
  await page.pickWorld('cart-pole');
  expect(run.worker.info.value?.request).toMatchObject({ world: 'cart-pole', agent: 'dqn' });
  expect(run.cloning.asked.value?.request).toMatchObject({ world: 'cart-pole', agent: 'bc' });
  expect(run.humanPlays.of('cart-pole')).toBeUndefined();
  await run.cloning.give(recordingText(run.humanPlays.recordings.value[0]));
  expect(run.cloning.asked.value?.problems).toMatchObject([{ field: 'world', got: '"cart-pole"' }]);
});

test('a change that is refused leaves the play as it is; one that is not ends it and keeps what was played', async () => {
  const { page, run } = await opened();
  await played(run);
  press(run, [1]);
  await page.pickBackend('webgl');
  expect([run.worker.phase.value, run.humanPlays.game.value?.world]).toEqual(['paused', 'frozen-lake']);
  press(run, [1]);
  await page.reset();
  expect(run.humanPlays.game.value).toBeUndefined();
  await until(() => run.humanPlays.of('frozen-lake')?.steps === 8);
});

test('when the worker dies, what was played is still there', async () => {
  const { run } = await opened();
  await played(run);
  workers[0].die('out of memory');
  expect(run.humanPlays.game.value).toBeUndefined();
  expect(run.humanPlays.of('frozen-lake')).toMatchObject({ episodes: 1, steps: 6 });
  await until(() => run.worker.ready);
  await run.clonePlayed('bc');
  expect(run.worker.info.value?.request.agent).toBe('bc');
});
