/** The lines of a chart and their places on its axes. */
import type { Mark } from '#worker/protocol.ts';
import type { Drawable } from '../state/curve.ts';

export type Columns = Drawable['columns'];

/** What one run contributes. */
export interface Line {
  /** The token of its colour; none for the only run on the page. */
  readonly tone: string | undefined;
  /** What it is called beside others. */
  readonly name: string | undefined;
  /** Whether it is dashed and without points: of a run that has ended. */
  readonly past?: boolean;
  /** Whether its buckets are a band, drawn also where points are not. */
  readonly band?: boolean;
  readonly curve: () => Drawable | undefined;
  readonly marks: () => readonly Mark[];
  /** Where it ends on the x axis, and what that counts. */
  readonly end: () => number;
  readonly unit: string;
  /** From the run's progress to its places on the x axis; absent: they are the same. */
  readonly places?: () => (progress: number) => number;
}

/** Progress that an x axis shows at least, and seconds. */
const LEAST = 100;
const LEAST_SECONDS = 5;

export class Places {
  readonly lines: readonly Line[];

  constructor(lines: readonly Line[]) {
    this.lines = lines;
  }

  /** What the runs count; if not all the same, e.g. env steps and examples, each unit has an axis of its own. */
  get units(): readonly string[] {
    return [...new Set(this.lines.map(({ unit }) => unit))];
  }

  /** The right end of the x axis, which counts in the unit of the first run. */
  get end(): number {
    return this.endOf(this.lines[0]?.unit);
  }

  /** Places on the x axis per unit: units take the same width, whatever they count. */
  stretchOf(unit: string): number {
    return unit === this.lines[0]?.unit ? 1 : this.end / this.endOf(unit);
  }

  /** The curve of a line as it lies on the axes. `logarithmic`: without what is not above zero. */
  columnsOf(line: Line, logarithmic: boolean): Columns | undefined {
    const columns = line.curve()?.columns;
    if (!columns) return undefined;
    const [x, ...heights] = columns;
    const place = this.placeOf(line);
    const above = (values: Float64Array): Float64Array =>
      logarithmic ? values.map((value) => (value > 0 ? value : NaN)) : values;
    const [low, high, mean] = heights.map(above);
    return [place ? x.map(place) : x, low, high, mean];
  }

  /** Undefined where progress is the place. */
  placeOf(line: Line): ((progress: number) => number) | undefined {
    const own = line.places?.();
    const stretch = this.stretchOf(line.unit);
    if (stretch === 1) return own;
    return own ? (progress) => own(progress) * stretch : (progress) => progress * stretch;
  }

  private endOf(unit: string | undefined): number {
    const ends = this.lines.filter((line) => line.unit === unit).map(({ end }) => end());
    return Math.max(unit === 'seconds' ? LEAST_SECONDS : LEAST, ...ends);
  }
}
