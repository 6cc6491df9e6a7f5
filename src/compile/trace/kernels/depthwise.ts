/**
 * Depthwise convolution and its gradients as graph nodes: every tap is a strided view of the image, so that all taps become one
 * fused loop (for the filter's gradient one sum per tap) and need no kernel of their own.
 */
import { backend_util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../../graph/builder.ts';
import { sizeOf, type Node, type Shape } from '../../graph/graph.ts';
import { UnsupportedKernel, type KernelAttributes, type KernelInputs, type Lowering } from '../lowering.ts';

/** A loop has an operand per tap; steps with larger filters run eagerly. */
const MOST_TAPS = 81;

interface Tap {
  readonly ky: number;
  readonly kx: number;
}

function depthwiseInfo(
  image: Shape,
  filter: Shape,
  { strides, dilations, pad, dimRoundingMode, dataFormat }: KernelAttributes,
): backend_util.Conv2DInfo {
  if (dataFormat !== undefined && dataFormat !== 'NHWC')
    throw new UnsupportedKernel('DepthwiseConv2dNative', 'images must be NHWC');
  if (filter[0] * filter[1] > MOST_TAPS)
    throw new UnsupportedKernel('DepthwiseConv2dNative', `no filters of more than ${MOST_TAPS} cells`);
  return backend_util.computeConv2DInfo(
    image as [number, number, number, number],
    filter as [number, number, number, number],
    strides as number | [number, number],
    (dilations ?? 1) as number | [number, number],
    pad as 'same' | 'valid' | number,
    dimRoundingMode as 'floor' | undefined,
    true,
  );
}

function tapsOf({ filterHeight, filterWidth }: backend_util.Conv2DInfo): Tap[] {
  return Array.from({ length: filterHeight * filterWidth }, (_, i) => ({
    ky: Math.floor(i / filterWidth),
    kx: i % filterWidth,
  }));
}

/** The image [b, h, w, c] with its padding. */
function padded(b: GraphBuilder, x: Node, info: backend_util.Conv2DInfo): Node {
  const { top, bottom, left, right } = info.padInfo;
  return b.pad(
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    0,
  );
}

/** The cells that a tap is multiplied with: [b, oh, ow, c, 1]. */
function seenBy(b: GraphBuilder, image: Node, { ky, kx }: Tap, info: backend_util.Conv2DInfo): Node {
  const { batchSize, outHeight, outWidth, inChannels } = info;
  const begin = [0, ky * info.dilationHeight, kx * info.dilationWidth, 0];
  const shape = [batchSize, outHeight, outWidth, inChannels];
  const seen = b.slice(image, begin, shape, [1, info.strideHeight, info.strideWidth, 1]);
  return b.reshape(seen, [...shape, 1]);
}

/** The weights of a tap: [c, m], m outputs per channel. */
function weightsOf(b: GraphBuilder, filter: Node, { ky, kx }: Tap): Node {
  const [, , channels, multiplier] = filter.shape;
  return b.reshape(b.slice(filter, [ky, kx, 0, 0], [1, 1, channels, multiplier]), [channels, multiplier]);
}

function sum(b: GraphBuilder, terms: readonly Node[]): Node {
  return terms.reduce((total, term) => b.map('add', total, term));
}

/** x [b, h, w, c], filter [kh, kw, c, m] → [b, oh, ow, c·m]; any stride and dilation. */
export function depthwise(b: GraphBuilder, { x, filter }: KernelInputs, attributes: KernelAttributes): Node {
  const info = depthwiseInfo(x.shape, filter.shape, attributes);
  const image = padded(b, x, info);
  const terms = tapsOf(info).map((tap) =>
    b.map('mul', seenBy(b, image, tap, info), weightsOf(b, filter, tap)),
  );
  return b.reshape(sum(b, terms), info.outShape);
}

/** x, dy → [kh, kw, c, m]. */
export const depthwiseFilterGradient: Lowering = (b, { x, dy }, attributes) => {
  const shape = attributes['filterShape'] as [number, number, number, number];
  const info = depthwiseInfo(x.shape, shape, attributes);
  const image = padded(b, x, info);
  const outputs = b.reshape(dy, [info.batchSize, info.outHeight, info.outWidth, shape[2], shape[3]]);
  const sums = tapsOf(info).map((tap) => {
    const product = b.map('mul', seenBy(b, image, tap, info), outputs);
    return b.reshape(b.reduce('sum', product, [0, 1, 2]), [1, shape[2], shape[3]]);
  });
  return b.reshape(b.concat(sums, 0), shape);
};

/** dy, filter → [b, h, w, c]: every tap sends the outputs' gradients back to the cells it saw. */
export const depthwiseImageGradient: Lowering = (b, { dy, filter }, attributes) => {
  const shape = attributes['inputShape'] as [number, number, number, number];
  const info = depthwiseInfo(shape, filter.shape, attributes);
  const [channels, multiplier] = filter.shape.slice(2);
  const { top, left } = info.padInfo;
  const rows = spread(b, dy, 1, info.strideHeight);
  const cells = spread(b, rows, 2, info.strideWidth);
  // Cell y of the image was seen by output position y + pad − tap: of −(reach − pad) … height − 1 + pad.
  const reach = [(info.filterHeight - 1) * info.dilationHeight, (info.filterWidth - 1) * info.dilationWidth];
  const around = [1, 2].map((axis, i) => {
    const before = reach[i] - [top, left][i];
    const after = shape[axis] + [top, left][i] - cells.shape[axis];
    if (before < 0) throw new UnsupportedKernel('DepthwiseConv2dNativeBackpropInput', 'wide padding');
    return [before, Math.max(0, after)] as const;
  });
  const whole = b.pad(cells, [[0, 0], ...around, [0, 0]], 0);
  const terms = tapsOf(info).map((tap) => {
    const begin = [0, reach[0] - tap.ky * info.dilationHeight, reach[1] - tap.kx * info.dilationWidth, 0];
    const seen = b.slice(whole, begin, [...shape.slice(0, 3), channels * multiplier]);
    return b.map(
      'mul',
      b.reshape(seen, [...shape.slice(0, 3), channels, multiplier]),
      weightsOf(b, filter, tap),
    );
  });
  const total = sum(b, terms);
  return multiplier === 1 ? b.reshape(total, shape) : b.reduce('sum', total, [4]);
};

/** x with `step − 1` zeros between neighbours along an axis. */
function spread(b: GraphBuilder, x: Node, axis: number, step: number): Node {
  if (step === 1) return x;
  const split = b.reshape(x, x.shape.toSpliced(axis + 1, 0, 1));
  const paddings = split.shape.map((_, i): [number, number] => [0, i === axis + 1 ? step - 1 : 0]);
  const apart = b.reshape(b.pad(split, paddings, 0), x.shape.with(axis, x.shape[axis] * step));
  const shape = x.shape.with(axis, (x.shape[axis] - 1) * step + 1);
  return b.slice(
    apart,
    x.shape.map(() => 0),
    shape,
  );
}

/** The filter with zeros between its cells: a dilated convolution is a plain one with it. */
export function dilated(b: GraphBuilder, filter: Node, [height, width]: readonly number[]): Node {
  if (sizeOf([height, width]) === 1) return filter;
  return spread(b, spread(b, filter, 0, height), 1, width);
}
