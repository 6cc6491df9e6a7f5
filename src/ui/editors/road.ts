/** A road while it is drawn: the control points of a closed B-spline, in metres. */
import type { Rng } from '#core/rng.ts';
import { parsed } from '../state/values.ts';

export type Point = readonly [x: number, y: number];

/** Extent of the drawing board (m). */
export const BOARD = { width: 700, height: 460 } as const;

const FEWEST = 8;
const MOST = 48;
/** Metres that nothing comes nearer to the edge of the board. */
const EDGE = 10;
/** Metres between control points, roughly. */
const GAP = 28;
/** Passes that take the tremor out of a line drawn by hand. */
const PASSES = 3;

/** Control points for a line drawn by hand, closed and smoothed; none where it is but a dot. */
export function fromStroke(stroke: readonly Point[]): readonly Point[] {
  const length = lengthOf(stroke);
  if (length < GAP) return [];
  const count = Math.min(MOST, Math.max(FEWEST, Math.round(length / GAP)));
  let points = evenly(stroke, length, count);
  for (let pass = 0; pass < PASSES; pass++) points = smoother(points);
  return points.map(([x, y]) => [Math.round(x), Math.round(y)]);
}

/** Every point moved half of the way to the middle of its neighbours. */
export function smoother(points: readonly Point[]): readonly Point[] {
  return points.map(([x, y], k) => {
    const [left, right] = [points.at(k - 1) ?? points[k], points[(k + 1) % points.length]];
    return [tenths(x / 2 + (left[0] + right[0]) / 4), tenths(y / 2 + (left[1] + right[1]) / 4)];
  });
}

/** A road at random: a ring with a few waves. */
export function randomRoad(rng: Rng): readonly Point[] {
  const waves = [2, 3, 4].map((times) => ({
    times,
    size: (0.35 * rng.uniform()) / times,
    phase: 2 * Math.PI * rng.uniform(),
  }));
  const count = 20;
  return Array.from({ length: count }, (_, k) => {
    const angle = (2 * Math.PI * k) / count;
    const wave = waves.reduce(
      (sum, { times, size, phase }) => sum + size * Math.sin(times * angle + phase),
      0.8,
    );
    return [
      Math.round(BOARD.width * (0.5 + 0.42 * wave * Math.cos(angle))),
      Math.round(BOARD.height * (0.5 + 0.42 * wave * Math.sin(angle))),
    ];
  });
}

/** The point, or the nearest that is not too near the edge. */
export function onBoard([x, y]: Point): Point {
  return [within(x, BOARD.width), within(y, BOARD.height)];
}

function within(value: number, side: number): number {
  return Math.min(side - EDGE, Math.max(EDGE, value));
}

/** A ring to begin with where nothing can be drawn. */
export function roundRoad(): readonly Point[] {
  return Array.from({ length: FEWEST }, (_, k) => {
    const angle = (2 * Math.PI * k) / FEWEST;
    return [
      Math.round(BOARD.width / 2 + 0.35 * BOARD.width * Math.cos(angle)),
      Math.round(BOARD.height / 2 + 0.35 * BOARD.height * Math.sin(angle)),
    ];
  });
}

/** With one point moved by so many metres, as far as the board goes. */
export function moved(points: readonly Point[], at: number, [dx, dy]: Point): readonly Point[] {
  const [x, y] = points[at];
  return points.with(at, onBoard([tenths(x + dx), tenths(y + dy)]));
}

/** With one more point, halfway from one to the next. */
export function withPoint(points: readonly Point[], after: number): readonly Point[] {
  const [from, to] = [points[after], points[(after + 1) % points.length]];
  return points.toSpliced(after + 1, 0, [tenths((from[0] + to[0]) / 2), tenths((from[1] + to[1]) / 2)]);
}

export function withoutPoint(points: readonly Point[], at: number): readonly Point[] {
  return points.toSpliced(at, 1);
}

/** The points of a value as a form or a link has it; none where it is something else. */
export function readRoad(given: unknown): readonly Point[] {
  const value = parsed(given);
  return Array.isArray(value) && value.every(isPoint) ? value : [];
}

/** The closed B-spline through these control points as the data of an SVG path: one Bézier curve per point. */
export function pathOf(points: readonly Point[]): string {
  if (points.length < 3) return '';
  const at = (k: number): Point => points[(k + points.length) % points.length];
  const mix = (a: Point, b: Point, part: number): Point => [
    a[0] + part * (b[0] - a[0]),
    a[1] + part * (b[1] - a[1]),
  ];
  const joint = (k: number): Point => mix(mix(at(k), at(k - 1), 1 / 3), mix(at(k), at(k + 1), 1 / 3), 0.5);
  const text = (point: Point): string => point.map(tenths).join(' ');
  const curves = points.map(
    (point, k) =>
      `C${text(mix(point, at(k + 1), 1 / 3))} ${text(mix(point, at(k + 1), 2 / 3))} ${text(joint(k + 1))}`,
  );
  return `M${text(joint(0))}${curves.join('')}Z`;
}

/** Length of a line that is closed (m). */
function lengthOf(line: readonly Point[]): number {
  return line.reduce((sum, point, k) => sum + apart(point, line[(k + 1) % line.length]), 0);
}

function apart(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Points at even distances along a closed line. */
function evenly(line: readonly Point[], length: number, count: number): readonly Point[] {
  const points: Point[] = [];
  let passed = 0;
  for (const [k, from] of line.entries()) {
    const to = line[(k + 1) % line.length];
    const step = apart(from, to);
    while (points.length < count && (points.length * length) / count < passed + step) {
      const part = ((points.length * length) / count - passed) / step;
      points.push([from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]);
    }
    passed += step;
  }
  return points;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
