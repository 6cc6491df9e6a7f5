/**
 * Local rules that replace a node by a cheaper one or none: arithmetic with 0 and 1, views of views, transposes that a product
 * takes as a flag. A rule sees one node with its final inputs and returns a replacement or undefined.
 */
import type { GraphBuilder } from '../builder.ts';
import { sameShape, sizeOf, uniform, type Graph, type Node } from '../graph.ts';
import { untilStable } from '../rewrite.ts';

type Rule = (node: Node, builder: GraphBuilder) => Node | undefined;

const mapOf = (node: Node): string | undefined => (node.op.kind === 'map' ? node.op.fn : undefined);

/** reshape(reshape(x)) is one reshape, and none where the shape is x's own. */
const reshapeOfReshape: Rule = (node, b) => {
  const [x] = node.inputs;
  if (node.op.kind !== 'reshape') return undefined;
  if (sameShape(x.shape, node.shape)) return x;
  return x.op.kind === 'reshape' ? b.reshape(x.inputs[0], node.shape) : undefined;
};

/** broadcast(broadcast(x)), and a broadcast that only adds ones. */
const broadcastOfBroadcast: Rule = (node, b) => {
  const [x] = node.inputs;
  if (node.op.kind !== 'broadcast') return undefined;
  if (sizeOf(x.shape) === sizeOf(node.shape)) return b.reshape(x, node.shape);
  return x.op.kind === 'broadcast' ? b.broadcast(x.inputs[0], node.shape) : undefined;
};

/** A view of a uniform constant is that constant in another shape. */
const viewOfUniform: Rule = (node, b) => {
  if (!['reshape', 'broadcast', 'slice', 'transpose'].includes(node.op.kind)) return undefined;
  const value = uniform(node.inputs[0]);
  return value === undefined ? undefined : b.constant([value], node.shape, node.dtype);
};

/** x + 0, x − 0, x · 1, x / 1; the sum of −0 and 0 apart, results are the same to the bit. */
const neutralOperand: Rule = (node) => {
  const fn = mapOf(node);
  const [x, y] = node.inputs;
  if ((fn === 'add' || fn === 'sub') && uniform(y) === 0) return x;
  if (fn === 'add' && uniform(x) === 0) return y;
  if ((fn === 'mul' || fn === 'div') && uniform(y) === 1) return x;
  if (fn === 'mul' && uniform(x) === 1) return y;
  return undefined;
};

/** x / c is x · (1 / c) where 1 / c is exact: c is a power of two. */
const divisionByPowerOfTwo: Rule = (node, b) => {
  const divisor = mapOf(node) === 'div' ? uniform(node.inputs[1]) : undefined;
  if (divisor === undefined || node.dtype !== 'float32') return undefined;
  const bits = new Uint32Array(Float32Array.of(divisor).buffer)[0];
  const exponent = (bits >>> 23) & 0xff;
  if ((bits & 0x7fffff) !== 0 || exponent < 2 || exponent > 252) return undefined;
  return b.map('mul', node.inputs[0], b.constant([1 / divisor], node.shape, 'float32'));
};

/** Elements per divisor from which on its reciprocal is taken instead. */
const SERVED = 8;

/**
 * Dividing a tensor by one number, or its rows by one each, is multiplying by the reciprocal: far cheaper, at the price of one
 * more rounding.
 */
const divisionByFew: Rule = (node, b) => {
  if (mapOf(node) !== 'div' || node.dtype !== 'float32') return undefined;
  const [x, divisor] = node.inputs;
  if (divisor.op.kind !== 'broadcast') return undefined;
  const [few] = divisor.inputs;
  if (sizeOf(few.shape) * SERVED > sizeOf(node.shape)) return undefined;
  const one = b.constant([1], few.shape, 'float32');
  return b.map('mul', x, b.broadcast(b.map('div', one, few), node.shape));
};

/** Small powers are products: exact, and far cheaper than the general function. */
const constantPower: Rule = (node, b) => {
  if (mapOf(node) !== 'pow') return undefined;
  const [x, y] = node.inputs;
  switch (uniform(y)) {
    case 1:
      return x;
    case 2:
      return b.map('mul', x, x);
    case 3:
      return b.map('mul', b.map('mul', x, x), x);
    case -1:
      return b.map('div', b.constant([1], x.shape, 'float32'), x);
    default:
      return undefined;
  }
};

