/** The scalar functions of the reference forward pass, by the mathematics of the language. */
import type { Activation } from '#agents/nn/spec.ts';

/** Klambauer et al. 2017, eq. 2. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** An activation of one number; `slope` is a prelu's at this feature. */
export type Scalar = (x: number, slope: number) => number;

/** `leak` is the slope of a leakyRelu below 0. */
export function activation(kind: Activation, leak = 0.01): Scalar {
  switch (kind) {
    case 'linear':
      return (x) => x;
    case 'relu':
      return (x) => Math.max(x, 0);
    case 'tanh':
      return Math.tanh;
    case 'sigmoid':
      return (x) => 1 / (1 + Math.exp(-x));
    case 'elu':
      return (x) => (x >= 0 ? x : Math.expm1(x));
    case 'selu':
      return (x) => SELU_SCALE * (x >= 0 ? x : SELU_ALPHA * Math.expm1(x));
    case 'swish':
      return (x) => x / (1 + Math.exp(-x));
    case 'softplus':
      return (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    case 'leakyRelu':
      return (x) => (x >= 0 ? x : leak * x);
    case 'prelu':
      return (x, slope) => (x >= 0 ? x : slope * x);
  }
}
