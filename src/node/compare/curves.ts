/** Learning curves of several seeds at common places, by env steps or by seconds of training, with the band of rliable. */
import { stratifiedInterval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { interquartileMean } from '#core/stats.ts';
import type { CurvePoint } from '../bench/results/record.ts';
import type { Trained } from './contestant.ts';

export type Axis = 'steps' | 'seconds';

/** Interquartile mean and 95 % interval of the seeds' mean training return at a place. */
export interface BandPoint {
  readonly at: number;
  readonly iqm: number;
  readonly low: number;
  readonly high: number;
}

/** Places on the x axis. */
const PLACES = 50;
/** Bootstrap samples per place: enough for a band on a chart. */
const REPETITIONS = 1000;

/** The band as far as all seeds were trained, from where an episode of each had ended; empty if that is nowhere. */
export function bandOf(seeds: readonly Trained[], axis: Axis): readonly BandPoint[] {
  const curves = seeds.map((seed) => placesOf(seed, axis));
  if (curves.length === 0 || curves.some((curve) => curve.length === 0)) return [];
  const end = Math.min(...curves.map((curve) => curve[curve.length - 1][0]));
  const start = Math.max(...curves.map((curve) => curve[0][0]));
  const places = Array.from({ length: PLACES }, (_, k) => ((k + 1) * end) / PLACES);
  return places
    .filter((at) => at >= start)
    .map((at, k) => {
      const values = curves.map((curve) => valueAt(curve, at));
      const rng = rngStreams(1)(`curve ${axis}`, k);
      const { low, high } = stratifiedInterval([values], interquartileMean, rng, {
        repetitions: REPETITIONS,
      });
      return { at, iqm: interquartileMean(values), low, high };
    });
}

/** A seed's curve over the axis. Seconds that nobody has noted are spread evenly over the steps; without a total there are none. */
function placesOf({ training, steps, seconds }: Trained, axis: Axis): readonly (readonly [number, number])[] {
  const { curve } = training;
  if (axis === 'steps') return curve.map(([step, value]) => [step, value]);
  const at = ([step, , noted]: CurvePoint): number => noted ?? ((seconds ?? NaN) * step) / steps;
  return curve.map((point): [number, number] => [at(point), point[1]]).filter(([x]) => !Number.isNaN(x));
}

/** Linear between the points; `x` lies within them. */
function valueAt(curve: readonly (readonly [number, number])[], x: number): number {
  const after = curve.findIndex(([at]) => at >= x);
  if (after <= 0) return curve[Math.max(0, after)][1];
  const [[x0, y0], [x1, y1]] = [curve[after - 1], curve[after]];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
