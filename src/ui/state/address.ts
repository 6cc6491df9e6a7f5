/**
 * Keeps the address in step with the page, at rest: Safari allows 100 changes in 30 seconds and throws at the next one. Nothing
 * else depends on the address, so a change that is refused is only tried again later.
 */

/** Milliseconds without a change before the address follows, and before another attempt after a refusal. */
const REST = 500;
const AGAIN = 10_000;

export class Address {
  private readonly write: (link: string) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `write` may throw. */
  constructor(write: (link: string) => void) {
    this.write = write;
  }

  follow(link: string, wait = REST): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      try {
        this.write(link);
      } catch {
        this.follow(link, AGAIN);
      }
    }, wait);
  }

  /** Drops what was to be written: the user has chosen another address. */
  rest(): void {
    clearTimeout(this.timer);
  }
}
