/**
 * The lesson that is open. It sets up runs of its own: those of the learner are put aside meanwhile, and come back on leaving as
 * they were, with what they have learned.
 */
import { computed, signal } from '@preact/signals';
import { giveUp, linkAside, putAside, takeBack, type Own } from '../state/aside.ts';
import { withoutLesson } from '../state/packed-link.ts';
import type { Page } from '../state/page.ts';
import type { LessonId } from './names.ts';

export class Lessons {
  readonly page: Page;
  readonly open = signal<LessonId | undefined>(undefined);
  /** The address of the learner's own setup. */
  readonly own = computed(() => {
    const { aside, link } = this.page;
    return aside.value ? linkAside(aside.value) : link.value;
  });
  /** The part of the address after `#`: in a lesson, the lesson and what it was opened from. */
  readonly link = computed(() => {
    const { value: open } = this.open;
    const { value: own } = this.own;
    return open === undefined ? own : [`lesson=${open}`, own].filter((part) => part !== '').join('&');
  });
  /** Until what an address asks for is there: a lesson puts it aside whole. */
  private opening: Promise<unknown> = Promise.resolve();
  private visits = 0;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens an address, and the lesson that it names. `own`: what is the learner's own in it, if not a link alone. */
  visit(address: string, own?: Own): Promise<void> {
    // Whoever enters one from now on, does so from there.
    this.open.value = undefined;
    return this.wait(() => this.read(address, own));
  }

  enter(lesson: LessonId): void {
    this.open.value = lesson;
  }

  /** Closes the lesson and brings back what was there before. */
  async leave(): Promise<void> {
    this.open.value = undefined;
    await this.wait(() => takeBack(this.page));
  }

  /** Starts the run that a step needs, without what the teacher has left out. */
  async setUp(link: string): Promise<void> {
    const { page } = this;
    await this.opening;
    if (this.open.value === undefined) return;
    if (!page.aside.value) putAside(page);
    const all = new URLSearchParams(link);
    const hidden = new URLSearchParams(this.own.value).get('hide');
    if (hidden !== null) all.set('hide', hidden);
    if (await page.open(all.toString())) await page.play();
  }

  private async read(address: string, own: Own | undefined): Promise<void> {
    const { page } = this;
    const mine = ++this.visits;
    const { lesson, link } = await withoutLesson(address);
    // Another one was opened while this one was unpacked.
    if (mine !== this.visits) return;
    // A lesson alone is one in the midst of what is there.
    const isMidst = lesson !== undefined && !own && (link === '' || link === this.own.peek());
    if (!isMidst) await giveUp(page);
    if (lesson === undefined) return void (await (own ? own.open() : page.open(address)));
    if (!isMidst) page.aside.value = { kind: 'later', ...(own ?? { link, open: () => page.open(link) }) };
    this.open.value ??= lesson;
  }

  private async wait(open: () => Promise<unknown>): Promise<void> {
    this.opening = open();
    await this.opening;
  }
}
