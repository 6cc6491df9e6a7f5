/**
 * A fused loop: what is loaded, computed, stored and reduced for each element of a domain. Strides are in elements over the
 * domain; a graph node stands for its tensor.
 */
import { uniform, type MapFunction, type Node, type ReduceFunction } from '../graph/graph.ts';
import type { DataType } from '../step.ts';
import { denseStrides, mergeDimensions } from './access.ts';
import type { Dependencies, Edge } from './dependencies.ts';
import { refineAxes, refineStrides, type Domain } from './domain.ts';
import type { Group } from './fuse.ts';

export interface Placement {
  readonly tensor: Node;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Functions whose results may be denormal; a copy or a choice passes numbers on as they are. */
const ARITHMETIC = new Set<MapFunction>(['add', 'sub', 'mul', 'div']);

/** A value of one element; arguments are indices of earlier values. */
export type Value =
  | { readonly kind: 'load'; readonly dtype: DataType; readonly from: Placement }
  | { readonly kind: 'immediate'; readonly dtype: DataType; readonly value: number }
  | {
      readonly kind: 'map';
      readonly dtype: DataType;
      readonly fn: MapFunction;
      readonly args: readonly number[];
    };

export interface Store {
  readonly value: number;
  readonly to: Placement;
  /**
   * Write 0 for magnitudes below the smallest normal float32. State does so: a moment of Adam whose gradient stays 0 would
   * shrink to a denormal number and stay one, and arithmetic with those is ten times slower on most processors.
   */
  readonly flush?: boolean;
}

/** The strides are 0 along the dimensions that are reduced. */
export interface Reduction extends Omit<Store, 'flush'> {
  readonly fn: ReduceFunction;
  readonly reduced: readonly boolean[];
}

export interface Loop {
  readonly domain: Domain;
  readonly values: readonly Value[];
  readonly stores: readonly Store[];
  readonly reductions: readonly Reduction[];
}

/** What a value is outside its loop: nothing, read by other kernels, or the next state. */
export type Role = 'inside' | 'read' | 'state';

/** The loop of a group. */
export function loopOf(group: Group, graph: Dependencies, roleOf: (node: Node) => Role): Loop {
  const builder = new LoopBuilder(group.domain);
  for (const node of group.nodes) {
    const args = (graph.reads.get(node) ?? []).map((edge) => builder.read(edge));
    const { op } = node;
    if (op.kind === 'map') {
      const index = builder.compute(node, op.fn, args);
      const role = roleOf(node);
      if (role !== 'inside') builder.store(node, index, role === 'state' && ARITHMETIC.has(op.fn));
    } else if (op.kind === 'reduce') builder.reduce(node, args[0], op.fn, op.axes);
  }
  return builder.finish();
}

/** A loop that places a whole tensor, read through `edge`, in a part of another. */
export function placingLoop(edge: Edge, target: Placement): Loop {
  const { shape, strides, offset, tensor } = edge.access;
  const merged = mergeDimensions(shape, [strides, target.strides]);
  const builder = new LoopBuilder(merged.shape);
  const value = builder.add(
    valueOf(tensor) ?? {
      kind: 'load',
      dtype: tensor.dtype,
      from: { tensor, strides: merged.strides[0], offset },
    },
  );
  const loop = builder.finish();
  return { ...loop, stores: [{ value, to: { ...target, strides: merged.strides[1] } }] };
}

/** A loop that fills a tensor. */
export function fillingLoop(tensor: Node, value: number): Loop {
  const size = tensor.shape.reduce((a, b) => a * b, 1);
  return {
    domain: [size],
    values: [{ kind: 'immediate', dtype: tensor.dtype, value }],
    stores: [{ value: 0, to: { tensor, strides: [1], offset: 0 } }],
    reductions: [],
  };
}

/** A uniform constant becomes part of the code. */
function valueOf(tensor: Node): Value | undefined {
  const value = uniform(tensor);
  return value === undefined ? undefined : { kind: 'immediate', dtype: tensor.dtype, value };
}

/** Collects values in order; equal loads and constants are added once. */
class LoopBuilder {
  private readonly domain: Domain;
  private readonly values: Value[] = [];
  private readonly stores: Store[] = [];
  private readonly reductions: Reduction[] = [];
  private readonly known = new Map<string, number>();
  private readonly computed = new Map<Node, number>();

