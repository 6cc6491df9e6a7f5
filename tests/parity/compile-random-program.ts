/**
 * Random tfjs programs for comparing executors: a list of small numbers decides which operations are applied to which earlier
 * tensors. Values stay of order one, so that a relative tolerance means something.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Step, StepShapes } from '#compile/step.ts';

/** One operation: which, on which earlier tensor, and how. All numbers are taken modulo what there is. */
export type Instruction = readonly [operation: number, operand: number, detail: number];

export interface RandomProgram {
  readonly shapes: readonly (readonly number[])[];
  readonly instructions: readonly Instruction[];
}

type Operation = (x: tf.Tensor, detail: number, others: readonly tf.Tensor[]) => tf.Tensor;

const modulo = (value: number, length: number): number => value % Math.max(1, length);

/** A subset of the axes, as bits of a number; never empty. */
function axes(x: tf.Tensor, detail: number): number[] {
  const all = x.shape.map((_, axis) => axis);
  const some = all.filter((axis) => (detail >> axis) & 1);
  return some.length > 0 ? some : all;
}

/** Another tensor that broadcasts with x, or one of x's own reductions. */
function partner(x: tf.Tensor, detail: number, others: readonly tf.Tensor[]): tf.Tensor {
  const fitting = others.filter((other) => {
    try {
      return tf.broadcastTo(other, tf.add(x, other).shape).size <= 400;
    } catch {
      return false;
    }
  });
  const reduced = tf.mean(x, axes(x, detail), true);
  return detail % 3 === 0 || fitting.length === 0 ? reduced : fitting[modulo(detail >> 2, fitting.length)];
}

/** tfjs's gradients of maximum, minimum and squaredDifference keep the result's shape: wrong where operands broadcast. */
function toCommonShape(x: tf.Tensor, y: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const zero = tf.mul(tf.add(x, y), 0);
  return [tf.add(x, zero), tf.add(y, zero)];
}

const matrix = (x: tf.Tensor): tf.Tensor2D => {
  const columns = x.shape[x.shape.length - 1] ?? 1;
  return tf.reshape(x, [x.size / columns, columns]);
};

/** Greater-or-equal, because tfjs has no gradient for `greater`. */
const mask = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.cast(tf.greaterEqual(x, y), 'float32');

/** A permutation of n axes, by number. */
function permutation(n: number, detail: number): number[] {
  const left = Array.from({ length: n }, (_, i) => i);
  const result: number[] = [];
  for (let rest = detail; left.length > 0; rest = Math.floor(rest / 7))
    result.push(...left.splice(modulo(rest, left.length), 1));
  return result;
}

