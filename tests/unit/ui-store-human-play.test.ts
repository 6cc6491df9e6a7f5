/** The page's state over the worker's own code: taking over, cloning, and what remains when something goes wrong meanwhile. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { spawn, until } from '#tests/worker-harness.ts';
import { recordingText } from '#ui/human-play.ts';
import { Store } from '#ui/store.ts';

const LAKE = 'world=frozen-lake&world.slippery=false&agent=q-learning&backend=simd&speed=64';
const TO_THE_GOAL = [1, 1, 2, 1, 2, 2];

const workers: ReturnType<typeof spawn>[] = [];
beforeEach(() => {
  // Frames are not what is looked at here, but their buffers go back when the screen is drawn.
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 1));
});
afterEach(() => {
  workers.splice(0).forEach((worker) => worker.terminate());
  vi.unstubAllGlobals();
});

async function opened(link = LAKE): Promise<Store> {
  const store = new Store(() => workers[workers.push(spawn()) - 1]);
  await store.open(`#${link}`);
  expect(store.phase.value).toBe('running');
  return store;
}

function press({ humanPlays }: Store, actions: readonly number[]): void {
  for (const action of actions) {
    humanPlays.press('key', action);
    humanPlays.release('key');
  }
}

async function played(store: Store): Promise<void> {
  await store.startHumanPlay();
  press(store, TO_THE_GOAL);
  await until(() => store.humanPlays.last.value?.return === 1);
}

test('the agent goes on after it only if it was going on before', async () => {
  const store = await opened();
  await store.startHumanPlay();
  expect([store.phase.value, store.humanPlays.game.value?.world]).toEqual(['paused', 'frozen-lake']);
  await store.giveBack();
  expect([store.phase.value, store.humanPlays.game.value]).toEqual(['running', undefined]);
  await store.toggle();
  await store.startHumanPlay();
  await store.giveBack();
  expect(store.phase.value).toBe('paused');
  await store.startHumanPlay();
  await store.toggle();
  expect([store.phase.value, store.humanPlays.game.value]).toEqual(['running', undefined]);
});

test('a clone of what is being played takes the episode under way along, and a reset keeps its recording', async () => {
  const store = await opened();
  await played(store);
  press(store, [1]);
  await store.clonePlayed('bc');
  expect(store.humanPlays.game.value).toBeUndefined();
  expect(store.info.value).toMatchObject({
    request: { agent: 'bc' },
    demonstrations: { episodes: 2, steps: 7 },
  });
  expect(store.cloning.asked.value).toBeUndefined();
  await store.reset();
  expect(store.info.value?.demonstrations).toEqual({ episodes: 2, steps: 7 });
  expect(store.link.value).toContain('agent=bc');
  expect(store.link.value).not.toContain('ludus-recording');
});

test('choosing a cloner asks; the run before goes on, and choosing its agent again changes nothing', async () => {
  const store = await opened();
  const { run } = store.info.value ?? {};
  await store.pickAgent('bc');
  expect(store.cloning.asked.value?.request).toMatchObject({ agent: 'bc', world: 'frozen-lake' });
  await store.clonePlayed('bc');
  await store.cloning.give('nonsense\n');
  expect(store.cloning.asked.value?.problems).toMatchObject([{ field: 'recording.line 1' }]);
  expect([store.problems.value, store.notice.value]).toEqual([[], undefined]);
  await store.pickAgent('q-learning');
  expect(store.cloning.asked.value).toBeUndefined();
  expect([store.phase.value, store.info.value?.run]).toEqual(['running', run]);
});

test('another world takes the question along, and its recording is another', async () => {
  const store = await opened();
  await played(store);
  await store.clonePlayed('bc');
  await store.pickWorld('cart-pole');
  expect(store.info.value?.request).toMatchObject({ world: 'cart-pole', agent: 'dqn' });
  expect(store.cloning.asked.value?.request).toMatchObject({ world: 'cart-pole', agent: 'bc' });
  expect(store.humanPlays.of('cart-pole')).toBeUndefined();
  await store.cloning.give(recordingText(store.humanPlays.recordings.value[0]));
  expect(store.cloning.asked.value?.problems).toMatchObject([{ field: 'world', got: '"cart-pole"' }]);
});

test('a change that is refused leaves the play as it is; one that is not ends it and keeps what was played', async () => {
  const store = await opened();
  await played(store);
  press(store, [1]);
  await store.pickBackend('webgl');
  expect([store.phase.value, store.humanPlays.game.value?.world]).toEqual(['paused', 'frozen-lake']);
  press(store, [1]);
  await store.reset();
  expect(store.humanPlays.game.value).toBeUndefined();
  await until(() => store.humanPlays.of('frozen-lake')?.steps === 8);
});

test('when the worker dies, what was played is still there', async () => {
  const store = await opened();
  await played(store);
  workers[0].die('out of memory');
  expect([store.phase.value, store.humanPlays.game.value]).toEqual(['failed', undefined]);
  expect(store.humanPlays.of('frozen-lake')).toMatchObject({ episodes: 1, steps: 6 });
  await store.restart();
  await store.clonePlayed('bc');
  expect(store.info.value?.request.agent).toBe('bc');
});