  constructor(domain: Domain) {
    this.domain = domain;
  }

  add(value: Value, key?: string): number {
    const known = key === undefined ? undefined : this.known.get(key);
    if (known !== undefined) return known;
    const index = this.values.push(value) - 1;
    if (key !== undefined) this.known.set(key, index);
    return index;
  }

  /** The index of what an edge reads: a constant, a value of this loop, or a load. */
  read({ access }: Edge): number {
    const { tensor, offset } = access;
    const immediate = valueOf(tensor);
    if (immediate?.kind === 'immediate')
      return this.add(
        immediate,
        `immediate ${immediate.dtype} ${Object.is(immediate.value, -0) ? '-0' : immediate.value}`,
      );
    const computed = this.computed.get(tensor);
    if (computed !== undefined) return computed;
    const strides = refineStrides(access.shape, access.strides, this.domain);
    const from = { tensor, strides, offset };
    return this.add(
      { kind: 'load', dtype: tensor.dtype, from },
      `load ${tensor.id} ${strides.join()} ${offset}`,
    );
  }

  compute(node: Node, fn: MapFunction, args: readonly number[]): number {
    const index = this.add({ kind: 'map', dtype: node.dtype, fn, args });
    this.computed.set(node, index);
    return index;
  }

  store(tensor: Node, value: number, flush: boolean): void {
    const to = { tensor, strides: denseStrides(this.domain), offset: 0 };
    this.stores.push({ value, to, flush: flush && tensor.dtype === 'float32' });
  }

  /** A reduction into `node`, whose strides are 0 along the axes that it loses. */
  reduce(node: Node, value: number, fn: ReduceFunction, axes: readonly number[]): void {
    const shape = node.inputs[0].shape;
    const reduced = refineAxes(shape, axes, this.domain);
    const kept = denseStrides(node.shape);
    let next = 0;
    const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : kept[next++]));
    const to = { tensor: node, strides: refineStrides(shape, strides, this.domain), offset: 0 };
    this.reductions.push({ value, fn, reduced, to });
  }

  finish(): Loop {
    const { domain, values, stores, reductions } = this;
    return { domain, values, stores, reductions };
  }
}

/** The same loop over as few dimensions as its strides allow. */
export function collapse(loop: Loop): Loop {
  const placements = [
    ...loop.values.flatMap((value) => (value.kind === 'load' ? [value.from] : [])),
    ...loop.stores.map((store) => store.to),
    ...loop.reductions.map((reduction) => reduction.to),
  ];
  // A dimension that is reduced and one that is not differ in this pseudo-stride, so they are never joined.
  const markers = loop.reductions.map((reduction) => markerStrides(loop.domain, reduction.reduced));
  const merged = mergeDimensions(loop.domain, [
    ...placements.map((placement) => placement.strides),
    ...markers,
  ]);
  let next = 0;
  const moved = (placement: Placement): Placement => ({ ...placement, strides: merged.strides[next++] });
  const values = loop.values.map((value) =>
    value.kind === 'load' ? { ...value, from: moved(value.from) } : value,
  );
  const stores = loop.stores.map((store) => ({ ...store, to: moved(store.to) }));
  const reductions = loop.reductions.map((reduction) => ({ ...reduction, to: moved(reduction.to) }));
  const marked = merged.strides.slice(placements.length);
  return {
    domain: merged.shape,
    values,
    stores,
    reductions: reductions.map((reduction, i) => ({ ...reduction, reduced: marked[i].map((m) => m > 0) })),
  };
}

/** Positive along reduced dimensions, negative along the others, evenly walked within a run of either. */
function markerStrides(domain: Domain, reduced: readonly boolean[]): number[] {
  const dense = denseStrides(domain);
  return dense.map((stride, i) => (reduced[i] ? stride : -stride));
}
