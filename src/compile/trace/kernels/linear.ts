/** Matrix products, convolutions and pooling as graph nodes. Geometry is computed by tfjs's own public helpers. */
import { backend_util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node, Window } from '../../graph/graph.ts';
import { broadcastShapes } from '../../graph/builder.ts';
import { sizeOf } from '../../graph/graph.ts';
import {
  UnsupportedKernel,
  type KernelAttributes,
  type KernelInputs,
  type Lowering,
  type Lowerings,
} from '../lowering.ts';
import { depthwise, depthwiseFilterGradient, depthwiseImageGradient, dilated } from './depthwise.ts';
import { ELEMENTWISE } from './elementwise.ts';

/** Leading dimensions flattened to one; with a single matrix there are none. */
function toBatch(b: GraphBuilder, x: Node, batch: readonly number[]): Node {
  const matrix = x.shape.slice(-2);
  const own = sizeOf(x.shape.slice(0, -2));
  if (sizeOf(batch) === 1) return b.reshape(x, matrix);
  if (own === 1) return b.reshape(x, [1, ...matrix]);
  return b.reshape(b.broadcast(x, [...batch, ...matrix]), [sizeOf(batch), ...matrix]);
}

function matmul(b: GraphBuilder, { a, b: right }: KernelInputs, attributes: KernelAttributes): Node {
  const transposeA = Boolean(attributes['transposeA']);
  const transposeB = Boolean(attributes['transposeB']);
  const batch = broadcastShapes(a.shape.slice(0, -2), right.shape.slice(0, -2));
  const x = toBatch(b, a, batch);
  const y = toBatch(b, right, batch);
  const m = a.shape[a.shape.length - (transposeA ? 1 : 2)];
  const n = right.shape[right.shape.length - (transposeB ? 2 : 1)];
  const op = { kind: 'matmul', transposeA, transposeB, activation: 'none' } as const;
  const shape = sizeOf(batch) === 1 ? [m, n] : [sizeOf(batch), m, n];
  return b.reshape(b.node(op, [x, y], shape, a.dtype), [...batch, m, n]);
}

/** Takes tfjs's fused kernels apart; the epilogue pass fuses what the executor can do in one. */
function epilogue(b: GraphBuilder, x: Node, inputs: KernelInputs, attributes: KernelAttributes): Node {
  const { bias, preluActivationWeights: alpha } = inputs;
  const sum = bias ? b.map('add', x, bias) : x;
  const kernel = ACTIVATIONS[(attributes['activation'] as string | undefined) ?? 'linear'];
  if (kernel === undefined) throw new UnsupportedKernel('fused activation', String(attributes['activation']));
  if (kernel === null) return sum;
  const fields = { alpha: attributes['leakyreluAlpha'] ?? 0.2 };
  return ELEMENTWISE[kernel](b, alpha ? { x: sum, alpha } : { x: sum }, fields) as Node;
}

const ACTIVATIONS: Readonly<Record<string, string | null>> = {
  linear: null,
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

function convInfo(
  kernel: string,
  image: Node['shape'],
  filter: Node['shape'],
  at: KernelAttributes,
): backend_util.Conv2DInfo {
  if (at['dataFormat'] !== undefined && at['dataFormat'] !== 'NHWC')
    throw new UnsupportedKernel(kernel, 'images must be NHWC');
  return backend_util.computeConv2DInfo(
    image as [number, number, number, number],
    filter as [number, number, number, number],
    at['strides'] as number | [number, number],
    (at['dilations'] ?? 1) as number | [number, number],
    at['pad'] as 'same' | 'valid' | number,
    at['dimRoundingMode'] as 'floor' | undefined,
  );
}

function windowOf(info: backend_util.Conv2DInfo): Window {
  return {
    size: [info.effectiveFilterHeight, info.effectiveFilterWidth],
    stride: [info.strideHeight, info.strideWidth],
    pad: [info.padInfo.top, info.padInfo.left],
  };
}

function conv2d(b: GraphBuilder, { x, filter }: KernelInputs, attributes: KernelAttributes): Node {
  const info = convInfo('Conv2D', x.shape, filter.shape, attributes);
  const spread = dilated(b, filter, [info.dilationHeight, info.dilationWidth]);
  return b.node(
    { kind: 'conv2d', window: windowOf(info), activation: 'none' },
    [x, spread],
    info.outShape,
    'float32',
  );
}

const conv2dImageGradient: Lowering = (b, { dy, filter }, attributes) => {
  const shape = attributes['inputShape'] as number[];
  const info = convInfo('Conv2DBackpropInput', shape, filter.shape, attributes);
  return b.node({ kind: 'conv2dImageGradient', window: windowOf(info) }, [dy, filter], shape, 'float32');
};

const conv2dFilterGradient: Lowering = (b, { x, dy }, attributes) => {
  const shape = attributes['filterShape'] as number[];
  const info = convInfo('Conv2DBackpropFilter', x.shape, shape, attributes);
  return b.node({ kind: 'conv2dFilterGradient', window: windowOf(info) }, [x, dy], shape, 'float32');
};

function poolInfo(x: Node, at: KernelAttributes): backend_util.Conv2DInfo {
  return backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    at['filterSize'] as number | [number, number],
    at['strides'] as number | [number, number],
    1,
    at['pad'] as 'same' | 'valid' | number,
    at['dimRoundingMode'] as 'floor' | undefined,
  );
}

const pool =
  (fn: 'max' | 'avg'): Lowering =>
  (b, { x }, attributes) => {
    const info = poolInfo(x, attributes);
    return b.node({ kind: 'pool', fn, window: windowOf(info) }, [x], info.outShape, 'float32');
  };

const poolGradient =
  (fn: 'max' | 'avg'): Lowering =>
  (b, { dy, input }, attributes) => {
    const op = { kind: 'poolGradient', fn, window: windowOf(poolInfo(input, attributes)) } as const;
    return b.node(op, fn === 'max' ? [input, dy] : [dy], input.shape, 'float32');
  };

export const LINEAR: Lowerings = {
  BatchMatMul: matmul,
  _FusedMatMul: (b, inputs, attributes) => epilogue(b, matmul(b, inputs, attributes), inputs, attributes),
  Conv2D: conv2d,
  FusedConv2D: (b, inputs, attributes) => epilogue(b, conv2d(b, inputs, attributes), inputs, attributes),
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseImageGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  FusedDepthwiseConv2D: (b, inputs, attributes) =>
    epilogue(b, depthwise(b, inputs, attributes), inputs, attributes),
  Conv2DBackpropInput: conv2dImageGradient,
  Conv2DBackpropFilter: conv2dFilterGradient,
  MaxPool: pool('max'),
  AvgPool: pool('avg'),
  MaxPoolGrad: poolGradient('max'),
  AvgPoolGrad: poolGradient('avg'),
};
