/**
 * Element-wise tfjs kernels as graph nodes. Composite functions (elu, step, …) are spelled out in a few primitive ones, which
 * fusion joins again in one loop.
 */
import type { GraphBuilder } from '../../graph/builder.ts';
import type { MapFunction, Node } from '../../graph/graph.ts';
import { UnsupportedKernel, type Lowering, type Lowerings } from '../lowering.ts';

// Klambauer et al. 2017, "Self-Normalizing Neural Networks", section 2.
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const unary =
  (fn: MapFunction): Lowering =>
  (b, { x }) =>
    b.map(fn, x);

const binary =
  (fn: MapFunction): Lowering =>
  (b, inputs) =>
    b.map(fn, inputs['a'], inputs['b']);

/** `greater(a, b)` is `less(b, a)`, which spares every pass two functions. */
const exchanged =
  (fn: MapFunction): Lowering =>
  (b, inputs) =>
    b.map(fn, inputs['b'], inputs['a']);

/** A scalar of the node's own type, so that int32 arithmetic stays int32. */
function like(b: GraphBuilder, x: Node, value: number): Node {
  return b.scalar(value, x.dtype);
}

export function castTo(b: GraphBuilder, x: Node, dtype: string): Node {
  if (dtype === x.dtype) return x;
  switch (dtype) {
    case 'float32':
      return b.map('toFloat', x);
    case 'int32':
      return b.map('toInt', x);
    case 'bool':
      return b.map('toBool', x);
    default:
      throw new UnsupportedKernel('Cast', `no tensors of type ${dtype}`);
  }
}

/** x where x ≥ 0, else `negative`. */
function positiveOr(b: GraphBuilder, x: Node, negative: Node): Node {
  return b.map('select', b.map('less', x, like(b, x, 0)), negative, x);
}

function signOf(b: GraphBuilder, x: Node): Node {
  const negative = b.map('select', b.map('less', x, like(b, x, 0)), like(b, x, -1), like(b, x, 0));
  return b.map('select', b.map('less', like(b, x, 0), x), like(b, x, 1), negative);
}

/** a mod b with the sign of b, as Python and tfjs have it. */
const floorMod: Lowering = (b, { a, b: divisor }) =>
  b.map('sub', a, b.map('mul', b.map('floorDiv', a, divisor), divisor));

export const ELEMENTWISE: Lowerings = {
  Identity: (_, { x }) => x,
  Cast: (b, { x }, { dtype }) => castTo(b, x, dtype as string),

  Abs: unary('abs'),
  Neg: unary('neg'),
  Ceil: unary('ceil'),
  Floor: unary('floor'),
  Round: unary('round'),
  Sqrt: unary('sqrt'),
  Exp: unary('exp'),
  Log: unary('log'),
  Expm1: unary('expm1'),
  Log1p: unary('log1p'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Softplus: unary('softplus'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Erf: unary('erf'),
  Relu: unary('relu'),
  LogicalNot: unary('not'),
  Square: (b, { x }) => b.map('mul', x, x),
  Rsqrt: (b, { x }) => b.map('div', b.scalar(1), b.map('sqrt', x)),
  Reciprocal: (b, { x }) => b.map('div', b.scalar(1), x),
  Sign: (b, { x }) => signOf(b, x),
  IsNan: (b, { x }) => b.map('notEqual', x, x),
  IsFinite: (b, { x }) => b.map('less', b.map('abs', x), b.scalar(Infinity)),
  Step: (b, { x }, { alpha }) =>
    b.map('select', b.map('less', like(b, x, 0), x), like(b, x, 1), like(b, x, (alpha as number) ?? 0)),
  ClipByValue: (b, { x }, { clipValueMin, clipValueMax }) =>
    b.map('min', b.map('max', x, like(b, x, clipValueMin as number)), like(b, x, clipValueMax as number)),

  Relu6: (b, { x }) => b.map('min', b.map('relu', x), like(b, x, 6)),
  Elu: (b, { x }) => positiveOr(b, x, b.map('expm1', x)),
  EluGrad: (b, { dy, y }) =>
    b.map('select', b.map('less', y, b.scalar(0)), b.map('mul', dy, b.map('add', y, b.scalar(1))), dy),
  Selu: (b, { x }) =>
    b.map(
      'mul',
      positiveOr(b, x, b.map('mul', b.map('expm1', x), b.scalar(SELU_ALPHA))),
      b.scalar(SELU_SCALE),
    ),
  LeakyRelu: (b, { x }, { alpha }) => positiveOr(b, x, b.map('mul', x, b.scalar(alpha as number))),
  Prelu: (b, { x, alpha }) => positiveOr(b, x, b.map('mul', x, alpha)),

  Add: binary('add'),
  Sub: binary('sub'),
  Multiply: binary('mul'),
  RealDiv: binary('div'),
  // tfjs gives whole numbers whatever it divides.
  FloorDiv: (b, inputs) => castTo(b, b.map('floorDiv', inputs['a'], inputs['b']), 'int32'),
  Mod: floorMod,
  Maximum: binary('max'),
  Minimum: binary('min'),
  Pow: binary('pow'),
  SquaredDifference: (b, inputs) => {
    const difference = b.map('sub', inputs['a'], inputs['b']);
    return b.map('mul', difference, difference);
  },
  Equal: binary('equal'),
  NotEqual: binary('notEqual'),
  Less: binary('less'),
  LessEqual: binary('lessEqual'),
  Greater: exchanged('less'),
  GreaterEqual: exchanged('lessEqual'),
  LogicalAnd: binary('and'),
  LogicalOr: binary('or'),
  AddN: (b, inputs) => Object.values(inputs).reduce((sum, term) => b.map('add', sum, term)),
  Select: (b, { condition, t, e }) => b.map('select', condition, t, e),
};
