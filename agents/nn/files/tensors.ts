/** What all weights files share: named tensors, and errors about them. */
import { refusal } from '#core/errors.ts';
import { sizeOf, type NetworkPlan, type ParamPlan, type Shape } from '../spec.ts';
import type { SavedNetwork } from '../network-data.ts';

export interface NamedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** A network's parameters as tensors, views of its block. */
export function tensorsOf({ plan, block }: Pick<SavedNetwork, 'plan' | 'block'>): readonly NamedTensor[] {
  return plan.params.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    values: block.subarray(offset, offset + size),
  }));
}

/**
 * The flat block of a network from tensors by the names of its parameters. Throws an `InputError` on one that is missing,
 * has another shape, or holds something that is no number.
 */
export function blockOf(
  plan: NetworkPlan,
  tensor: (name: string) => NamedTensor | undefined,
  where: string,
): Float32Array {
  const found = plan.params.map((param) => checked(param, tensor(param.name), `${where}.${param.name}`));
  // Allocated only now: the layers in a header could ask for any size, but these tensors are in the file.
  const block = new Float32Array(plan.size);
  plan.params.forEach(({ offset }, k) => block.set(found[k], offset));
  return block;
}

function checked({ shape, size }: ParamPlan, found: NamedTensor | undefined, field: string): Float32Array {
  if (!found) throw refusal(field, `a tensor of shape [${shape.join(', ')}]`, 'nothing');
  // A list may have the shape of what it is applied to; of a matrix the order of axes matters.
  const same = shape.length === 1 || longer(found.shape) === longer(shape);
  if (!same || sizeOf(found.shape) !== size)
    throw refusal(field, `shape [${shape.join(', ')}]`, `[${found.shape.join(', ')}]`);
  const wrong = found.values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw refusal(field, 'finite numbers', `${found.values[wrong]} at index ${wrong}`);
  return found.values;
}

/** The axes of a shape that are longer than 1, as a text. */
function longer(shape: Shape): string {
  return shape.filter((length) => length !== 1).join('×');
}
