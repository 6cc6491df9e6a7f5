/** The lesson that is open, and the setup of the learner, who gets it back on leaving: a lesson sets up runs of its own. */
import { computed, signal } from '@preact/signals';
import { unpackLink } from '../state/packed-link.ts';
import type { Page } from '../state/page.ts';
import { fromLink } from '../state/permalink.ts';
import type { LessonId } from './names.ts';

export class Lessons {
  readonly page: Page;
  readonly open = signal<LessonId | undefined>(undefined);
  /** The part of the address after `#`: in a lesson, the lesson and what it was opened from. */
  readonly link = computed(() => {
    const { value: open } = this.open;
    if (open === undefined) return this.page.link.value;
    return [`lesson=${open}`, this.former.value].filter((part) => part !== '').join('&');
  });
  /** The link of the learner's own setup. */
  private readonly former = signal('');

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens an address, and the lesson that it names. */
  async visit(address: string): Promise<void> {
    // One that cannot be unpacked names no lesson.
    const link = await unpackLink(address).catch(() => '');
    const { lesson } = fromLink(link);
    if (lesson === undefined) {
      this.open.value = undefined;
      await this.page.open(address);
      return;
    }
    const rest = new URLSearchParams(link.replace(/^#/, ''));
    rest.delete('lesson');
    this.former.value = rest.toString();
    this.open.value = lesson;
  }

  enter(lesson: LessonId): void {
    if (this.open.value === undefined) this.former.value = this.page.link.value;
    this.open.value = lesson;
  }

  /** Closes the lesson and sets up what was there before. */
  async leave(): Promise<void> {
    this.open.value = undefined;
    await this.page.open(this.former.value);
  }

  /** Starts the run that a step needs, without what the teacher has left out. */
  async setUp(link: string): Promise<void> {
    const all = new URLSearchParams(link);
    const hidden = new URLSearchParams(this.former.value).get('hide');
    if (hidden !== null) all.set('hide', hidden);
    await this.page.open(all.toString());
    await this.page.play();
  }
}
