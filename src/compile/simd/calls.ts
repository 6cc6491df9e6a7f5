/** The calls to the kernel module: which routine computes a graph node, its arguments and its working memory. */
import { accessOf } from '../plan/access.ts';
import type { Edge } from '../plan/dependencies.ts';
import type { Activation, Node, Window } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import {
  Activation as KernelActivation,
  conv2dGeometry,
  conv2dScratchBytes,
  MatmulFlag,
  matmulScratchBytes,
  UnaryFunction,
  type Conv2dGeometry,
  type KernelName,
} from './kernel-exports.ts';

/** A number, or something whose address is known once memory is planned. */
export type Argument =
  | number
  | { readonly kind: 'tensor'; readonly tensor: Node; readonly offset: number }
  | { readonly kind: 'scratch'; readonly offset: number }
  | { readonly kind: 'table' };

export interface Call {
  readonly kernel: KernelName;
  readonly args: readonly Argument[];
  /** Bytes of working memory. */
  readonly scratch: number;
  /** Constants that the kernel reads from memory. */
  readonly table?: Int32Array;
}

const SCRATCH = { kind: 'scratch', offset: 0 } as const;
const TABLE = { kind: 'table' } as const;

/** Elements from which on a call pays for writing and reading memory once more. */
const ROUTINE_SIZE = 256;

/**
 * A function like tanh costs a loop one call per four elements, the kernel module none. So it is taken out of loops if its
 * operand is in memory anyway.
 */
export function prefersCall(node: Node, [edge]: readonly Edge[]): boolean {
  if (node.op.kind !== 'map' || !(node.op.fn in UnaryFunction)) return false;
  const inMemory = edge.access.tensor.op.kind !== 'map' && edge.access.tensor.op.kind !== 'constant';
  return inMemory && edge.identity && sizeOf(node.shape) >= ROUTINE_SIZE;
}

/** The call that computes a node. Throws for nodes that the planner makes loops of. */
export function callOf(node: Node): Call {
  const out = whole(node);
  const args = node.inputs.map(operand);
  const { op, inputs, shape } = node;
  switch (op.kind) {
    case 'matmul':
      return matmulCall(node);
    case 'conv2d':
    case 'conv2dImageGradient':
    case 'conv2dFilterGradient':
      return convCall(node);
    case 'pool': {
      const g = geometry(inputs[0].shape, shape, op.window);
      const kernel = op.fn === 'max' ? 'maxPool' : 'averagePool';
      return { kernel, args: [args[0], out, TABLE, shape[0]], scratch: 0, table: conv2dGeometry(g) };
    }
    case 'poolGradient': {
      const dy = inputs[inputs.length - 1];
      const g = geometry(shape, dy.shape, op.window);
      const kernel = op.fn === 'max' ? 'maxPoolGradient' : 'averagePoolGradient';
      return { kernel, args: [...args, out, TABLE, shape[0]], scratch: 0, table: conv2dGeometry(g) };
    }
    case 'argReduce': {
      const [outer, axis, inner] = around(inputs[0].shape, op.axis);
      return {
        kernel: op.fn === 'max' ? 'argMax' : 'argMin',
        args: [args[0], out, outer, axis, inner],
        scratch: 0,
      };
    }
    case 'cumsum': {
      const [outer, n, inner] = shape;
      const flags = [Number(op.exclusive), Number(op.reverse)];
      return { kernel: 'cumsum', args: [args[0], out, outer, n, inner, ...flags], scratch: 0 };
    }
    case 'gather': {
      const [outer, rows, inner] = inputs[0].shape;
      return { kernel: 'gather', args: [...args, out, outer, rows, shape[1], inner], scratch: 0 };
    }
    case 'segmentSum': {
      const [n, inner] = inputs[0].shape;
      return { kernel: 'segmentSum', args: [...args, out, n, inner, shape[0]], scratch: 0 };
    }
    case 'map': {
      const which = UnaryFunction[op.fn as keyof typeof UnaryFunction];
      return { kernel: 'unary', args: [which, args[0], out, sizeOf(shape)], scratch: 0 };
    }
    default:
      throw new Error(`${op.kind}: no kernel computes it`);
  }
}

