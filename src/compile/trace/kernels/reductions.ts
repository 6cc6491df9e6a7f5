/** Reductions, softmax and normalisation as graph nodes. */
import type { GraphBuilder } from '../../graph/builder.ts';
import { sizeOf, type Node, type ReduceFunction, type Shape } from '../../graph/graph.ts';
import { axesOf, UnsupportedKernel, type Lowering, type Lowerings } from '../lowering.ts';
import { castTo } from './elementwise.ts';

function keepDims(b: GraphBuilder, reduced: Node, shape: Shape, axes: readonly number[]): Node {
  return b.reshape(
    reduced,
    shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  );
}

const reduction =
  (fn: ReduceFunction): Lowering =>
  (b, { x }, attributes) => {
    // tfjs's Max names its axes differently from all others.
    const axes = axesOf(attributes['axis'] ?? attributes['reductionIndices'], x.shape);
    const reduced = b.reduce(fn, x, axes);
    return attributes['keepDims'] ? keepDims(b, reduced, x.shape, axes) : reduced;
  };

const mean: Lowering = (b, { x }, attributes) => {
  const axes = axesOf(attributes['axis'], x.shape);
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  const reduced = b.reduce('sum', castTo(b, x, 'float32'), axes);
  const result = b.map('div', reduced, b.scalar(count));
  return attributes['keepDims'] ? keepDims(b, result, x.shape, axes) : result;
};

const argReduction =
  (fn: 'max' | 'min'): Lowering =>
  (b, { x }, { axis }) => {
    const [only] = axesOf(axis, x.shape);
    const shape = x.shape.filter((_, i) => i !== only);
    return b.node({ kind: 'argReduce', fn, axis: only }, [castTo(b, x, 'float32')], shape, 'int32');
  };

const cumsum: Lowering = (b, { x }, { axis, exclusive, reverse }) => {
  if (x.dtype !== 'float32') throw new UnsupportedKernel('Cumsum', `no sums of ${x.dtype}`);
  const [only] = axesOf(axis, x.shape);
  const box = [sizeOf(x.shape.slice(0, only)), x.shape[only], sizeOf(x.shape.slice(only + 1))];
  const op = { kind: 'cumsum', exclusive: Boolean(exclusive), reverse: Boolean(reverse) } as const;
  return b.reshape(b.node(op, [b.reshape(x, box)], box, x.dtype), x.shape);
};

/** x − max over the axis: neither function changes by it, and exp cannot overflow. */
function shifted(b: GraphBuilder, x: Node, axes: readonly number[]): Node {
  return b.map('sub', x, keepDims(b, b.reduce('max', x, axes), x.shape, axes));
}

const softmax: Lowering = (b, { logits }, { dim }) => {
  const axes = axesOf(dim, logits.shape);
  const exponentials = b.map('exp', shifted(b, logits, axes));
  return b.map('div', exponentials, keepDims(b, b.reduce('sum', exponentials, axes), logits.shape, axes));
};

const logSoftmax: Lowering = (b, { logits }, { axis }) => {
  const axes = axesOf(axis, logits.shape);
  const x = shifted(b, logits, axes);
  const sum = keepDims(b, b.reduce('sum', b.map('exp', x), axes), logits.shape, axes);
  return b.map('sub', x, b.map('log', sum));
};

const batchNorm: Lowering = (b, { x, scale, offset, mean, variance }, { varianceEpsilon }) => {
  const deviation = b.map('sqrt', b.map('add', variance, b.scalar((varianceEpsilon as number) ?? 0.001)));
  const normal = b.map('div', b.map('sub', x, mean), deviation);
  const scaled = scale ? b.map('mul', normal, scale) : normal;
  return offset ? b.map('add', scaled, offset) : scaled;
};

export const REDUCTIONS: Lowerings = {
  Sum: reduction('sum'),
  Prod: reduction('prod'),
  Max: reduction('max'),
  Min: reduction('min'),
  // Bools are 0 and 1: all is the least, any the greatest.
  All: reduction('min'),
  Any: reduction('max'),
  Mean: mean,
  ArgMax: argReduction('max'),
  ArgMin: argReduction('min'),
  Cumsum: cumsum,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  FusedBatchNorm: batchNorm,
};
