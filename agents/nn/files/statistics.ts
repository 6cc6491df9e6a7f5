/** The statistics by which observations are normalised before a network sees them, in files beside the network. */
import type { NamedArray } from '#core/array-file.ts';
import { refusal, show } from '#core/errors.ts';
import { asRecord } from '#core/json.ts';
import type { Statistics } from '#core/moments.ts';
import { sizeOf, type Shape } from '../spec.ts';

const NAMES = ['mean', 'variance', 'count'] as const;
/** Of their tensors: no network has this name. */
const PREFIX = 'observation/';
/** Float64 counts exactly up to here. */
const MOST_ROWS = Number.MAX_SAFE_INTEGER;

/** As tensors in the shape of one observation, and a count. */
export function statisticsArrays({ count, mean, variance }: Statistics, shape: Shape): readonly NamedArray[] {
  return [
    { name: `${PREFIX}mean`, shape, values: mean },
    { name: `${PREFIX}variance`, shape, values: variance },
    { name: `${PREFIX}count`, shape: [1], values: Float64Array.of(count) },
  ];
}

/** Takes their tensors, if there are any, out of a file's. */
export function takeStatistics(
  arrays: Map<string, NamedArray>,
  shape: Shape,
  where: string,
): Statistics | undefined {
  const found = NAMES.map((name) => arrays.get(PREFIX + name)?.values);
  if (found.every((values) => values === undefined)) return undefined;
  for (const name of NAMES) arrays.delete(PREFIX + name);
  const [mean, variance, count] = found.map((values) => values && [...values]);
  return checked({ mean, variance, count: count?.[0] }, shape, `${where}.${PREFIX}`);
}

/** As plain JSON. */
export function statisticsRecord({ count, mean, variance }: Statistics): Readonly<Record<string, unknown>> {
  return { count, mean: [...mean], variance: [...variance] };
}

/** Reads what `statisticsRecord` gave. */
export function readStatistics(record: unknown, shape: Shape, where: string): Statistics {
  return checked(asRecord(record, where), shape, `${where}.`);
}

function checked(given: Readonly<Record<string, unknown>>, shape: Shape, prefix: string): Statistics {
  const size = sizeOf(shape);
  const { count } = given;
  const list = (name: 'mean' | 'variance', least: number): Float64Array => {
    const values = given[name];
    const fits = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= least;
    if (Array.isArray(values) && values.length === size && values.every(fits))
      return Float64Array.from(values as readonly number[]);
    const kind = least === 0 ? 'numbers from 0' : 'numbers';
    throw refusal(`${prefix}${name}`, `${size} ${kind}`, show(values));
  };
  if (!Number.isInteger(count) || (count as number) < 0 || (count as number) > MOST_ROWS)
    throw refusal(`${prefix}count`, 'how many observations were seen', show(count));
  return { count: count as number, mean: list('mean', -Infinity), variance: list('variance', 0) };
}
