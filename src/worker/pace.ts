/** Number of steps due at a given speed: elapsed time is credit that steps spend, up to a limit. */

/** Maximum credit in milliseconds: after a stall the world continues at its speed instead of catching up. */
const LONGEST = 100;

export class Pace {
  private last: number | undefined;
  private credit = 0;

  /** Steps due now at `rate` steps per second. */
  due(now: number, rate: number): number {
    const passed = this.last === undefined ? 1000 / rate : now - this.last;
    this.last = now;
    this.credit = Math.min(this.credit + (passed * rate) / 1000, 1 + (LONGEST * rate) / 1000);
    return Math.floor(this.credit);
  }

  spend(steps: number): void {
    this.credit -= steps;
  }

  /** Milliseconds until the next step is due. */
  wait(rate: number): number {
    return Math.max(0, ((1 - this.credit) / rate) * 1000);
  }

  /** Resets the clock: the next step is due at once. */
  restart(): void {
    this.last = undefined;
    this.credit = 0;
  }
}
