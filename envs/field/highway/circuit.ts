/**
 * A road that users draw: the control points of a closed uniform cubic B-spline, whose curvature has no jumps. It is
 * compiled to a table by arc length, which is all that the rules need: the road's own coordinates know no crossings.
 */
import { z } from 'zod';

/** Metres. Both axes, y down; a driver goes from point to point and back to the first. */
const pointsSchema = z
  .array(z.tuple([z.number().min(-2000).max(2000), z.number().min(-2000).max(2000)]))
  .max(64);

const FEWEST = 4;
/** As long as the traffic around the agent and more, and short enough to be looked at (m). */
const SHORTEST = 300;
const LONGEST = 6000;
/** As sharp as the sharpest of the winding road (1/m). */
const SHARPEST = 0.03;

/** The schema of a road; no points are the winding road. Every issue's message says where. */
export const roadSchema = pointsSchema.superRefine((points, context) => {
  if (points.length === 0) return;
  const message = problemOf(points);
  if (message !== undefined) context.addIssue({ code: 'custom', path: [], message });
});

type Points = z.output<typeof pointsSchema>;

function problemOf(points: Points): string | undefined {
  if (points.length < FEWEST) return `at least ${FEWEST} points, or none for the winding road`;
  const { length, x, y, bend } = compileRoad(points);
  if (length < SHORTEST) return `a road of at least ${SHORTEST} m, this one has ${Math.round(length)}`;
  if (length > LONGEST) return `a road of at most ${LONGEST} m, this one has ${Math.round(length)}`;
  const sharpest = bend.reduce((most, value, k) => (Math.abs(value) > Math.abs(bend[most]) ? k : most), 0);
  if (Math.abs(bend[sharpest]) > SHARPEST) {
    const radius = Math.round(1 / Math.abs(bend[sharpest]));
    return `curves of a radius of at least ${Math.ceil(1 / SHARPEST)} m, that near ${place(x, y, sharpest)} has ${radius}`;
  }
  const crossing = firstCrossing(x, y);
  return crossing < 0
    ? undefined
    : `a road that does not cross itself, as it does near ${place(x, y, crossing)}`;
}

function place(x: Float64Array, y: Float64Array, k: number): string {
  return `(${Math.round(x[k])}, ${Math.round(y[k])})`;
}

/** A closed road by arc length: entry k is at k / bend.length of its length. */
export interface Circuit {
  /** Metres. */
  readonly length: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Curvature (1/m); positive bends to the right. */
  readonly bend: Float64Array;
}

/** Points of the spline per control point: a metre or less apart on roads of usual length. */
const FINE = 64;

/** Samples the spline evenly along its length, about one sample per metre. */
export function compileRoad(points: Points): Circuit {
  const count = points.length * FINE;
  const [x, y, bend, at] = [0, 1, 2, 3].map(() => new Float64Array(count + 1));
  for (let k = 0; k <= count; k++) {
    sample(points, k, x, y, bend);
    if (k > 0) at[k] = at[k - 1] + Math.hypot(x[k] - x[k - 1], y[k] - y[k - 1]);
  }
  const length = at[count];
  // No more than a road of the greatest length has, whatever was typed.
  const samples = Math.max(1, Math.min(LONGEST, Math.round(length)));
  const even = [x, y, bend].map((column) => evenly(column, at, samples));
  return { length, x: even[0], y: even[1], bend: even[2] };
}

/** Position and curvature of the spline at k / FINE control points. */
function sample(points: Points, k: number, x: Float64Array, y: Float64Array, bend: Float64Array): void {
  const n = points.length;
  const first = Math.floor(k / FINE);
  const t = k / FINE - first;
  const position = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1, t ** 3];
  const velocity = [-3 * (1 - t) ** 2, 9 * t ** 2 - 12 * t, -9 * t ** 2 + 6 * t + 3, 3 * t ** 2];
  const acceleration = [6 * (1 - t), 18 * t - 12, -18 * t + 6, 6 * t];
  const [px, vx, ax, py, vy, ay] = [0, 1].flatMap((axis) =>
    [position, velocity, acceleration].map((weights) =>
      weights.reduce((sum, weight, j) => sum + (weight / 6) * points[(first + j) % n][axis], 0),
    ),
  );
  x[k] = px;
  y[k] = py;
  const speed = Math.hypot(vx, vy);
  // Where points lie on one another, the road is as sharp as can be.
  bend[k] = speed > 1e-6 ? (vx * ay - vy * ax) / speed ** 3 : 1e6;
}

/** A column, given at rising distances, at `samples` even ones. */
function evenly(column: Float64Array, at: Float64Array, samples: number): Float64Array {
  const length = at[at.length - 1];
  let k = 0;
  return Float64Array.from({ length: samples }, (_, i) => {
    const wanted = (i * length) / samples;
    while (k + 2 < at.length && at[k + 1] <= wanted) k++;
    const part = (wanted - at[k]) / Math.max(1e-9, at[k + 1] - at[k]);
    return column[k] + part * (column[k + 1] - column[k]);
  });
}

/** Metres between the corners of the outline that is searched for crossings. */
const COARSE = 8;

/** A sample near the first crossing, or −1. */
function firstCrossing(x: Float64Array, y: Float64Array): number {
  const corners = Math.floor(x.length / COARSE);
  const at = (k: number): number => (k % corners) * COARSE;
  for (let a = 0; a < corners; a++)
    for (let b = a + 2; b < corners; b++) {
      if ((b + 1) % corners === a) continue;
      const [p, q, r, s] = [at(a), at(a + 1), at(b), at(b + 1)];
      const side = (i: number, j: number, k: number): number =>
        (x[j] - x[i]) * (y[k] - y[i]) - (y[j] - y[i]) * (x[k] - x[i]);
      if (side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0) return p;
    }
  return -1;
}

/** Curvature of a circuit at s, however often it has been round. */
export function circuitBend({ length, bend }: Circuit, s: number): number {
  const samples = bend.length;
  const turns = s / length;
  const at = (turns - Math.floor(turns)) * samples;
  const k = Math.min(samples - 1, Math.floor(at));
  const next = k + 1 < samples ? k + 1 : 0;
  return bend[k] + (at - k) * (bend[next] - bend[k]);
}
