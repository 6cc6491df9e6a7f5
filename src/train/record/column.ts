/** One column of the record: numbers are appended, and read from an index on. */

/** A list of numbers that doubles its capacity when full, up to twice `keep`, and then drops its older half instead. */
export class Column {
  private readonly keep: number;
  private values = new Float64Array(256);
  private length = 0;
  private forgotten = 0;

  constructor(keep: number) {
    this.keep = keep;
  }

  push(value: number): void {
    // At a given length rather than when full, so that columns filled together drop the same rows.
    if (this.length === 2 * this.keep) this.forget();
    if (this.length === this.values.length) this.grow();
    this.values[this.length++] = value;
  }

  /** A copy of the values from index `from` on, as far as they are still kept. */
  since(from: number): Float64Array {
    return this.values.slice(Math.max(0, from - this.forgotten), this.length);
  }

  /** Restores the result of `since(0)` at the time when `count` values had been pushed in total. */
  load(values: ArrayLike<number>, count: number): void {
    const { length } = values;
    // Saved by a record that keeps more, as the command line's does.
    const from = length > 2 * this.keep ? length - this.keep : 0;
    this.length = length - from;
    this.values = new Float64Array(Math.max(256, this.length * 2));
    for (let at = 0; at < this.length; at++) this.values[at] = values[from + at];
    this.forgotten = count - this.length;
  }

  /** Drops the values from index `from` on. */
  cut(from: number): void {
    this.length = Math.max(0, from - this.forgotten);
  }

  private forget(): void {
    this.values.copyWithin(0, this.keep, this.length);
    this.length = this.keep;
    this.forgotten += this.keep;
  }

  private grow(): void {
    const grown = new Float64Array(this.length * 2);
    grown.set(this.values);
    this.values = grown;
  }
}