const OPERATIONS: readonly Operation[] = [
  (x) => tf.relu(x),
  (x) => tf.tanh(x),
  (x) => tf.sigmoid(x),
  (x) => tf.exp(tf.tanh(x)),
  (x) => tf.log(tf.add(tf.abs(x), 0.5)),
  (x) => tf.sqrt(tf.add(tf.square(x), 0.25)),
  (x) => tf.softplus(x),
  (x) => tf.elu(x),
  (x) => tf.leakyRelu(x, 0.1),
  (x) => tf.neg(x),
  (x) => tf.clipByValue(x, -0.7, 0.9),
  (x) => tf.pow(tf.sigmoid(x), tf.scalar(1.7)),
  (x) => tf.expm1(tf.tanh(x)),
  (x) => tf.log1p(tf.sigmoid(x)),
  (x) => tf.sin(x),
  (x, d, others) => tf.add(x, partner(x, d, others)),
  (x, d, others) => tf.sub(partner(x, d, others), x),
  (x, d, others) => tf.mul(tf.tanh(x), partner(x, d, others)),
  (x, d, others) => tf.div(x, tf.add(tf.square(partner(x, d, others)), 0.5)),
  (x, d, others) => tf.maximum(...toCommonShape(x, partner(x, d, others))),
  (x, d, others) => tf.minimum(...toCommonShape(x, partner(x, d, others))),
  (x, d, others) => tf.squaredDifference(...toCommonShape(tf.tanh(x), tf.tanh(partner(x, d, others)))),
  (x, d, others) => tf.mul(x, mask(x, partner(x, d, others))),
  (x, d) => tf.mean(x, axes(x, d), d % 2 === 0),
  (x, d) => tf.tanh(tf.sum(x, axes(x, d), d % 2 === 0)),
  (x, d) => tf.max(x, axes(x, d)),
  (x, d) => tf.min(x, axes(x, d), true),
  (x) => (x.rank === 0 ? x : tf.softmax(x)),
  (x) => (x.rank === 0 ? x : tf.logSoftmax(x)),
  (x) => tf.tanh(tf.matMul(matrix(x), matrix(x), true, false)),
  (x) => tf.tanh(tf.matMul(matrix(x), matrix(x), false, true)),
  (x) => tf.reshape(x, [x.size]),
  (x, d) => tf.expandDims(x, modulo(d, x.rank + 1)),
  (x, d) => tf.transpose(x, permutation(x.rank, d)),
  (x, d) => {
    const begin = x.shape.map((dim, axis) => modulo(d >> axis, dim));
    return x.rank === 0
      ? x
      : tf.slice(
          x,
          begin,
          x.shape.map((dim, axis) => Math.max(1, dim - begin[axis] - modulo(d >> (axis + 2), 2))),
        );
  },
  (x, d) => (x.rank === 0 || x.size > 200 ? x : tf.concat([x, tf.neg(x)], modulo(d, x.rank))),
  (x, d) => {
    const pads = x.shape.map((_, axis): [number, number] => [(d >> axis) & 1, (d >> (axis + 1)) & 1]);
    return x.rank === 0 || x.rank > 4 || x.size > 200 ? x : tf.pad(x, pads, 0.5);
  },
  (x, d) =>
    x.rank === 0 || x.rank > 4 || x.size > 100
      ? x
      : tf.tile(
          x,
          x.shape.map((_, axis) => 1 + ((d >> axis) & 1)),
        ),
  (x, d) => (x.rank === 0 ? x : tf.reverse(x, axes(x, d))),
  (x, d) => {
    if (x.rank === 0) return x;
    const axis = modulo(d, x.rank);
    const rows = [0, modulo(d >> 1, x.shape[axis]), modulo(d >> 2, x.shape[axis])];
    return tf.gather(x, tf.tensor1d(rows, 'int32'), axis);
  },
  (x, d) => {
    // tfjs's gradient of an unstack into one part fails.
    if (x.rank === 0 || x.shape[modulo(d, x.rank)] < 2) return x;
    const parts = tf.unstack(x, modulo(d, x.rank));
    return tf.stack(parts.toReversed(), modulo(d >> 2, x.rank));
  },
  (x) => {
    // tfjs wants at least two classes.
    if (x.rank === 0 || x.size > 100 || x.shape[x.rank - 1] < 2) return x;
    const best = tf.oneHot(tf.argMax(x, -1).toInt(), x.shape[x.rank - 1]);
    return tf.mul(x, tf.cast(best, 'float32'));
  },
];

/** The number of different operations. */
export const operationCount = OPERATIONS.length;

/** Applies the program; the last tensors of the pool are its results. */
function apply({ instructions }: RandomProgram, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const pool = [...inputs];
  for (const [operation, operand, detail] of instructions) {
    const x = pool[pool.length - 1 - modulo(operand, pool.length)];
    const result = OPERATIONS[modulo(operation, OPERATIONS.length)](x, detail, pool);
    // Ranks above five and large tensors add time, not cases.
    if (result.rank <= 5 && result.size <= 400) pool.push(result);
  }
  return pool.slice(inputs.length);
}

/** A step whose outputs are all intermediate values and all gradients, and whose state takes a step down the gradient. */
export function programStep(program: RandomProgram): { step: Step; shapes: StepShapes; outputs: string[] } {
  const names = program.shapes.map((_, i) => `x${i}`);
  const shaped = program.shapes.map((shape, i) => [names[i], { shape, dtype: 'float32' }] as const);
  const step: Step = (state, { weight }) => {
    let values: tf.Tensor[] = [];
    const loss = (...inputs: tf.Tensor[]): tf.Scalar => {
      values = apply(program, inputs).map((value) => tf.keep(tf.clone(value)));
      const terms = values.map((value, i) => tf.mean(tf.mul(value, tf.scalar(1 + (i % 3) / 4))));
      return tf.mul(weight, tf.addN([...terms, ...inputs.map((x) => tf.mean(x))])).asScalar();
    };
    const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => state[name]));
    const outputs: Record<string, tf.Tensor> = { loss: value };
    values.forEach((tensor, i) => (outputs[`value${i}`] = tensor.clone()));
    values.forEach((tensor) => tensor.dispose());
    grads.forEach((grad, i) => (outputs[`gradient${i}`] = grad));
    const next = names.map((name, i) => [name, tf.sub(state[name], tf.mul(grads[i], 0.1))] as const);
    return { state: Object.fromEntries(next), outputs };
  };
  const shapes: StepShapes = {
    state: Object.fromEntries(shaped),
    inputs: { weight: { shape: [], dtype: 'float32' } },
  };
  // The number of values is known once the program has run; `valueNames` of the eager run tells.
  return { step, shapes, outputs: ['loss', ...names.map((_, i) => `gradient${i}`)] };
}
