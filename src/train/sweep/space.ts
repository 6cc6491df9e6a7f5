/**
 * The space that a sweep searches: one axis per field of a request, a list of values or a range. A point is a number of
 * [0, 1) per axis, so that grids, draws and perturbations are the same for every kind of field.
 */
import type { NumberScale } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import type { VariedFit, VariedRun } from './varied.ts';

/** The parts of a request that an axis can be in: of a run, and of a fit. */
export const PARTS = ['config', 'params', 'rewards', 'wrappers', 'dataConfig', 'augment'] as const;
export type SpacePart = (typeof PARTS)[number];

/** A range as a plan gives it; scale and whether it is whole come from the field. */
export interface GivenRange {
  readonly from: number;
  readonly to: number;
  /** Values of a grid. */
  readonly count?: number | undefined;
  readonly scale?: NumberScale | undefined;
}
export type GivenAxis = readonly unknown[] | GivenRange;

export interface Axis {
  /** As in a plan: `config.learningRate`. */
  readonly field: string;
  readonly part: SpacePart;
  readonly key: string;
  /** Whether a running run takes another value. */
  readonly live: boolean;
  readonly values: Values;
}

type Values =
  | { readonly kind: 'list'; readonly list: readonly unknown[] }
  | ({ readonly kind: 'range'; readonly scale: NumberScale; readonly isWhole: boolean } & GivenRange);

/** The value of every axis, by its field. */
export type Point = Readonly<Record<string, unknown>>;

/** How many points a grid has. Throws an `InputError` where a range does not say how many of its values are tried. */
export function gridSize(axes: readonly Axis[]): number {
  const open = axes.filter(({ values }) => values.kind === 'range' && values.count === undefined);
  if (open.length > 0)
    throw new InputError(
      open.map(({ field }) => ({
        field: `space.${field}.count`,
        expected: 'how many values of the range the grid has',
        got: 'nothing',
      })),
    );
  return axes.reduce((size, axis) => size * axisSize(axis), 1);
}

/** The `index`th point of the grid; the last axis changes first. */
export function gridPoint(axes: readonly Axis[], index: number): Point {
  const point: Record<string, unknown> = {};
  let rest = index;
  for (const axis of axes.toReversed()) {
    const size = axisSize(axis);
    point[axis.field] = valueAt(axis, size === 1 ? 0 : (rest % size) / (size - 1));
    rest = Math.floor(rest / size);
  }
  return point;
}

function axisSize({ values }: Axis): number {
  return values.kind === 'list' ? values.list.length : (values.count ?? 1);
}

/** A point at random, uniformly on the scale of every axis. */
export function randomPoint(axes: readonly Axis[], rng: Rng): Point {
  return Object.fromEntries(axes.map((axis) => [axis.field, valueAt(axis, rng.uniform())]));
}

/** How likely `explore` is to draw a value anew (Jaderberg et al. 2017, appendix A.1). */
const RESAMPLE = 0.25;
/** By what it multiplies the others (ibid., "perturb"). */
const FACTORS = [0.8, 1.2];

/** A point near another one, as population-based training explores: numbers ± 20 %, lists by a neighbour, some drawn anew. */
export function explore(axes: readonly Axis[], point: Point, rng: Rng): Point {
  return Object.fromEntries(
    axes.map((axis) => {
      const anew = rng.uniform() < RESAMPLE;
      const draw = rng.uniform();
      return [
        axis.field,
        anew ? valueAt(axis, draw) : neighbour(axis, point[axis.field], draw < 0.5 ? 0 : 1),
      ];
    }),
  );
}

function neighbour({ values }: Axis, value: unknown, direction: 0 | 1): unknown {
  if (values.kind === 'list') {
    const { list } = values;
    const at = list.findIndex((each) => JSON.stringify(each) === JSON.stringify(value));
    return list[Math.min(list.length - 1, Math.max(0, at + (direction === 0 ? -1 : 1)))];
  }
  const { from, to, scale, isWhole } = values;
  const number = value as number;
  const factor = FACTORS[direction];
  const moved = scale === 'complement' ? 1 - (1 - number) * factor : number * factor;
  const away = direction === 0 ? Math.floor(moved) : Math.ceil(moved);
  return Math.min(to, Math.max(from, isWhole ? away : moved));
}

/** The value at a share of an axis, from 0 to 1. */
function valueAt({ values }: Axis, share: number): unknown {
  if (values.kind === 'list') {
    const { list } = values;
    return list[Math.min(list.length - 1, Math.floor(share * list.length))];
  }
  const { from, to, scale, isWhole } = values;
  // Every whole number gets an equal part of a linear scale, its ends included.
  if (isWhole && scale === 'linear') return Math.min(to, Math.floor(from + share * (to - from + 1)));
  const value = onScale(scale, from, to, share);
  return Math.min(to, Math.max(from, isWhole ? Math.round(value) : value));
}

function onScale(scale: NumberScale, from: number, to: number, share: number): number {
  switch (scale) {
    case 'linear':
      return from + share * (to - from);
    case 'log':
      return rounded(from * (to / from) ** share);
    case 'complement':
      return rounded(1 - onScale('log', 1 - from, 1 - to, share));
  }
}

/** Eight digits are enough of a setting, and of powers the last bits differ from engine to engine: jobs are named by their values. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}

/** The values at the ends of every axis, for which a run has to be possible too. */
export function endPoints(axes: readonly Axis[]): readonly Point[] {
  return axes.flatMap((axis) => {
    const { field, values } = axis;
    const ends = values.kind === 'list' ? values.list : [values.from, values.to];
    return ends.map((value) => ({ [field]: value }));
  });
}

/** A request with the values of a point. */
export function requestAt<R extends VariedRun | VariedFit>(
  request: R,
  axes: readonly Axis[],
  point: Point,
): R {
  const changed: Partial<Record<SpacePart, Record<string, unknown>>> = {};
  const parts: Partial<Record<SpacePart, unknown>> = request;
  for (const { field, part, key } of axes)
    if (Object.hasOwn(point, field)) (changed[part] ??= { ...(parts[part] as object) })[key] = point[field];
  return { ...request, ...changed };
}
