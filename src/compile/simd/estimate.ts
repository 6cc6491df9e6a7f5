/** How long a task takes on one thread, roughly: enough to choose what is worth sharing. */
import { sizeOf } from '../graph/graph.ts';
import type { Task } from './phases.ts';

/** Operations per nanosecond that a core does in tiles, and nanoseconds per element elsewhere: rough figures, to choose by. */
const FLOPS = 30;
const POOLED = 0.5;
const FUNCTION = 1;
const VALUE = 0.08;

/** Nanoseconds on one thread, by estimate. */
export function timeOf(task: Task): number {
  if (task.kind === 'loop') return sizeOf(task.loop.domain) * task.loop.values.length * VALUE;
  const { kernel } = task;
  if (kernel.kind !== 'call') return 0;
  const { op, inputs, shape } = kernel.node;
  switch (op.kind) {
    case 'matmul': {
      const k = inputs[0].shape[op.transposeA ? shape.length - 2 : shape.length - 1];
      return (2 * sizeOf(shape) * k) / FLOPS;
    }
    case 'conv2d':
      return (2 * sizeOf(shape) * sizeOf(inputs[1].shape.slice(0, 3))) / FLOPS;
    case 'conv2dImageGradient':
      return (2 * sizeOf(inputs[0].shape) * sizeOf(inputs[1].shape.slice(0, 3))) / FLOPS;
    case 'conv2dFilterGradient':
      return (2 * sizeOf(inputs[1].shape) * sizeOf(shape.slice(0, 3))) / FLOPS;
    case 'pool':
    case 'poolGradient':
      return Math.max(sizeOf(shape), sizeOf(inputs[0].shape)) * POOLED;
    default:
      return sizeOf(shape) * FUNCTION;
  }
}
