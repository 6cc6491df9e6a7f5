/**
 * Turns a graph into kernels in the order they run. Kernels that depend on constants alone are set apart: they run once,
 * before the first step.
 */
import { reachable, uniform, type Graph, type Node } from '../graph/graph.ts';
import { denseStrides } from './access.ts';
import { dependencies, type Dependencies } from './dependencies.ts';
import { fuse, isLoopNode } from './fuse.ts';
import { collapse, fillingLoop, loopOf, placingLoop, type Loop } from './loop.ts';

/** `call` is a node that the executor has a routine for; the others are loops, run one after another. */
export type Kernel = KernelMemory &
  (
    | { readonly kind: 'loops'; readonly loops: readonly Loop[] }
    | { readonly kind: 'call'; readonly node: Node }
  );

/** The tensors that a kernel touches. */
export interface KernelMemory {
  readonly reads: readonly Node[];
  readonly writes: readonly Node[];
}

export interface Schedule {
  readonly prepare: readonly Kernel[];
  readonly run: readonly Kernel[];
}

export function schedule(graph: Graph): Schedule {
  const deps = dependencies(graph);
  const kernels = inOrder(makeKernels(graph, deps));
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

function makeKernels(graph: Graph, deps: Dependencies): Kernel[] {
  const groups = fuse(deps);
  const results = new Set([...graph.state.values(), ...graph.outputs.values()]);
  const kernels: Kernel[] = [];
  for (const group of new Set(groups.values())) {
    const readOutside = (node: Node): boolean =>
      results.has(node) || (deps.readers.get(node) ?? []).some((reader) => groups.get(reader) !== group);
    kernels.push(loopKernel([loopOf(group, deps, readOutside)]));
  }
  for (const node of deps.nodes) {
    if (isLoopNode(node) || node.inputs.length === 0) continue;
    if (node.op.kind === 'concat' || node.op.kind === 'pad') kernels.push(loopKernel(placements(node, deps)));
    else kernels.push({ kind: 'call', node, reads: tensorsRead(node, deps), writes: [node] });
  }
  return kernels;
}

function tensorsRead(node: Node, deps: Dependencies): Node[] {
  return (deps.reads.get(node) ?? []).map(({ access }) => access.tensor);
}

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

/** Concatenation and padding: each operand is placed in its part of the result. */
function placements(node: Node, deps: Dependencies): Loop[] {
  const edges = deps.reads.get(node) ?? [];
  const strides = denseStrides(node.shape);
  const { op } = node;
  if (op.kind === 'pad') {
    const offset = op.before.reduce((sum, before, axis) => sum + before * strides[axis], 0);
    return [fillingLoop(node, op.value), placingLoop(edges[0], { tensor: node, strides, offset })];
  }
  if (op.kind !== 'concat') throw new Error(`${op.kind} places nothing`);
  let begin = 0;
  return edges.map((edge) => {
    const offset = begin * strides[op.axis];
    begin += edge.access.shape[op.axis];
    return placingLoop(edge, { tensor: node, strides, offset });
  });
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
