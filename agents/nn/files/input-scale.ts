/** How inputs are scaled before a network sees them, in files beside the network: gain · x + bias. */
import type { NamedArray } from '#core/array-file.ts';
import { refusal, show } from '#core/errors.ts';
import { asRecord } from '#core/json.ts';
import { sizeOf, type Shape } from '../spec.ts';

/** One number for all inputs, or one for each; pictures count from 0 to 1. */
export interface InputScale {
  readonly gain: Float64Array;
  readonly bias: Float64Array;
}

const NAMES = ['gain', 'bias'] as const;
/** Of their tensors: no network has this name. */
const PREFIX = 'input/';

/** As tensors, of one number or in the shape of one input. */
export function scaleArrays(scale: InputScale, input: Shape): readonly NamedArray[] {
  return NAMES.map((name) => {
    const values = scale[name];
    return { name: PREFIX + name, shape: values.length === sizeOf(input) ? input : [1], values };
  });
}

/** Takes their tensors, if there are any, out of a file's. */
export function takeScale(
  arrays: Map<string, NamedArray>,
  input: Shape,
  where: string,
): InputScale | undefined {
  const found = NAMES.map((name) => arrays.get(PREFIX + name)?.values);
  if (found.every((values) => values === undefined)) return undefined;
  for (const name of NAMES) arrays.delete(PREFIX + name);
  const [gain, bias] = found.map((values) => values && [...values]);
  return checked({ gain, bias }, input, `${where}.${PREFIX}`);
}

/** As plain JSON. */
export function scaleRecord({ gain, bias }: InputScale): Readonly<Record<string, unknown>> {
  return { gain: [...gain], bias: [...bias] };
}

/** Reads what `scaleRecord` gave. */
export function readScale(record: unknown, input: Shape, where: string): InputScale {
  return checked(asRecord(record, where), input, `${where}.`);
}

function checked(given: Readonly<Record<string, unknown>>, input: Shape, prefix: string): InputScale {
  const size = sizeOf(input);
  const list = (name: (typeof NAMES)[number]): Float64Array => {
    const values = given[name];
    if (
      Array.isArray(values) &&
      (values.length === 1 || values.length === size) &&
      values.every(Number.isFinite)
    )
      return Float64Array.from(values as readonly number[]);
    throw refusal(`${prefix}${name}`, `1 or ${size} numbers`, show(values));
  };
  const [gain, bias] = [list('gain'), list('bias')];
  if (gain.length !== bias.length)
    throw refusal(`${prefix}bias`, `${gain.length} numbers, as many as of gain`, `${bias.length}`);
  return { gain, bias };
}