/** A result, which has memory of its own. */
function whole(tensor: Node): Argument {
  return { kind: 'tensor', tensor, offset: 0 };
}

/** An input: dense, but maybe a part of another tensor, as a layer's weights are of the parameter block. */
function operand(input: Node): Argument {
  const access = accessOf(input);
  if (!access) throw new Error(`node ${input.id}: a kernel's operand must be dense`);
  return { kind: 'tensor', tensor: access.tensor, offset: 4 * access.offset };
}

/** A single product may have a bias and an activation; the epilogue pass gives none to a batch of products. */
function matmulCall(node: Node): Call {
  const { op, inputs, shape } = node;
  if (op.kind !== 'matmul') throw new Error(`${op.kind} is no product`);
  const [a, b, bias = 0] = inputs.map(operand);
  const rank = shape.length;
  const [m, n] = shape.slice(-2);
  const k = inputs[0].shape[op.transposeA ? rank - 2 : rank - 1];
  const flags = (op.transposeA ? MatmulFlag.transposeA : 0) | (op.transposeB ? MatmulFlag.transposeB : 0);
  const scratch = matmulScratchBytes(n, k);
  if (rank === 2) {
    const [lda, ldb] = inputs.map((input) => input.shape[1]);
    const all = flags | (activation(op.activation) << 8);
    return { kernel: 'matmul', args: [a, b, whole(node), m, n, k, lda, ldb, n, bias, all, SCRATCH], scratch };
  }
  const strides = [batchStride(inputs[0]), batchStride(inputs[1]), m * n];
  return {
    kernel: 'batchMatmul',
    args: [a, b, whole(node), shape[0], m, n, k, ...strides, flags, SCRATCH],
    scratch,
  };
}

/** Elements from one matrix of a batch to the next; 0 repeats a batch of one. */
function batchStride({ shape }: Node): number {
  return shape[0] === 1 ? 0 : shape[1] * shape[2];
}

/** All three take the geometry of the forward pass. */
function convCall(node: Node): Call {
  const { op, inputs, shape } = node;
  const out = whole(node);
  const [first, second, bias = 0] = inputs.map(operand);
  switch (op.kind) {
    case 'conv2d': {
      const g = geometry(inputs[0].shape, shape, op.window);
      const args = [first, second, bias, out, TABLE, shape[0], activation(op.activation), SCRATCH];
      return { kernel: 'conv2d', args, scratch: conv2dScratchBytes(g), table: conv2dGeometry(g) };
    }
    case 'conv2dImageGradient': {
      const g = geometry(shape, inputs[0].shape, op.window);
      const args = [first, second, out, TABLE, shape[0], SCRATCH];
      return {
        kernel: 'conv2dInputGradient',
        args,
        scratch: conv2dScratchBytes(g),
        table: conv2dGeometry(g),
      };
    }
    case 'conv2dFilterGradient': {
      const g = geometry(inputs[0].shape, inputs[1].shape, op.window);
      const args = [first, second, out, TABLE, inputs[0].shape[0], 0, sizeOf(shape.slice(0, 3)), SCRATCH];
      return {
        kernel: 'conv2dFilterGradient',
        args,
        scratch: conv2dScratchBytes(g),
        table: conv2dGeometry(g),
      };
    }
    default:
      throw new Error(`${op.kind} is no convolution`);
  }
}

/** `image` and `out` are NHWC shapes of the forward pass. */
function geometry(
  image: readonly number[],
  out: readonly number[],
  { size, stride, pad }: Window,
): Conv2dGeometry {
  return {
    inHeight: image[1],
    inWidth: image[2],
    inChannels: image[3],
    outHeight: out[1],
    outWidth: out[2],
    outChannels: out[3],
    kernelHeight: size[0],
    kernelWidth: size[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    padTop: pad[0],
    padLeft: pad[1],
  };
}

function activation(name: Activation): number {
  return KernelActivation[name];
}

/** Elements before, along and after an axis. */
function around(shape: readonly number[], axis: number): [number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))];
}
