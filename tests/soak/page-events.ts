/** What happens to a page in a soak: what users do, and what goes wrong. */
import { setTimeout as later } from 'node:timers/promises';
import type { Rng } from '#core/rng.ts';
import { switchContexts } from '#tests/browser/resources.ts';
import { pick } from './half.ts';
import { hold, type Note } from './note.ts';
import { isAsFar, isReady, LIGHTNING, type Confirmed, type Tab } from './tab.ts';

/** Milliseconds within which the page hears of a save, and a session is of the address. */
const HEARD = 3000;
const SETTLED = 20_000;

/** How storage fails until it is mended. */
const FAILING = ['throws', 'aborts', 'tears', 'drops'] as const;

/** Pauses, waits and goes on. */
export async function pause(tab: Tab, rng: Rng): Promise<void> {
  if (!(await isLearning(tab))) return;
  await tab.button('Pause').click();
  const progress = await tab.paused();
  await later(rng.integer(500));
  hold((await tab.seen()).progress === progress, 'it rests while it is paused');
  await goOn(tab, progress);
}

async function goOn(tab: Tab, from: number): Promise<void> {
  await tab.button('Play').click();
  await tab.until('it goes on', (seen) => isOver(seen) || seen.progress > from);
}

async function isLearning(tab: Tab): Promise<boolean> {
  return (await tab.seen()).state === 'Learning';
}

/** Changes a number in the panel of the agent or the model. */
export async function change(tab: Tab, { label, value }: { label: string; value: string }): Promise<void> {
  const input = tab.page
    .getByRole('region', { name: /^(Agent|Model)/ })
    .getByRole('textbox', { name: label, exact: true });
  if (!(await input.isVisible())) return;
  await input.fill(value);
  await input.press('Enter');
  await tab.until('the change is taken', ({ alerts }) => alerts.length === 0);
}

/** Opens a second run beside the first and closes it. */
export async function compare(tab: Tab): Promise<void> {
  const before = tab.page.workers().length;
  await tab.button('Compare').click();
  await tab.page.getByRole('article', { name: /^Run B: / }).waitFor();
  await tab.learns();
  await tab.button('Close run B').click();
  await tab.page.getByRole('article', { name: /^Run B: / }).waitFor({ state: 'detached' });
  await tab.until('its worker is gone', () => tab.page.workers().length <= before);
}

/** The picture's graphics context goes and comes back. */
export async function losePicture(tab: Tab, rng: Rng, note: Note): Promise<void> {
  const name = 'picture: WebGL context lost';
  note.fault(name);
  const { progress } = await tab.seen();
  await tab.page.evaluate(switchContexts, 'loseContext' as const);
  await later(rng.integer(1000));
  await tab.page.evaluate(switchContexts, 'restoreContext' as const);
  await grows(tab, progress);
  note.recover(name);
}

/** Whether it has taken all of its steps. */
export function isOver({ state }: { readonly state: string }): boolean {
  return state.startsWith('Finished');
}

async function grows(tab: Tab, from: number): Promise<void> {
  await tab.until('it goes on', (seen) => isOver(seen) || seen.progress > from);
}

export type Death =
  | 'worker: error'
  | 'worker: silent'
  | 'GPU: WebGL context lost'
  | 'GPU: WebGPU device lost';

/** What the page says when a run goes on by itself, and when it has had to do so too often. */
const GOES_ON = /goes on from its last checkpoint|has been started again/;
const GIVEN_UP = /again after \d+ restarts/;

