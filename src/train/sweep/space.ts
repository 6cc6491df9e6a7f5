/**
 * The space that a sweep searches: one axis per field of a run's request, a list of values or a range. A point is a number of
 * [0, 1) per axis, so that grids, draws and perturbations are the same for every kind of field.
 */
import { describe, type FieldDescription, type NumberScale } from '#core/config.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';
import type { Rng } from '#core/rng.ts';
import { wrapperTable } from '../catalogue/wrappers.ts';
import type { CompleteRequest, RunSetup } from '../request/resolve.ts';

/** The parts of a request that an axis can be in. */
export const PARTS = ['config', 'params', 'rewards', 'wrappers'] as const;
export type Part = (typeof PARTS)[number];

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
  readonly part: Part;
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

/** The axes of a plan's space for runs like `setup`. Throws an `InputError` that names every field that does not exist. */
export function parseSpace(space: Readonly<Record<string, GivenAxis>>, setup: RunSetup): readonly Axis[] {
  const problems: Problem[] = [];
  const axes = Object.entries(space).flatMap(([field, given]) => {
    const axis = parseAxis(field, given, setup);
    if ('expected' in axis) problems.push(axis);
    return 'expected' in axis ? [] : [axis];
  });
  if (axes.length === 0 && problems.length === 0)
    problems.push({ field: 'space', expected: 'at least one field to search', got: 'none' });
  if (problems.length > 0) throw new InputError(problems);
  return axes;
}

function parseAxis(field: string, given: GivenAxis, setup: RunSetup): Axis | Problem {
  const where = `space.${field}`;
  const [, partName, key] = /^([^.]*)\.?(.*)$/.exec(field) ?? [];
  const part = PARTS.find((name) => name === partName);
  const fields = part && fieldsOf(part, setup);
  const found = fields?.find((each) => each.key === key);
  if (!part || !found) {
    const names = PARTS.flatMap((name) => fieldsOf(name, setup).map((each) => `${name}.${each.key}`));
    const all = `ludus agents ${setup.agent.id}\` and \`ludus envs ${setup.world.id}`;
    return { field: where, expected: known(field, names, all), got: 'an unknown field' };
  }
  const axis = { field, part, key, live: found.live === true };
  if (!isRange(given)) return { ...axis, values: { kind: 'list', list: given } };
  if (found.kind !== 'number') {
    const expected = `a list of values of ${field}, which is no number`;
    return { field: where, expected, got: show(given) };
  }
  const { scale = found.scale } = given;
  const isBounded = scale === 'linear' || (scale === 'log' ? given.from > 0 : given.to < 1);
  if (given.from >= given.to || !isBounded) {
    const bound = { linear: '', log: ', from above 0 on', complement: ', up to below 1' }[scale];
    return { field: where, expected: `from below to${bound}`, got: show(given) };
  }
  return { ...axis, values: { kind: 'range', isWhole: found.integer, ...given, scale } };
}

/** The fields of a part; the terms of a reward are numbers that change live. */
function fieldsOf(part: Part, { agent, world, rewards }: RunSetup): readonly FieldDescription[] {
  switch (part) {
    case 'config':
      return describe(agent.config);
    case 'params':
      return describe(world.params);
    case 'wrappers':
      return describe(wrapperTable);
    case 'rewards':
      return Object.entries(rewards).map(([key, weight]) => ({
        kind: 'number',
        key,
        label: key,
        help: '',
        live: true,
        default: weight,
        min: -Infinity,
        max: Infinity,
        integer: false,
        scale: 'linear',
      }));
  }
}

function isRange(given: GivenAxis): given is GivenRange {
  return !Array.isArray(given);
}

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
      return from * (to / from) ** share;
    case 'complement':
      return 1 - onScale('log', 1 - from, 1 - to, share);
  }
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
export function requestAt(
  request: Omit<CompleteRequest, 'seed'>,
  axes: readonly Axis[],
  point: Point,
): Omit<CompleteRequest, 'seed'> {
  const changed: Record<Part, Record<string, unknown>> = {
    config: { ...request.config },
    params: { ...request.params },
    rewards: { ...request.rewards },
    wrappers: { ...request.wrappers },
  };
  for (const { field, part, key } of axes) if (Object.hasOwn(point, field)) changed[part][key] = point[field];
  return { ...request, ...changed };
}
