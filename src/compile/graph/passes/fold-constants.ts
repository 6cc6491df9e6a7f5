/**
 * Computes at compile time what depends on uniform constants alone, where float32 arithmetic in JavaScript is exact to the bit
 * (rounding a double result of + − · / √ is correct rounding). Functions like exp stay for the executor, once before the first run.
 */
import { uniform, type Graph, type MapFunction, type Node } from '../graph.ts';
import { rewrite } from '../rewrite.ts';

type Fold = (...values: number[]) => number;

/** In JavaScript's doubles; storing the result as float32 or int32 rounds it as the executor would. */
const FOLDS: Partial<Record<MapFunction, Fold>> = {
  copy: (x) => x,
  abs: Math.abs,
  neg: (x) => -x,
  floor: Math.floor,
  ceil: Math.ceil,
  sqrt: Math.sqrt,
  relu: (x) => Math.max(x, 0),
  toFloat: (x) => x,
  toInt: Math.trunc,
  toBool: (x) => Number(x !== 0),
  not: (x) => 1 - x,
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  equal: (x, y) => Number(x === y),
  notEqual: (x, y) => Number(x !== y),
  less: (x, y) => Number(x < y),
  lessEqual: (x, y) => Number(x <= y),
  and: Math.min,
  or: Math.max,
  select: (condition, yes, no) => (condition ? yes : no),
};

/** The node's value if all its inputs are uniform constants. */
function folded(node: Node): number | undefined {
  const fold = node.op.kind === 'map' ? FOLDS[node.op.fn] : undefined;
  if (!fold) return undefined;
  const values: number[] = [];
  for (const input of node.inputs) {
    const value = uniform(input);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return fold(...values);
}

export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, builder) => {
    const rebuilt = builder.rebuild(node, inputs);
    const value = folded(rebuilt);
    return value === undefined ? rebuilt : builder.constant([value], node.shape, node.dtype);
  });
}