/** The worker dies, or loses its device; the run goes on from no earlier than the last save that was confirmed. */
export async function die(tab: Tab, how: Death, { rng, note }: { rng: Rng; note: Note }): Promise<void> {
  // As often before anything was saved as after it.
  const before = rng.uniform() < 0.5 ? await tab.saved() : (await tab.saves())[0];
  // A save is in the database before the page hears of it, and until then goes on from the one before.
  if (before) await later(HEARD);
  // At rest, what it goes on from can be read off the page.
  const rests = rng.uniform() < 0.5 && !how.startsWith('GPU') && (await isLearning(tab));
  if (rests) {
    await tab.button('Pause').click();
    await tab.paused();
  }
  if ((await tab.seen()).notice !== '') await tab.button('Dismiss').click();
  await tab.until('nothing is said of the run', ({ notice }) => notice === '');
  note.fault(how);
  await kill(tab, how);
  const { notice } = await tab.until(
    'the run goes on by itself, or says why not',
    (seen) => GOES_ON.test(seen.notice) || GIVEN_UP.test(seen.notice) || isOver(seen),
  );
  // It had come to its end before its worker did: what has ended needs none.
  if (notice === '') {
    await checkKept(tab, before, note);
    return note.recover(how);
  }
  if (GIVEN_UP.test(notice)) await tab.button('Restart').click();
  await tab.until('it has started again', isReady);
  const from = rests ? await tab.paused() : (await resumed(tab)).progress;
  await checkKept(tab, before, note);
  if (before) hold(isAsFar(from, before), `${how}: goes on from ${from}, saved at ${before.progress}`);
  if (rests) await goOn(tab, from);
  note.recover(how);
}

async function resumed(tab: Tab): ReturnType<Tab['until']> {
  return tab.until(
    'it goes on after a restart',
    ({ state, progress }) => /^(Learning|Finished)/.test(state) && progress > 0,
  );
}

async function kill({ worker }: Tab, how: Death): Promise<void> {
  switch (how) {
    case 'worker: error':
      return worker.evaluate((message) => {
        setTimeout(() => {
          throw new Error(message);
        });
      }, LIGHTNING);
    case 'worker: silent':
      // It may be gone before it has answered.
      worker.evaluate('setTimeout(() => close())').catch(() => undefined);
      return undefined;
    case 'GPU: WebGL context lost':
      return worker.evaluate('outside.loseContexts()');
    case 'GPU: WebGPU device lost':
      return worker.evaluate('outside.loseDevices()');
  }
}

/** What was confirmed is there, or something newer of the same run is. */
async function checkKept(tab: Tab, before: Confirmed | undefined, note: Note): Promise<void> {
  if (!before) return;
  const isKept = ({ run, turn, hash }: Confirmed): boolean =>
    run === before.run && (turn > before.turn || hash === before.hash);
  const end = performance.now() + SETTLED;
  let after = await tab.saves();
  // After a live change the address is ahead of the session for a moment, and says nothing of its saves.
  while (!after.some(isKept) && performance.now() < end) {
    await later(500);
    after = await tab.saves();
  }
  const isThere = after.some(isKept);
  note.kept(before.length, isThere);
  hold(isThere, `a confirmed save is gone: ${JSON.stringify({ before, after })}`);
}

/** Storage fails until the page says so, or once; what had been saved stays, and saving works again. */
export async function failStorage(tab: Tab, rng: Rng, note: Note): Promise<void> {
  const kind = pick(rng, [...FAILING, 'closes'] as const);
  const name = `storage: ${kind}`;
  const before = await tab.saved();
  if ((await tab.seen()).state.startsWith('Finished')) return;
  note.fault(name);
  const left = kind === 'closes' ? 1 : 1e9;
  const { worker } = tab;
  await worker.evaluate(`Object.assign(outside.storage, { kind: '${kind}', left: ${left} })`);
  if (kind !== 'closes') {
    await tab.hide();
    await tab.until('it says that nothing is saved', ({ saving }) => saving.startsWith('Not saved'));
    await checkKept(tab, before, note);
    const { progress } = await tab.seen();
    await grows(tab, progress);
    await worker.evaluate('Object.assign(outside.storage, { left: 0 })');
  }
  const after = await tab.saved(before.turn);
  hold(after.progress >= before.progress, `saved at ${after.progress}, before at ${before.progress}`);
  await tab.until('it says nothing of saving', ({ saving }) => saving === '');
  note.recover(name);
}

/** A reload goes on from no earlier than the last save. */
export async function reload(tab: Tab, note: Note): Promise<void> {
  const name = 'page reloaded';
  const before = await tab.saved();
  note.fault(name);
  await tab.page.reload();
  const { progress } = await resumed(tab);
  await checkKept(tab, before, note);
  hold(isAsFar(progress, before), `reloaded at ${progress}, saved at ${before.progress}`);
  note.recover(name);
}
