/**
 * Keeps the address in step with the page, at rest: Safari allows 100 changes in 30 seconds and throws at the next one. Nothing
 * else depends on the address, so a change that is refused is only tried again later. The user's own changes come first.
 */
import { packLink } from './packed-link.ts';

/** Milliseconds without a change before the address follows, and before another attempt after a refusal. */
const REST = 500;
const AGAIN = 10_000;

export class Address {
  private readonly write: (link: string) => void;
  private readonly pack: typeof packLink;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what was to be written, so that a link which takes its time to pack does not come after a newer one. */
  private turn = 0;

  /** `write` may throw. `pack` shortens long links. */
  constructor(write: (link: string) => void, pack: typeof packLink = packLink) {
    this.write = write;
    this.pack = pack;
  }

  follow(link: string, wait = REST): void {
    this.rest();
    const { turn } = this;
    this.timer = setTimeout(() => {
      const packed = this.pack(link);
      if (typeof packed === 'string') this.put(packed, link);
      else void packed.then((text) => turn === this.turn && this.put(text, link));
    }, wait);
  }

  /** Drops what was to be written: the user has chosen another address. */
  rest(): void {
    clearTimeout(this.timer);
    this.turn++;
  }

  private put(packed: string, link: string): void {
    try {
      this.write(packed);
    } catch {
      this.follow(link, AGAIN);
    }
  }
}

/** The browser's part of it. */
export interface Bar {
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

/** The part of the address after `#`, which page and user both write. */
export class AddressBar {
  private readonly bar: Bar;
  /** What the page has written or read, the newest first. */
  private readonly past: string[];
  /** Whether the page was reached from another room. */
  readonly entered: boolean;

  constructor(bar: Bar = globalThis) {
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
