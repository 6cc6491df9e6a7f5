/**
 * The points of a curve, of any length, in a fixed number of buckets: when they are full, neighbours join and each
 * covers twice as many points. Adding costs the same at the millionth point, and drawing never sees more than `ROOM`.
 */

/** Number of buckets: as many as can be told apart on a chart, few enough to be drawn quickly. */
const ROOM = 512;

/** What a chart needs of a curve. */
export interface Drawable {
  /** Buckets, and points in them. */
  readonly count: number;
  readonly points: number;
  /** Whether buckets have an extent, between `low` and `high`. */
  readonly joined: boolean;
  /** x, lowest, highest and mean of each bucket. */
  readonly columns: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  readonly latestMean: number;
}

/** A curve as structured clone takes it. */
export interface KeptCurve {
  readonly numbers: Readonly<Record<'count' | 'points' | 'width' | 'filled' | 'windowSum', number>>;
  readonly columns: readonly Float64Array[];
}

export class Curve implements Drawable {
  /** Buckets in use. */
  count = 0;
  /** Points added since `clear`. */
  points = 0;
  private readonly x = new Float64Array(ROOM);
  private readonly low = new Float64Array(ROOM);
  private readonly high = new Float64Array(ROOM);
  private readonly mean = new Float64Array(ROOM);
  /** Points per bucket, and in the last one. */
  private width = 1;
  private filled = 0;
  private readonly window: Float64Array;
  private windowSum = 0;

  /** `window`: how many points the running mean goes back. */
  constructor(window: number) {
    this.window = new Float64Array(window);
  }

  /** The running mean at the last point; NaN before the first. */
  get latestMean(): number {
    return this.points === 0 ? NaN : this.windowSum / Math.min(this.points, this.window.length);
  }

  /** Whether buckets hold several points by now. */
  get joined(): boolean {
    return this.width > 1;
  }

  /** x, lowest, highest and running mean of each bucket; views, valid until the next point. */
  get columns(): [Float64Array, Float64Array, Float64Array, Float64Array] {
    const { x, low, high, mean, count } = this;
    return [x.subarray(0, count), low.subarray(0, count), high.subarray(0, count), mean.subarray(0, count)];
  }

  /** Points up to the end of each bucket. */
  get counts(): Float64Array {
    return Float64Array.from({ length: this.count }, (_, i) => Math.min((i + 1) * this.width, this.points));
  }

  /** All of it, for the browser's database. */
  kept(): KeptCurve {
    const { count, points, width, filled, windowSum, columns, window } = this;
    return {
      numbers: { count, points, width, filled, windowSum },
      columns: [...columns, window].map((column) => column.slice()),
    };
  }

  /** Takes back what `kept` gave for a curve of the same window. */
  takeBack({ numbers, columns }: KeptCurve): void {
    Object.assign(this, numbers);
    [this.x, this.low, this.high, this.mean, this.window].forEach((column, i) => column.set(columns[i]));
  }

  clear(): void {
    this.count = this.points = this.filled = this.windowSum = 0;
    this.width = 1;
    this.window.fill(0);
  }

  /** Adds points in the order of x; NaN is left out. */
  add(xs: Float64Array, values: Float64Array): void {
    for (let i = 0; i < xs.length; i++) if (Number.isFinite(values[i])) this.push(xs[i], values[i]);
  }

  /** Adds a point; x may not fall. */
  push(x: number, value: number): void {
    const slot = this.points % this.window.length;
    this.windowSum += value - this.window[slot];
    this.window[slot] = value;
    this.points++;
    // A running sum drifts, so it is recomputed once per window.
    if (slot === this.window.length - 1) this.windowSum = this.window.reduce((sum, each) => sum + each, 0);
    if (this.count === 0 || this.filled === this.width) this.open();
    const at = this.count - 1;
    const first = this.filled === 0;
    this.x[at] = x;
    this.low[at] = first ? value : Math.min(this.low[at], value);
    this.high[at] = first ? value : Math.max(this.high[at], value);
    this.mean[at] = this.latestMean;
    this.filled++;
  }

  private open(): void {
    if (this.count === ROOM) this.halve();
    if (this.count > 0 && this.filled < this.width) return;
    this.count++;
    this.filled = 0;
  }

  private halve(): void {
    const { x, low, high, mean } = this;
    for (let i = 0; i < ROOM / 2; i++) {
      const right = 2 * i + 1;
      x[i] = x[right];
      low[i] = Math.min(low[right - 1], low[right]);
      high[i] = Math.max(high[right - 1], high[right]);
      mean[i] = mean[right];
    }
    this.count = ROOM / 2;
    this.width *= 2;
    this.filled = this.width;
  }
}
