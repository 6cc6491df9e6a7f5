/** Initial values of a network's parameters, drawn from a named random stream. */
import type { Rng } from '#core/rng.ts';
import type { NetworkPlan, ParamPlan } from './spec.ts';

/** Fills the flat block of a network, parameter by parameter in its order. */
export function initialise(plan: NetworkPlan, rng: Rng): Float32Array {
  const block = new Float32Array(plan.size);
  for (const param of plan.params) fill(block.subarray(param.offset, param.offset + param.size), param, rng);
  return block;
}

function fill(into: Float32Array, { start, shape }: ParamPlan, rng: Rng): void {
  switch (start.kind) {
    case 'constant':
      into.fill(start.value);
      return;
    case 'forgetGate':
      into.fill(0).fill(1, into.length / 4, into.length / 2);
      return;
    case 'he': // He et al. 2015, eq. 10
      for (let k = 0; k < into.length; k++) into[k] = start.gain * Math.sqrt(2 / start.fanIn) * rng.normal();
      return;
    case 'glorot': // Glorot & Bengio 2010, eq. 16
      uniform(into, start.gain * Math.sqrt(6 / (start.fanIn + start.fanOut)), rng);
      return;
    case 'fanIn': // LeCun et al. 1998, and what PyTorch does by default
      uniform(into, start.gain / Math.sqrt(start.fanIn), rng);
      return;
    case 'orthogonal': // Saxe et al. 2014
      orthogonal(into, into.length / shape[shape.length - 1], start.gain, rng);
      return;
  }
}

function uniform(into: Float32Array, bound: number, rng: Rng): void {
  for (let k = 0; k < into.length; k++) into[k] = bound * (2 * rng.uniform() - 1);
}

/**
 * A [rows, columns] matrix whose shorter side is orthonormal, times `gain`: Gram-Schmidt on Gaussian vectors, which are
 * uniform on the sphere, done twice for precision.
 */
function orthogonal(into: Float32Array, rows: number, gain: number, rng: Rng): void {
  const columns = into.length / rows;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => rng.normal());
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        let dot = 0;
        for (let k = 0; k < length; k++) dot += vector[k] * other[k];
        for (let k = 0; k < length; k++) vector[k] -= dot * other[k];
      }
    const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    for (let k = 0; k < length; k++) vector[k] /= norm;
    basis.push(vector);
  }
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      into[row * columns + column] = gain * (columns <= rows ? basis[column][row] : basis[row][column]);
}