/** select(c, 1, 0) is c as numbers, which is free. */
const selectOneZero: Rule = (node, b) => {
  if (mapOf(node) !== 'select' || node.dtype === 'int32') return undefined;
  const [condition, one, zero] = node.inputs;
  if (uniform(one) !== 1 || uniform(zero) !== 0) return undefined;
  return node.dtype === 'bool' ? condition : b.map('toFloat', condition);
};

/** Casts to a tensor's own type, and bool → number → bool. */
const castOfCast: Rule = (node) => {
  const fn = mapOf(node);
  const [x] = node.inputs;
  if (fn === 'toFloat' || fn === 'toInt' || fn === 'toBool') {
    if (x.dtype === node.dtype) return x;
    const inner = mapOf(x);
    if (fn === 'toBool' && (inner === 'toFloat' || inner === 'toInt') && x.inputs[0].dtype === 'bool')
      return x.inputs[0];
  }
  return undefined;
};

/** A choice between equals, or with a constant condition. */
const decidedSelect: Rule = (node) => {
  if (mapOf(node) !== 'select') return undefined;
  const [condition, yes, no] = node.inputs;
  if (yes === no) return yes;
  const decided = uniform(condition);
  if (decided === undefined) return undefined;
  return decided ? yes : no;
};

/** Reducing axes of length 1 only removes them. */
const reduceOfOnes: Rule = (node, b) => {
  if (node.op.kind !== 'reduce') return undefined;
  const [x] = node.inputs;
  return node.op.axes.every((axis) => x.shape[axis] === 1) ? b.reshape(x, node.shape) : undefined;
};

/** Two transposes are one; one that moves only axes of length 1 is a reshape. */
const transposeOfTranspose: Rule = (node, b) => {
  if (node.op.kind !== 'transpose') return undefined;
  const [x] = node.inputs;
  const { permutation } = node.op;
  const long = permutation.filter((axis) => x.shape[axis] !== 1);
  if (long.every((axis, i) => i === 0 || axis > long[i - 1])) return b.reshape(x, node.shape);
  if (x.op.kind !== 'transpose') return undefined;
  const inner = x.op.permutation;
  return b.transpose(
    x.inputs[0],
    permutation.map((axis) => inner[axis]),
  );
};

/** A product takes a transposed matrix as a flag. */
const transposeIntoMatmul: Rule = (node, b) => {
  if (node.op.kind !== 'matmul') return undefined;
  const [x, y, ...bias] = node.inputs;
  const a = lastTwoExchanged(x);
  const c = lastTwoExchanged(y);
  if (!a && !c) return undefined;
  const op = {
    ...node.op,
    transposeA: node.op.transposeA !== (a !== undefined),
    transposeB: node.op.transposeB !== (c !== undefined),
  };
  return b.node(op, [a ?? x, c ?? y, ...bias], node.shape, node.dtype);
};

function lastTwoExchanged(node: Node): Node | undefined {
  if (node.op.kind !== 'transpose') return undefined;
  const { permutation } = node.op;
  const rank = permutation.length;
  const exchanged = permutation.every(
    (axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2),
  );
  return exchanged ? node.inputs[0] : undefined;
}

/** The first rule that applies wins; the next round sees its result. */
const RULES: readonly Rule[] = [
  reshapeOfReshape,
  broadcastOfBroadcast,
  viewOfUniform,
  neutralOperand,
  divisionByPowerOfTwo,
  divisionByFew,
  constantPower,
  selectOneZero,
  castOfCast,
  decidedSelect,
  reduceOfOnes,
  transposeOfTranspose,
  transposeIntoMatmul,
];

/** All rules, again and again until none applies. */
export function simplify(graph: Graph): Graph {
  return untilStable(graph, (node, inputs, builder) => {
    const rebuilt = builder.rebuild(node, inputs);
    for (const rule of RULES) {
      const better = rule(rebuilt, builder);
      if (better) return better;
    }
    return rebuilt;
  });
}
