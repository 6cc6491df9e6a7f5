/**
 * Iteration spaces of fused loops. Two shapes with the same elements in the same order ([64, 1] and [64], [8, 3] and [24])
 * share a loop over their common refinement, the coarsest list of dimensions that both can be read in.
 */
import type { Shape } from '../graph/graph.ts';

export type Domain = readonly number[];

export function domainOf(shape: Shape): Domain {
  return shape.filter((dim) => dim !== 1);
}

/** The coarsest domain that refines both, if there is one. */
export function commonRefinement(a: Domain, b: Domain): Domain | undefined {
  const cuts = [...new Set([...cutsOf(a), ...cutsOf(b)])].sort((x, y) => x - y);
  if (cutsOf(a)[a.length] !== cutsOf(b)[b.length]) return undefined;
  const dims: number[] = [];
  for (let i = 1; i < cuts.length; i++) {
    if (cuts[i] % cuts[i - 1] !== 0) return undefined;
    dims.unshift(cuts[i] / cuts[i - 1]);
  }
  return dims;
}

/** 1, and the number of elements right of and including each dimension, from the last to the first. */
function cutsOf(domain: Domain): number[] {
  const cuts = [1];
  for (let i = domain.length - 1; i >= 0; i--) cuts.push(cuts[cuts.length - 1] * domain[i]);
  return cuts;
}

/** Strides over `shape` as strides over a domain that refines it. */
export function refineStrides(shape: Shape, strides: readonly number[], domain: Domain): number[] {
  return refine(shape, domain, (axis, below) => strides[axis] * below);
}

/** Whether each dimension of the domain belongs to one of the axes. */
export function refineAxes(shape: Shape, axes: readonly number[], domain: Domain): boolean[] {
  return refine(shape, domain, (axis) => axes.includes(axis));
}

/** Calls `of` for each dimension of the domain with its axis of the shape and the elements of that axis below it. */
function refine<T>(shape: Shape, domain: Domain, of: (axis: number, below: number) => T): T[] {
  const result: T[] = [];
  let axis = shape.length - 1;
  let below = 1;
  for (let i = domain.length - 1; i >= 0; i--) {
    while (axis >= 0 && below === shape[axis]) {
      axis--;
      below = 1;
    }
    result.unshift(of(axis, below));
    below *= domain[i];
  }
  return result;
}
