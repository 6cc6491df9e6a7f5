/**
 * The graph of a traced step: pure nodes, each of which gives one dense tensor. Passes rewrite it, the planner turns it into
 * kernels. Broadcasting is explicit (a `broadcast` node), so that the inputs of an element-wise node have its own shape.
 */
import type { DataType } from '../step.ts';

export type Shape = readonly number[];

/** Element-wise functions. Comparisons and logic give `bool`; `greater` is `less` with its operands exchanged. */
export type MapFunction =
  | 'copy'
  | 'abs'
  | 'neg'
  | 'ceil'
  | 'floor'
  | 'round'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'expm1'
  | 'log1p'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'sin'
  | 'cos'
  | 'erf'
  | 'relu'
  | 'toFloat'
  | 'toInt'
  | 'toBool'
  | 'not'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'floorDiv'
  | 'min'
  | 'max'
  | 'pow'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessEqual'
  | 'and'
  | 'or'
  | 'select';

export type ReduceFunction = 'sum' | 'max' | 'min' | 'prod';

/** Applied by a matmul or convolution to each result before it is written. */
export type Activation = 'none' | 'relu' | 'tanh' | 'sigmoid';

/** Geometry of a convolution or pooling window over NHWC images; `pad` is the padding before the first row and column. */
export interface Window {
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly pad: readonly [top: number, left: number];
}

export type Op =
  | { readonly kind: 'state' | 'input'; readonly name: string }
  /** All values, or a single one that fills the shape. Bools are float32 0 and 1. */
  | { readonly kind: 'constant'; readonly values: Float32Array | Int32Array }
  | { readonly kind: 'map'; readonly fn: MapFunction }
  /** The axes are dropped from the shape. */
  | { readonly kind: 'reduce'; readonly fn: ReduceFunction; readonly axes: readonly number[] }
  /** Running sums along the middle axis of [outer, n, inner]; float32. */
  | { readonly kind: 'cumsum'; readonly exclusive: boolean; readonly reverse: boolean }
  | { readonly kind: 'argReduce'; readonly fn: 'max' | 'min'; readonly axis: number }
  | { readonly kind: 'reshape' }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'slice'; readonly begin: readonly number[]; readonly step: readonly number[] }
  | { readonly kind: 'transpose'; readonly permutation: readonly number[] }
  | { readonly kind: 'concat'; readonly axis: number }
  | { readonly kind: 'pad'; readonly before: readonly number[]; readonly value: number }
  /** [m, k] · [k, n] (+ bias [n]) → [m, n], or [batch, m, k] · [batch, k, n] → [batch, m, n], where a batch of 1 meets any other. */
  | {
      readonly kind: 'matmul';
      readonly transposeA: boolean;
      readonly transposeB: boolean;
      readonly activation: Activation;
    }
  /** image [b, h, w, in], filter [kh, kw, in, out] (, bias [out]) → [b, oh, ow, out]. */
  | { readonly kind: 'conv2d'; readonly window: Window; readonly activation: Activation }
  /** dy [b, oh, ow, out], filter → image gradient [b, h, w, in]. */
  | { readonly kind: 'conv2dImageGradient'; readonly window: Window }
  /** image, dy → filter gradient [kh, kw, in, out]. */
  | { readonly kind: 'conv2dFilterGradient'; readonly window: Window }
  | { readonly kind: 'pool'; readonly fn: 'max' | 'avg'; readonly window: Window }
  /** max: image, dy; avg: dy → image gradient. */
  | { readonly kind: 'poolGradient'; readonly fn: 'max' | 'avg'; readonly window: Window }
  /** x [outer, rows, inner], indices [n] → [outer, n, inner]. */
  | { readonly kind: 'gather' }
  /** x [n, inner], segments [n] → [segments, inner]; rows of segments out of range are left out. */
  | { readonly kind: 'segmentSum' };

export interface Node {
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly shape: Shape;
  readonly dtype: DataType;
}

export interface Graph {
  readonly name: string;
  /** The next value of each state tensor, in the order of the step's shapes. */
  readonly state: ReadonlyMap<string, Node>;
  readonly outputs: ReadonlyMap<string, Node>;
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The value of a constant whose elements are all the same. */
export function uniform(node: Node): number | undefined {
  return node.op.kind === 'constant' && node.op.values.length === 1 ? node.op.values[0] : undefined;
}

/** All nodes that the results depend on, inputs before users, in the order of tracing. */
export function reachable(graph: Graph): Node[] {
  const seen = new Set<Node>();
  const stack = [...graph.state.values(), ...graph.outputs.values()];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** How often each node is read, by other nodes and as a result. */
export function useCounts(graph: Graph): Map<Node, number> {
  const counts = new Map<Node, number>();
  const count = (node: Node): void => void counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const node of reachable(graph)) node.inputs.forEach(count);
  for (const node of [...graph.state.values(), ...graph.outputs.values()]) count(node);
  return counts;
}
