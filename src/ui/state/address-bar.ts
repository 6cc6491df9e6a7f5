/**
 * The part of the address after `#`, which page and user both write: the user's changes come first, and the way from one room
 * to another is told from a reload.
 */

/** Where the browser keeps it. */
interface Browser {
  readonly location: Pick<Location, 'hash'>;
  readonly history: Pick<History, 'replaceState' | 'state'>;
}

/** What the history notes of a page that another room is left for. */
const ENTERED = 'entered';

/** Loads the page anew for the room that its address names now. */
export function enterRoom(): void {
  history.replaceState(ENTERED, '');
  location.reload();
}

/** How many addresses are remembered: a setting that is dragged writes two in a second. */
const REMEMBERED = 8;

export class AddressBar {
  private readonly bar: Browser;
  /** What the page has written or read, the newest first. */
  private readonly past: string[];
  /** Whether the page was reached from another room. */
  readonly entered: boolean;

  constructor(bar: Browser = globalThis) {
    this.bar = bar;
    this.past = [bar.location.hash];
    this.entered = bar.history.state === ENTERED;
    // A reload of this room is none of the way in.
    if (this.entered) bar.history.replaceState(null, '');
  }

  /**
   * The addresses that the page has had last, the newest first. A reload asks for that of the moment when it began: the page
   * may write another one while the server takes its time.
   */
  get recent(): readonly string[] {
    return this.past;
  }

  /** What is there now, whoever wrote it. */
  read(): string {
    const { hash } = this.bar.location;
    if (hash !== this.past[0]) this.past.unshift(hash);
    this.past.splice(REMEMBERED);
    return hash;
  }

  /**
   * Throws what the browser throws. Writes nothing where the user has chosen another address that the page has not heard of yet:
   * `hashchange` comes later than the change, and would find it gone.
   */
  write(link: string): void {
    if (this.bar.location.hash !== this.past[0]) return;
    this.bar.history.replaceState(null, '', `#${link}`);
    this.read();
  }
}
