/** What stands on the page, put aside while something else is shown there, and brought back as it was. */
import type { Speed } from '#worker/protocol.ts';
import { linkOf, type Shared } from './page-link.ts';
import type { Page } from './page.ts';
import type { RunStore } from './run-store.ts';

/** Runs at rest in their workers. */
interface Standing extends Shared {
  readonly kind: 'runs';
  readonly runs: readonly RunStore[];
  readonly focused: RunStore;
  readonly speed: Speed;
  readonly playing: boolean;
}

/** What is to be opened: a link, or a session that was saved. */
export interface Own {
  readonly link: string;
  readonly open: () => Promise<unknown>;
}

/** What is opened only when it is brought back. */
interface Later extends Own {
  readonly kind: 'later';
}

export type Aside = Standing | Later;

/** The address of what is put aside. */
export function linkAside(aside: Aside): string {
  return aside.kind === 'later' ? aside.link : linkOf(aside.runs, aside);
}

/** The user's own runs: those on the page, or those that are put aside; undefined where they have not begun. */
export function standingOf(page: Page): Pick<Standing, 'runs' | 'focused' | 'playing'> | undefined {
  const { aside, runs, focused, playing } = page;
  if (!aside.value) return { runs: runs.value, focused: focused.value, playing };
  return aside.value.kind === 'runs' ? aside.value : undefined;
}

/** Puts the runs of the page aside, at rest, with all that they have learned; another one, still empty, takes their place. */
export function putAside(page: Page): void {
  const { runs, focused, speed, shown, hide, playing } = page;
  page.aside.value = {
    kind: 'runs',
    runs: runs.value,
    focused: focused.value,
    speed: speed.value,
    shown: shown.value,
    hide: hide.value,
    playing,
  };
  const { value: mine } = runs;
  page.replaceAll([page.create()]);
  for (const run of mine) void (run.humanPlays.game.value ? run.giveBack() : run.worker.pause());
}

/** Ends the runs on the page, and brings back what was put aside. */
export async function takeBack(page: Page): Promise<void> {
  const { value: aside } = page.aside;
  if (aside?.kind === 'runs') await bringBack(page, aside);
  else if (aside) {
    // Until it is there it is still what is saved of the page.
    await aside.open();
    if (page.aside.value === aside) page.aside.value = undefined;
  }
}

async function bringBack(page: Page, aside: Standing): Promise<void> {
  const { value: ended } = page.runs;
  const { runs, focused, speed, shown, hide, playing } = aside;
  page.aside.value = undefined;
  page.replaceAll(runs);
  page.focus(focused);
  page.speed.value = speed;
  page.shown.value = shown;
  page.hide.value = hide;
  page.playing = playing;
  for (const run of ended) page.end(run);
  if (playing) await page.play();
}

/** The same where something else is opened next: what has not begun does not. */
export async function giveUp(page: Page): Promise<void> {
  if (page.aside.value?.kind === 'runs') await takeBack(page);
  else page.aside.value = undefined;
}
