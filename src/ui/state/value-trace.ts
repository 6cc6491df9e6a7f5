/** V(s) over the last steps that were shown, and where episodes began among them. */

/** Steps that are kept. */
const LENGTH = 200;

/** A value and the step of its episode. */
interface Point {
  readonly value: number;
  readonly step: number;
}

export class ValueTrace {
  private kept: Point[] = [];

  /** Oldest first. */
  get points(): readonly Point[] {
    return this.kept;
  }

  /** Adds what a frame shows; the same step shown again replaces it. */
  push(value: number, step: number): void {
    if (!Number.isFinite(value)) return;
    if (this.kept.at(-1)?.step === step) this.kept.pop();
    this.kept.push({ value, step });
    if (this.kept.length > LENGTH) this.kept.shift();
  }

  clear(): void {
    this.kept = [];
  }
}
