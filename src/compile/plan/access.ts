/**
 * How a view reads the tensor under it: a stride per dimension and an offset, in elements. Reshapes, broadcasts, slices,
 * transposes and reversals are nothing else, so that none of them copies.
 */
import { sizeOf, type Node, type Shape } from '../graph/graph.ts';

export interface Access {
  /** The tensor with memory of its own. */
  readonly tensor: Node;
  readonly shape: Shape;
  /** Elements per step along each dimension; 0 repeats, negative runs backwards. */
  readonly strides: readonly number[];
  readonly offset: number;
}

export function isView(node: Node): boolean {
  const { kind } = node.op;
  return kind === 'reshape' || kind === 'broadcast' || kind === 'slice' || kind === 'transpose';
}

/** Strides of a dense row-major tensor. */
export function denseStrides(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** The access of a node through all views below it; undefined if strides cannot express a reshape. */
export function accessOf(node: Node): Access | undefined {
  const { op } = node;
  if (!isView(node)) return { tensor: node, shape: node.shape, strides: denseStrides(node.shape), offset: 0 };
  const below = accessOf(node.inputs[0]);
  if (!below) return undefined;
  switch (op.kind) {
    case 'reshape': {
      const strides = reshapeStrides(below, node.shape);
      return strides && { ...below, shape: node.shape, strides };
    }
    case 'broadcast': {
      const added = node.shape.length - below.shape.length;
      const strides = node.shape.map((dim, i) =>
        i < added || below.shape[i - added] !== dim ? 0 : below.strides[i - added],
      );
      return { ...below, shape: node.shape, strides };
    }
    case 'slice': {
      const offset = op.begin.reduce((sum, from, i) => sum + from * below.strides[i], below.offset);
      const strides = below.strides.map((stride, i) => stride * op.step[i]);
      return { ...below, shape: node.shape, strides, offset };
    }
    case 'transpose':
      return { ...below, shape: node.shape, strides: op.permutation.map((axis) => below.strides[axis]) };
    default:
      throw new Error(`${op.kind} is no view`);
  }
}

/** True if the elements lie one after another in row-major order. */
export function isDense(access: Access): boolean {
  const dense = denseStrides(access.shape);
  return access.shape.every((dim, i) => dim === 1 || access.strides[i] === dense[i]);
}

/**
 * Strides of the same elements in another shape; undefined if a group of dimensions to be joined is not evenly spaced.
 */
function reshapeStrides(access: Access, shape: Shape): number[] | undefined {
  const blocks = mergeDimensions(access.shape, [access.strides]);
  const sizes = blocks.shape;
  const strides = blocks.strides[0];
  const result = shape.map(() => 0);
  let block = sizes.length - 1;
  let rest = block >= 0 ? sizes[block] : 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] === 1) continue;
    if (rest === 1) rest = sizes[--block];
    if (rest % shape[i] !== 0) return undefined;
    result[i] = strides[block] * (sizes[block] / rest);
    rest /= shape[i];
  }
  return sizeOf(sizes) === sizeOf(shape) ? result : undefined;
}

/** Joins neighbouring dimensions that are evenly spaced in all given strides, and drops those of length 1. */
export function mergeDimensions(
  shape: Shape,
  strides: readonly (readonly number[])[],
): { readonly shape: number[]; readonly strides: number[][] } {
  const merged: number[] = [];
  const kept: number[][] = strides.map(() => []);
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === 1) continue;
    const last = merged.length - 1;
    const even = last >= 0 && strides.every((all, s) => kept[s][last] === all[i] * shape[i]);
    if (even) merged[last] *= shape[i];
    else merged.push(shape[i]);
    strides.forEach((all, s) => {
      kept[s][merged.length - 1] = all[i];
    });
  }
  return { shape: merged, strides: kept };
}
