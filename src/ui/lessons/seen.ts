/** What a lesson sees of the page: the run that is focused, and what the learner has set. All of it follows the page's signals. */
import type { Overlay } from '#core/overlay.ts';
import type { Speed } from '#worker/protocol.ts';
import { openTab } from '../state/dock.ts';
import type { Page } from '../state/page.ts';
import { LENGTH } from '../state/record.ts';
import { text, type Section } from '../state/values.ts';

/** To compare with what is there later. */
export interface Moment {
  readonly run: string;
  readonly steps: number;
  readonly episodes: number;
}

export class Seen {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Whether there is a run. */
  get ready(): boolean {
    return this.focused.worker.ready;
  }

  get moment(): Moment {
    const { steps, episodes } = this;
    return { run: this.run, steps, episodes };
  }

  /** Another one with every reset. */
  get run(): string {
    const { id, worker } = this.focused;
    return `${id} ${worker.info.value?.run}`;
  }

  get steps(): number {
    return this.focused.worker.progress.value.done;
  }

  get episodes(): number {
    return this.focused.worker.progress.value.episodes;
  }

  get speed(): Speed {
    return this.page.speed.value;
  }

  /** The open tab of the dock. */
  get tab(): string {
    return openTab.value;
  }

  /** Whether the learner plays. */
  get plays(): boolean {
    return this.page.player.value !== undefined;
  }

  /** Of the last 100 episodes; NaN before the first. */
  get meanReturn(): number {
    const { record } = this.focused.worker;
    void record.version.value;
    return record.returns.latestMean;
  }

  get meanLength(): number {
    return this.metric(LENGTH);
  }

  /** The newest value of a metric, smoothed as its curve is; NaN before the first. */
  metric(name: string): number {
    const { record } = this.focused.worker;
    void record.version.value;
    return record.curve(name)?.latestMean ?? NaN;
  }

  shows(overlay: Overlay): boolean {
    return this.page.shown.value.has(overlay);
  }

  /** What the form shows for a field, as text. */
  setting(section: Section, key: string): string {
    return text(this.focused.form.shown(section, key));
  }

  /** The same as a number; NaN for anything else. */
  value(section: Section, key: string): number {
    return Number(this.setting(section, key));
  }

  /** The action that is most likely in a state after at least so many steps; undefined unless an overlay of states is shown. */
  actionIn(state: number, steps = 0): number | undefined {
    const { states: look, progress = 0 } = this.focused.worker.screen.look.value;
    if (progress < steps) return undefined;
    const row = look?.states.indexOf(state) ?? -1;
    const { probabilities } = look?.estimates ?? {};
    if (!look || !probabilities || row < 0) return undefined;
    const actions = probabilities.length / look.states.length;
    const of = probabilities.subarray(row * actions, (row + 1) * actions);
    const best = of.indexOf(Math.max(...of));
    // Before anything is learned, all are alike.
    return of.some((probability, action) => action !== best && probability === of[best]) ? undefined : best;
  }

  private get focused(): Page['focused']['value'] {
    return this.page.focused.value;
  }
}
