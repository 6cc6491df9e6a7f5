/**
 * Makes graph nodes: infers shapes and types, inserts broadcasts, and checks what tfjs does not. Tracer and passes both use it,
 * so that no node has a wrong shape.
 */
import type { DataType } from '../step.ts';
import {
  sameShape,
  sizeOf,
  type MapFunction,
  type Node,
  type Op,
  type ReduceFunction,
  type Shape,
} from './graph.ts';

const BOOLEAN = new Set<MapFunction>([
  'toBool',
  'not',
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'and',
  'or',
]);

/** Numbers nodes in the order of their creation: an id is above those of the node's inputs. */
export class GraphBuilder {
  private count = 0;

  /** A node with the given shape and type, unchecked: for operations with a single caller. */
  node(op: Op, inputs: readonly Node[], shape: Shape, dtype: DataType): Node {
    return { id: this.count++, op, inputs, shape, dtype };
  }

  placeholder(kind: 'state' | 'input', name: string, shape: Shape, dtype: DataType): Node {
    return this.node({ kind, name }, [], shape, dtype);
  }

  /** A constant; if all values are equal, it keeps one. */
  constant(values: ArrayLike<number>, shape: Shape, dtype: DataType): Node {
    if (values.length !== 1 && values.length !== sizeOf(shape))
      throw new Error(`constant: expected 1 or ${sizeOf(shape)} values, got ${values.length}`);
    let same = values.length > 0;
    for (let i = 1; i < values.length && same; i++) same = Object.is(values[i], values[0]);
    const kept = same ? [values[0]] : values;
    const typed = dtype === 'int32' ? Int32Array.from(kept) : Float32Array.from(kept);
    return this.node({ kind: 'constant', values: typed }, [], shape, dtype);
  }

  scalar(value: number, dtype: DataType = 'float32'): Node {
    return this.constant([value], [], dtype);
  }

  /** Element-wise, after broadcasting the operands to a common shape. */
  map(fn: MapFunction, ...operands: readonly Node[]): Node {
    const shape = operands.reduce<Shape>((shape, operand) => broadcastShapes(shape, operand.shape), []);
    return this.node(
      { kind: 'map', fn },
      operands.map((operand) => this.broadcast(operand, shape)),
      shape,
      resultType(fn, operands),
    );
  }

  /** Reduces over `axes` and drops them from the shape; without axes, x itself. */
  reduce(fn: ReduceFunction, x: Node, axes: readonly number[]): Node {
    const sorted = [...axes].sort((a, b) => a - b);
    if (sorted.length === 0) return x;
    const shape = x.shape.filter((_, axis) => !sorted.includes(axis));
    return this.node({ kind: 'reduce', fn, axes: sorted }, [x], shape, x.dtype);
  }

  /** The same elements in another shape; x itself if it is the same. */
  reshape(x: Node, shape: Shape): Node {
    if (sizeOf(shape) !== sizeOf(x.shape))
      throw new Error(`reshape: ${describeShape(x.shape)} has not the size of ${describeShape(shape)}`);
    if (sameShape(shape, x.shape)) return x;
    return this.node({ kind: 'reshape' }, [x], shape, x.dtype);
  }

  /** Repeats x along axes of length 1 and new leading axes. */
  broadcast(x: Node, shape: Shape): Node {
    if (sameShape(shape, x.shape)) return x;
    if (!sameShape(broadcastShapes(x.shape, shape), shape))
      throw new Error(`broadcast: ${describeShape(x.shape)} does not fit ${describeShape(shape)}`);
    return this.node({ kind: 'broadcast' }, [x], shape, x.dtype);
  }

  /** A box of x from `begin`, every `step`-th element; a negative step runs backwards. */
  slice(
    x: Node,
    begin: readonly number[],
    shape: Shape,
    step: readonly number[] = x.shape.map(() => 1),
  ): Node {
    if (sameShape(shape, x.shape) && step.every((s) => s === 1)) return x;
    return this.node({ kind: 'slice', begin, step }, [x], shape, x.dtype);
  }

  /** Axis i of the result is axis `permutation[i]` of x. */
  transpose(x: Node, permutation: readonly number[]): Node {
    const shape = permutation.map((axis) => x.shape[axis]);
    if (permutation.every((axis, i) => axis === i)) return x;
    return this.node({ kind: 'transpose', permutation }, [x], shape, x.dtype);
  }

  /** Parts one after another along an axis. */
  concat(parts: readonly Node[], axis: number): Node {
    const first = parts[0];
    if (parts.length === 1) return first;
    const total = parts.reduce((sum, part) => sum + part.shape[axis], 0);
    const shape = first.shape.map((dim, i) => (i === axis ? total : dim));
    return this.node({ kind: 'concat', axis }, parts, shape, first.dtype);
  }

  /** x inside a tensor of `value`. */
  pad(x: Node, paddings: readonly (readonly [before: number, after: number])[], value: number): Node {
    const shape = x.shape.map((dim, i) => dim + paddings[i][0] + paddings[i][1]);
    if (sameShape(shape, x.shape)) return x;
    return this.node({ kind: 'pad', before: paddings.map(([before]) => before), value }, [x], shape, x.dtype);
  }

  /** The same operation with other inputs of the same shapes. */
  rebuild(node: Node, inputs: readonly Node[]): Node {
    return this.node(node.op, inputs, node.shape, node.dtype);
  }
}

/** NumPy's rule: aligned at the right, 1 fits any size. Throws if two other sizes differ. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new Error(`shapes ${describeShape(a)} and ${describeShape(b)} do not broadcast`);
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

export function describeShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

function resultType(fn: MapFunction, operands: readonly Node[]): DataType {
  if (BOOLEAN.has(fn)) return 'bool';
  if (fn === 'toFloat') return 'float32';
  if (fn === 'toInt') return 'int32';
  return operands[operands.length - 1].dtype;
}
