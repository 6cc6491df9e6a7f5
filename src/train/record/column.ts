/** One column of the record: numbers that are appended and read from an index on. */

/** A list of numbers that doubles its room when full, up to twice `keep`; from then on it forgets its older half instead. */
export class Column {
  private readonly keep: number;
  private values = new Float64Array(256);
  private length = 0;
  private forgotten = 0;

  constructor(keep: number) {
    this.keep = keep;
  }

  push(value: number): void {
    // At a given length, not when full: columns that are filled together forget together.
    if (this.length === 2 * this.keep) this.forget();
    if (this.length === this.values.length) this.grow();
    this.values[this.length++] = value;
  }

  /** A copy of the values from index `from` on, as far as they are still known. */
  since(from: number): Float64Array {
    return this.values.slice(Math.max(0, from - this.forgotten), this.length);
  }

  /** Puts back what `since(0)` gave when `count` values had been pushed in all. */
  load(values: ArrayLike<number>, count: number): void {
    this.values = new Float64Array(Math.max(256, values.length * 2));
    this.values.set(values);
    this.length = values.length;
    this.forgotten = count - values.length;
  }

  /** Drops what was pushed from index `from` on. */
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
