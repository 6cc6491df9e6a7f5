/**
 * Learning curves of several seeds on common places of the x axis, and their interquartile mean with its 95 % stratified-bootstrap
 * band (Agarwal et al. 2021). All seeds count only up to the same step, however far each was trained beyond it.
 */
import { stratifiedInterval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { interquartileMean } from '#core/stats.ts';
import type { BatchEvent } from '#worker/protocol.ts';
import { Curve, type Drawable } from './curve.ts';
import { MEAN_OVER } from './record.ts';

/** Places on the x axis. */
export const PLACES = 100;
/** Bootstrap samples per place: enough for a band on a chart; the whole curve takes a fraction of a second. */
const REPETITIONS = 2000;
/** Milliseconds of work on bands between two chances for others. */
const SLICE = 6;

/** The mean return of the last episodes of one seed, at every place. */
export class SeedCurve {
  /** NaN where no episode has ended yet. */
  readonly means = new Float64Array(PLACES).fill(NaN);
  /** Places that have been passed. */
  reached = 0;
  private readonly steps: number;
  private returns = new Curve(MEAN_OVER);

  /** `steps`: where the last place is. */
  constructor(steps: number) {
    this.steps = steps;
  }

  take(episodes: Pick<BatchEvent['episodes'], 'step' | 'return'>, progress: number): void {
    episodes.step.forEach((step, i) => {
      this.passUntil((place) => place < step);
      this.returns.push(step, episodes.return[i]);
    });
    this.passUntil((place) => place <= progress);
  }

  /** Takes back what another one had. */
  takeBack({ means, reached }: { readonly means: Float64Array; readonly reached: number }): void {
    this.means.set(means);
    this.reached = reached;
  }

  /** The seed is trained again from its first step. */
  startOver(): void {
    this.means.fill(NaN);
    this.reached = 0;
    this.returns = new Curve(MEAN_OVER);
  }

  /** The episodes at hand are all there are: the places left have their mean. */
  finish(): void {
    this.passUntil(() => true);
  }

  private passUntil(isPassed: (step: number) => boolean): void {
    while (this.reached < PLACES && isPassed(stepAt(this.reached, this.steps)))
      this.means[this.reached++] = this.returns.latestMean;
  }
}

function stepAt(place: number, steps: number): number {
  return ((place + 1) * steps) / PLACES;
}

/** The curve of all seeds together; at every place of those that have passed it. */
export class GroupCurve implements Drawable, Disposable {
  readonly joined = true;
  private readonly seeds: readonly SeedCurve[];
  private readonly changed: () => void;
  private readonly x: Float64Array;
  private readonly low = new Float64Array(PLACES).fill(NaN);
  private readonly high = new Float64Array(PLACES).fill(NaN);
  private readonly mean = new Float64Array(PLACES).fill(NaN);
  /** Number of seeds in each place's band. */
  private readonly counted = new Uint8Array(PLACES);
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when bands have been computed. */
  constructor(seeds: readonly SeedCurve[], steps: number, changed: () => void) {
    this.seeds = seeds;
    this.changed = changed;
    this.x = Float64Array.from({ length: PLACES }, (_, place) => stepAt(place, steps));
  }

  get count(): number {
    return this.counted.findLastIndex((seeds) => seeds > 0) + 1;
  }

  get points(): number {
    return this.count;
  }

  get latestMean(): number {
    return this.count === 0 ? NaN : this.mean[this.count - 1];
  }

  /** The interval of the last mean. */
  get latestInterval(): readonly [number, number] {
    const at = this.count - 1;
    return at < 0 ? [NaN, NaN] : [this.low[at], this.high[at]];
  }

  get columns(): [Float64Array, Float64Array, Float64Array, Float64Array] {
    const from = this.counted.findIndex((seeds) => seeds > 0);
    const to = this.count;
    const part = (column: Float64Array): Float64Array => column.subarray(Math.max(0, from), to);
    return [part(this.x), part(this.low), part(this.high), part(this.mean)];
  }

  /** The scores at a step of all seeds that have passed it. */
  scoresAt(step: number): readonly number[] {
    const place = this.x.findLastIndex((each) => each <= step);
    return place < 0 ? [] : this.valuesAt(place);
  }

  /** Computes the bands of places that more seeds have passed, little by little. */
  refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const until = performance.now() + SLICE;
      let place = this.nextStale();
      const any = place >= 0;
      for (; place >= 0 && performance.now() < until; place = this.nextStale()) this.compute(place);
      if (any) this.changed();
      if (place >= 0) this.refresh();
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
  }

  private nextStale(): number {
    return this.counted.findIndex((seeds, place) => this.valuesAt(place).length !== seeds);
  }

  private valuesAt(place: number): readonly number[] {
    return this.seeds.flatMap(({ reached, means }) =>
      place < reached && !Number.isNaN(means[place]) ? [means[place]] : [],
    );
  }

  private compute(place: number): void {
    const values = this.valuesAt(place);
    this.counted[place] = values.length;
    // A seed that is trained again has taken its value back.
    if (values.length === 0) {
      this.low[place] = this.high[place] = this.mean[place] = NaN;
      return;
    }
    const rng = rngStreams(0)('band', place);
    const { low, high } = stratifiedInterval([values], interquartileMean, rng, { repetitions: REPETITIONS });
    [this.low[place], this.high[place], this.mean[place]] = [low, high, interquartileMean(values)];
  }
}
