/** tfjs kernels that move, create or pick elements, as graph nodes. Most become views, which cost nothing. */
import { slice_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../../graph/builder.ts';
import { sizeOf, type Node } from '../../graph/graph.ts';
import type { DataType } from '../../step.ts';
import {
  axesOf,
  UnsupportedKernel,
  type KernelAttributes,
  type Lowering,
  type Lowerings,
} from '../lowering.ts';

const reshape: Lowering = (b, { x }, { shape }) => {
  const wanted = shape as number[];
  const known = wanted.reduce((product, dim) => (dim < 0 ? product : product * dim), 1);
  return b.reshape(
    x,
    wanted.map((dim) => (dim < 0 ? sizeOf(x.shape) / known : dim)),
  );
};

const expandDims: Lowering = (b, { input }, { dim }) => {
  const shape = [...input.shape];
  const axis = dim as number;
  shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
  return b.reshape(input, shape);
};

const slice: Lowering = (b, { x }, { begin, size }) => {
  const info = { shape: [...x.shape], dtype: x.dtype, dataId: {} } satisfies TensorInfo;
  const [from, shape] = slice_util.parseSliceParams(info, begin as number[], size as number[]);
  slice_util.assertParamsValid(info, from, shape);
  return b.slice(x, from, shape);
};

const stridedSlice: Lowering = (b, { x }, attributes) => {
  const { begin, end, strides } = attributes as Record<string, number[]>;
  const masks = ['beginMask', 'endMask', 'ellipsisMask', 'newAxisMask', 'shrinkAxisMask'].map(
    (mask) => attributes[mask] as number,
  );
  const [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] = masks;
  const info = slice_util.sliceInfo(
    [...x.shape],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  if (info.isIdentity || info.sliceDim0 || info.isSimpleSlice || sizeOf(info.finalShapeSparse) > 0) {
    const shape = info.begin.map((from, i) => Math.max(0, Math.ceil((info.end[i] - from) / info.strides[i])));
    return b.reshape(b.slice(x, info.begin, shape, info.strides), info.finalShape);
  }
  throw new UnsupportedKernel('StridedSlice', 'an empty result');
};

/** Repeats a tensor along its axes: a broadcast between two reshapes, so that nothing is copied. */
const tile: Lowering = (b, { x }, { reps }) => {
  const times = reps as number[];
  const spread = x.shape.flatMap((dim) => [1, dim]);
  const repeated = x.shape.flatMap((dim, i) => [times[i], dim]);
  return b.reshape(
    b.broadcast(b.reshape(x, spread), repeated),
    x.shape.map((dim, i) => dim * times[i]),
  );
};

const reverse: Lowering = (b, { x }, { dims }) => {
  const axes = axesOf(dims, x.shape);
  const begin = x.shape.map((dim, axis) => (axes.includes(axis) ? dim - 1 : 0));
  const step = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
  return b.slice(x, begin, x.shape, step);
};

function normalAxis(axis: unknown, rank: number): number {
  return ((axis as number) + rank) % rank;
}

const pack: Lowering = (b, inputs, attributes) => {
  const parts = Object.values(inputs);
  const axis = normalAxis(attributes['axis'], parts[0].shape.length + 1);
  const shape = parts[0].shape.toSpliced(axis, 0, 1);
  return b.concat(
    parts.map((part) => b.reshape(part, shape)),
    axis,
  );
};

/** Consecutive pieces of the given lengths along an axis. */
function pieces(b: GraphBuilder, x: Node, axis: number, lengths: readonly number[]): Node[] {
  let from = 0;
  return lengths.map((length) => {
    const begin = x.shape.map((_, i) => (i === axis ? from : 0));
    from += length;
    return b.slice(x, begin, x.shape.with(axis, length));
  });
}

const unpack: Lowering = (b, { value }, attributes) => {
  const axis = normalAxis(attributes['axis'], value.shape.length);
  const ones = Array.from({ length: value.shape[axis] }, () => 1);
  return pieces(b, value, axis, ones).map((piece) => b.reshape(piece, value.shape.toSpliced(axis, 1)));
};

const splitV: Lowering = (b, { x }, attributes) => {
  const axis = normalAxis(attributes['axis'], x.shape.length);
  const split = attributes['numOrSizeSplits'] as number | number[];
  const total = x.shape[axis];
  if (typeof split === 'number')
    return pieces(
      b,
      x,
      axis,
      Array.from({ length: split }, () => total / split),
    );
  const known = split.reduce((sum, length) => (length < 0 ? sum : sum + length), 0);
  return pieces(
    b,
    x,
    axis,
    split.map((length) => (length < 0 ? total - known : length)),
  );
};

const gather: Lowering = (b, { x, indices }, attributes) => {
  if (attributes['batchDims']) return batchedGather(b, x, indices, attributes);
  const axis = normalAxis(attributes['axis'] ?? 0, x.shape.length);
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const table = b.reshape(x, [sizeOf(before), x.shape[axis], sizeOf(after)]);
  const count = sizeOf(indices.shape);
  const picked = b.node(
    { kind: 'gather' },
    [table, b.reshape(indices, [count])],
    [sizeOf(before), count, sizeOf(after)],
    x.dtype,
  );
  return b.reshape(picked, [...before, ...indices.shape, ...after]);
};

/**
 * x [batch, outer, axis, inner], indices [batch, count] → [batch, outer, count, inner]: one gather from all batches' rows, each
 * index moved to its batch's. An index out of range stays out of range, whatever batch lies beside its own.
 */
function batchedGather(b: GraphBuilder, x: Node, indices: Node, attributes: KernelAttributes): Node {
  const batchDims = normalAxis(attributes['batchDims'], indices.shape.length + 1);
  const axis = normalAxis(attributes['axis'] ?? 0, x.shape.length);
  const outer = x.shape.slice(batchDims, axis);
  const after = x.shape.slice(axis + 1);
  const [batch, rows] = [sizeOf(x.shape.slice(0, batchDims)), x.shape[axis]];
  const count = sizeOf(indices.shape.slice(batchDims));
  const own = b.reshape(indices, [batch, count]);
  const starts = Int32Array.from({ length: batch }, (_, i) => i * rows);
  const moved = b.map('add', own, b.constant(starts, [batch, 1], 'int32'));
  const within = b.map(
    'and',
    b.map('lessEqual', b.scalar(0, 'int32'), own),
    b.map('less', own, b.scalar(rows, 'int32')),
  );
  const safe = b.map('select', within, moved, b.scalar(-1, 'int32'));
  const table = b.transpose(b.reshape(x, [batch, sizeOf(outer), rows, sizeOf(after)]), [1, 0, 2, 3]);
  const picked = b.node(
    { kind: 'gather' },
    [b.reshape(table, [sizeOf(outer), batch * rows, sizeOf(after)]), b.reshape(safe, [batch * count])],
    [sizeOf(outer), batch * count, sizeOf(after)],
    x.dtype,
  );
  const parts = b.reshape(picked, [sizeOf(outer), batch, count, sizeOf(after)]);
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...after];
  return b.reshape(b.transpose(parts, [1, 0, 2, 3]), shape);
}

const segmentSum: Lowering = (b, { x, segmentIds }, attributes) => {
  if (x.dtype !== 'float32') throw new UnsupportedKernel('UnsortedSegmentSum', `no sums of ${x.dtype}`);
  const rank = segmentIds.shape.length;
  const inner = x.shape.slice(rank);
  const count = sizeOf(segmentIds.shape);
  const segments = attributes['numSegments'] as number;
  const sum = b.node(
    { kind: 'segmentSum' },
    [b.reshape(x, [count, sizeOf(inner)]), b.reshape(segmentIds, [count])],
    [segments, sizeOf(inner)],
    x.dtype,
  );
  return b.reshape(sum, [segments, ...inner]);
};

/** A comparison with 0, 1, …, depth − 1 along a new last axis: it fuses with whatever it is multiplied by. */
const oneHot: Lowering = (b, { indices }, { depth, onValue, offValue, dtype }) => {
  const classes = Int32Array.from({ length: depth as number }, (_, i) => i);
  const hit = b.map(
    'equal',
    b.reshape(indices, [...indices.shape, 1]),
    b.constant(classes, [classes.length], 'int32'),
  );
  const type = dtype as DataType;
  return b.map('select', hit, b.scalar(onValue as number, type), b.scalar(offValue as number, type));
};

const range: Lowering = (b, _, attributes) => {
  const { start, stop, step } = attributes as Record<string, number>;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const values = Array.from({ length: count }, (_, i) => start + i * step);
  return b.constant(values, [count], attributes['dtype'] as DataType);
};

const filled =
  (value: number): Lowering =>
  (b, { x }) =>
    b.constant([value], x.shape, x.dtype);

export const LAYOUT: Lowerings = {
  Reshape: reshape,
  ExpandDims: expandDims,
  Transpose: (b, { x }, { perm }) => b.transpose(x, perm as number[]),
  Slice: slice,
  StridedSlice: stridedSlice,
  Concat: (b, inputs, attributes) => {
    const parts = Object.values(inputs).filter((part) => sizeOf(part.shape) > 0);
    return b.concat(parts, normalAxis(attributes['axis'], parts[0].shape.length));
  },
  Pack: pack,
  Unpack: unpack,
  SplitV: splitV,
  PadV2: (b, { x }, { paddings, constantValue }) =>
    b.pad(x, paddings as [number, number][], constantValue as number),
  Tile: tile,
  Reverse: reverse,
  BroadcastTo: (b, { x }, { shape }) => b.broadcast(x, shape as number[]),
  Fill: (b, _, { shape, value, dtype }) =>
    b.constant([value as number], shape as number[], (dtype as DataType | undefined) ?? 'float32'),
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Range: range,
  GatherV2: gather,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
};
