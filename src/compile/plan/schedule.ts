/**
 * Turns a graph into kernels in the order they run. Kernels that depend on constants alone are set apart: they run once,
 * before the first step.
 */
import { reachable, sizeOf, uniform, type Graph, type Node } from '../graph/graph.ts';
import { denseStrides } from './access.ts';
import { dependencies, type Dependencies } from './dependencies.ts';
import { fuse, type Prefers } from './fuse.ts';
import { collapse, fillingLoop, loopOf, placingLoop, type Loop, type Role } from './loop.ts';

/** A `call` to a routine of the executor, or loops, run one after another. */
export type Kernel = KernelMemory &
  (
    | { readonly kind: 'loops'; readonly loops: readonly Loop[] }
    | { readonly kind: 'call'; readonly node: Node }
  );

/** The tensors that a kernel touches. */
export interface KernelMemory {
  readonly reads: readonly Node[];
  readonly writes: readonly Node[];
  /** Operands to be computed directly in the result's memory, at an offset in elements; they need no loop. */
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly tensor: Node;
  readonly offset: number;
}

export interface Schedule {
  readonly prepare: readonly Kernel[];
  readonly run: readonly Kernel[];
}

export function schedule(graph: Graph, prefersCall: Prefers = () => false): Schedule {
  const deps = dependencies(graph);
  const kernels = inOrder(makeKernels(graph, deps, prefersCall));
  const constant = new Set(deps.nodes.filter((node) => node.op.kind === 'constant'));
  const prepare: Kernel[] = [];
  const run: Kernel[] = [];
  for (const kernel of kernels) {
    const once = kernel.reads.every((node) => constant.has(node));
    if (once) kernel.writes.forEach((node) => constant.add(node));
    (once ? prepare : run).push(kernel);
  }
  return { prepare, run };
}

/** One kernel per group of loop nodes, one per concatenation or padding, one per routine. */
function makeKernels(graph: Graph, deps: Dependencies, prefersCall: Prefers): Kernel[] {
  const groups = fuse(deps, prefersCall);
  const state = new Set(graph.state.values());
  const outputs = new Set(graph.outputs.values());
  const fixed = new Set([...graph.state.values(), ...constants(deps)]);
  const kernels: Kernel[] = [];
  for (const group of new Set(groups.values())) {
    const roleOf = (node: Node): Role => {
      if (state.has(node)) return 'state';
      const readers = deps.readers.get(node) ?? [];
      return outputs.has(node) || readers.some((reader) => groups.get(reader) !== group) ? 'read' : 'inside';
    };
    kernels.push(loopKernel([loopOf(group, deps, roleOf)]));
  }
  for (const node of deps.nodes) {
    if (groups.has(node) || node.inputs.length === 0) continue;
    if (node.op.kind === 'pad') kernels.push(loopKernel(padding(node, deps)));
    else if (node.op.kind === 'concat') kernels.push(concatenation(node, node.op.axis, deps, fixed));
    else kernels.push({ kind: 'call', node, reads: tensorsRead(node, deps), writes: [node] });
  }
  return kernels;
}

/** The tensors that a routine's operands lie in. */
function tensorsRead(node: Node, deps: Dependencies): Node[] {
  return (deps.reads.get(node) ?? []).map(({ access }) => access.tensor);
}

/** Loops with what they read and write, over as few dimensions as possible. */
function loopKernel(loops: readonly Loop[]): Kernel {
  const collapsed = loops.map(collapse);
  const reads = collapsed.flatMap(({ values }) =>
    values.flatMap((value) => (value.kind === 'load' ? [value.from.tensor] : [])),
  );
  const writes = collapsed.flatMap(({ stores, reductions }) =>
    [...stores, ...reductions].map(({ to }) => to.tensor),
  );
  return { kind: 'loops', loops: collapsed, reads: [...new Set(reads)], writes: [...new Set(writes)] };
}

/** The whole is filled, then the operand is placed in it. */
function padding(node: Node, deps: Dependencies): Loop[] {
  const { op } = node;
  if (op.kind !== 'pad') throw new Error(`${op.kind} is no padding`);
  const [edge] = deps.reads.get(node) ?? [];
  const strides = denseStrides(node.shape);
  const offset = op.before.reduce((sum, before, axis) => sum + before * strides[axis], 0);
  return [fillingLoop(node, op.value), placingLoop(edge, { tensor: node, strides, offset })];
}

/**
 * Each operand is computed in its part of the result where that part is one piece of memory, or else copied there. `fixed`
 * are tensors that have a place already; an operand takes a place here once.
 */
function concatenation(node: Node, axis: number, deps: Dependencies, fixed: Set<Node>): Kernel {
  const strides = denseStrides(node.shape);
  // A next state may lie over the old one, which is still read while the parts are made.
  const onePiece = !fixed.has(node) && sizeOf(node.shape.slice(0, axis)) === 1;
  const loops: Loop[] = [];
  const parts: Part[] = [];
  let begin = 0;
  for (const edge of deps.reads.get(node) ?? []) {
    const { tensor, shape } = edge.access;
    const offset = begin * strides[axis];
    begin += shape[axis];
    if (onePiece && edge.identity && tensor.inputs.length > 0 && !fixed.has(tensor)) {
      fixed.add(tensor);
      parts.push({ tensor, offset });
    } else loops.push(placingLoop(edge, { tensor: node, strides, offset }));
  }
  const kernel = loopKernel(loops);
  const reads = [...kernel.reads, ...parts.map((part) => part.tensor)];
  return { ...kernel, reads, writes: [node], parts };
}

/** Tensors that depend on constants alone. */
function constants(deps: Dependencies): Set<Node> {
  const found = new Set<Node>();
  for (const node of deps.nodes) {
    const reads = deps.reads.get(node) ?? [];
    const known = reads.every(
      ({ access }) => found.has(access.tensor) || uniform(access.tensor) !== undefined,
    );
    if (node.op.kind === 'constant' || (reads.length > 0 && known)) found.add(node);
  }
  return found;
}

/** Kernels ordered by what they need; where there is a choice, as the step was written. */
function inOrder(kernels: readonly Kernel[]): Kernel[] {
  const makers = new Map<Node, Kernel>();
  for (const kernel of kernels) for (const node of kernel.writes) makers.set(node, kernel);
  const place = (kernel: Kernel): number => Math.max(...kernel.writes.map((node) => node.id));
  const ordered: Kernel[] = [];
  const done = new Set<Kernel>();
  const visit = (kernel: Kernel): void => {
    if (done.has(kernel)) return;
    done.add(kernel);
    for (const node of kernel.reads) {
      const maker = makers.get(node);
      if (maker) visit(maker);
    }
    ordered.push(kernel);
  };
  for (const kernel of [...kernels].sort((a, b) => place(a) - place(b))) visit(kernel);
  return ordered;
}

/** Constants with more than one value, which need memory. */
export function storedConstants(graph: Graph): Node[] {
  return reachable(graph).filter((node) => node.op.kind === 'constant' && uniform(node) === undefined);
}
