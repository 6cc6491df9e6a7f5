/** The entry of the kernel module: what it exports, and nothing else. Contracts are in `../kernel-exports.ts`. */
export {
  cosX4,
  erfX4,
  expX4,
  expm1X4,
  log1pX4,
  logX4,
  powX4,
  sigmoidX4,
  sinX4,
  softplusX4,
  tanhX4,
  unary,
} from './activations';
export { conv2d, conv2dFilterGradient, conv2dInputGradient } from './conv';
export { batchMatmul, matmul } from './matmul';
export { gather, segmentSum } from './moving';
export { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './pooling';
export { argMax, argMin, cumsum } from './reductions';
