/**
 * Keeps the address in step with the page, at rest: Safari allows 100 changes in 30 seconds and throws at the next one. Nothing
 * else depends on the address, so a change that is refused is only tried again later.
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
