/**
 * Where every tensor lies: one arena, planned once. State and constants have places of their own; other tensors share memory if
 * they are not alive at the same time. State is updated in place unless the old value is read later.
 */
import { sizeOf, type Graph, type Node, type Shape } from '../graph/graph.ts';
import type { StepShapes } from '../step.ts';
import { storedConstants, type Kernel, type Schedule } from './schedule.ts';

export interface MemoryPlan {
  /** Bytes from the arena's start, per tensor with memory. */
  readonly offsets: ReadonlyMap<Node, number>;
  readonly state: ReadonlyMap<string, number>;
  readonly inputs: ReadonlyMap<string, number>;
  /** Working memory of kernels that asked for it, and where their tables of constants lie. */
  readonly scratch: ReadonlyMap<Kernel, number>;
  readonly tables: ReadonlyMap<Kernel, number>;
  /** State that cannot be computed in place and is copied at the end of the run. */
  readonly copies: readonly { readonly from: Node; readonly name: string }[];
  readonly bytes: number;
}

export interface MemoryOptions {
  /** First byte, and alignment of every tensor, in bytes. */
  readonly start: number;
  readonly alignment: number;
  /** Bytes that a kernel needs while it runs, and bytes of constants that it reads. */
  readonly needs: (kernel: Kernel) => { readonly scratch: number; readonly table: number };
}

/** Something that needs bytes from one kernel to another, both included. */
interface Block {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  offset: number;
  /** The block that this one is a part of, and where. */
  readonly within?: { readonly block: Block; readonly at: number };
}

const FOREVER = Infinity;

function block(bytes: number, from: number, to: number): Block {
  return { bytes, from, to, offset: 0 };
}

function bytesOf(shape: Shape): number {
  return Math.max(4, 4 * sizeOf(shape));
}

export function planMemory(
  graph: Graph,
  shapes: StepShapes,
  schedule: Schedule,
  options: MemoryOptions,
): MemoryPlan {
  const { run } = schedule;
  const inPlace = statesInPlace(graph, run);
  const lastUse = lastUses(graph, run);
  const state = blocksOf(shapes.state, () => FOREVER);
  const inputs = blocksOf(shapes.inputs, (name) => lastUse.inputs.get(name) ?? -1);
  const tensors = tensorBlocks(graph, schedule, lastUse.tensors, (node) => {
    const name = inPlace.get(node);
    return name === undefined ? undefined : state.get(name);
  });
  const { scratch, tables } = kernelBlocks(schedule, options);

  const blocks = [state, inputs, tensors, scratch, tables].flatMap((map) => [...map.values()]);
  const bytes = place([...new Set(blocks.filter((each) => !each.within))], options);
  const places = offsets(tensors);
  addPlaceholders(graph, run, places, { state: offsets(state), inputs: offsets(inputs) });
  return {
    offsets: places,
    state: offsets(state),
    inputs: offsets(inputs),
    scratch: offsets(scratch),
    tables: offsets(tables),
    copies: [...graph.state]
      .filter(([name, node]) => inPlace.get(node) !== name && node.op.kind !== 'state')
      .map(([name, node]) => ({ name, from: node })),
    bytes,
  };
}

/** Blocks of the step's own tensors, which are filled before the first kernel. */
function blocksOf(shapes: StepShapes['state'], lastUse: (name: string) => number): Map<string, Block> {
  return new Map(
    Object.entries(shapes).map(([name, { shape }]) => [name, block(bytesOf(shape), -1, lastUse(name))]),
  );
}

/** Blocks of what is constant and of what the kernels write; `ownPlace` gives the state that a node is written over. */
function tensorBlocks(
  graph: Graph,
  { prepare, run }: Schedule,
  lastUse: ReadonlyMap<Node, number>,
  ownPlace: (node: Node) => Block | undefined,
): Map<Node, Block> {
  const tensors = new Map<Node, Block>();
  for (const node of [...storedConstants(graph), ...prepare.flatMap((kernel) => kernel.writes)])
    tensors.set(node, block(bytesOf(node.shape), -1, FOREVER));
  const lives = livesOf(run, lastUse);
  // Backwards, so that a whole is known before its parts; it is alive as long as any of them.
  for (const kernel of run.toReversed())
    for (const node of kernel.writes) {
      const { from, to } = lives.get(node) as Life;
      const place = ownPlace(node) ?? tensors.get(node) ?? block(bytesOf(node.shape), from, to);
      tensors.set(node, place);
      for (const { tensor, offset } of kernel.parts ?? [])
        tensors.set(tensor, { ...place, bytes: 0, within: { block: place, at: 4 * offset } });
    }
  return tensors;
}

/** Working memory, alive while its kernel runs, and tables of constants, alive for ever. */
function kernelBlocks(
  { prepare, run }: Schedule,
  { needs }: MemoryOptions,
): Record<'scratch' | 'tables', Map<Kernel, Block>> {
  const scratch = new Map<Kernel, Block>();
  const tables = new Map<Kernel, Block>();
  [...prepare, ...run].forEach((kernel, i) => {
    const needed = needs(kernel);
    const index = i - prepare.length;
    if (needed.table > 0) tables.set(kernel, block(needed.table, -1, FOREVER));
    if (needed.scratch > 0)
      scratch.set(
        kernel,
        index < 0 ? block(needed.scratch, -1, FOREVER) : block(needed.scratch, index, index),
      );
  });
  return { scratch, tables };
}

function offsets<K>(map: ReadonlyMap<K, Block>): Map<K, number> {
  return new Map([...map].map(([key, each]) => [key, offsetOf(each)]));
}

/** The nodes of state and inputs stand for the places of their names. */
function addPlaceholders(
  graph: Graph,
  run: readonly Kernel[],
  places: Map<Node, number>,
  named: { readonly state: ReadonlyMap<string, number>; readonly inputs: ReadonlyMap<string, number> },
): void {
  const leaves = [...run.flatMap((kernel) => kernel.reads), ...graph.state.values()];
  for (const node of leaves) {
    if (node.op.kind === 'state') places.set(node, named.state.get(node.op.name) as number);
    if (node.op.kind === 'input') places.set(node, named.inputs.get(node.op.name) as number);
  }
}

/**
 * Next values that may be written over the old ones: no later kernel reads the old value, and the writer itself reads it
 * only at the element that it writes.
 */
function statesInPlace(graph: Graph, run: readonly Kernel[]): Map<Node, string> {
  const inPlace = new Map<Node, string>();
  for (const [name, node] of graph.state) {
    const writer = run.findIndex((kernel) => kernel.writes.includes(node));
    if (writer < 0) continue;
    const isOld = (read: Node): boolean => read.op.kind === 'state' && read.op.name === name;
    const later = run.some((kernel, index) => index > writer && kernel.reads.some(isOld));
    if (!later && overwrites(run[writer], node, isOld)) inPlace.set(node, name);
  }
  return inPlace;
}

function overwrites(kernel: Kernel, node: Node, isOld: (read: Node) => boolean): boolean {
  if (!kernel.reads.some(isOld)) return true;
  if (kernel.kind !== 'loops' || kernel.loops.length !== 1) return false;
  const [{ values, stores }] = kernel.loops;
  const store = stores.find(({ to }) => to.tensor === node);
  return (
    store !== undefined &&
    values.every(
      (value) =>
        value.kind !== 'load' ||
        !isOld(value.from.tensor) ||
        (value.from.offset === 0 && value.from.strides.every((stride, i) => stride === store.to.strides[i])),
    )
  );
}

interface Life {
  readonly from: number;
  readonly to: number;
}

/** From the first kernel that writes a tensor or a part of it to the last that reads either. */
function livesOf(run: readonly Kernel[], lastUse: ReadonlyMap<Node, number>): Map<Node, Life> {
  const lives = new Map<Node, Life>();
  run.forEach((kernel, index) => {
    for (const node of kernel.writes) {
      const parts = (kernel.parts ?? []).map(({ tensor }) => lives.get(tensor) as Life);
      const from = Math.min(index, ...parts.map((part) => part.from));
      const to = Math.max(lastUse.get(node) ?? index, ...parts.map((part) => part.to));
      lives.set(node, { from, to });
    }
  });
  return lives;
}

function offsetOf({ offset, within }: Block): number {
  return within ? offsetOf(within.block) + within.at : offset;
}

interface LastUses {
  readonly tensors: ReadonlyMap<Node, number>;
  readonly inputs: ReadonlyMap<string, number>;
}

function lastUses(graph: Graph, run: readonly Kernel[]): LastUses {
  const tensors = new Map<Node, number>();
  const inputs = new Map<string, number>();
  run.forEach((kernel, index) => {
    for (const node of kernel.reads) {
      tensors.set(node, index);
      if (node.op.kind === 'input') inputs.set(node.op.name, index);
    }
  });
  // Results are read after the run, and outputs stay valid until the next one.
  for (const node of [...graph.state.values(), ...graph.outputs.values()]) tensors.set(node, run.length);
  return { tensors, inputs };
}

/** First fit, the largest first (Greedy by size, Pisarchyk and Lee 2020). Returns the end of the arena. */
function place(blocks: readonly Block[], { start, alignment }: MemoryOptions): number {
  const align = (offset: number): number => Math.ceil(offset / alignment) * alignment;
  const placed: Block[] = [];
  let end = align(start);
  for (const block of [...blocks].sort((a, b) => b.bytes - a.bytes)) {
    block.offset = align(start);
    const neighbours = placed
      .filter((other) => other.from <= block.to && block.from <= other.to)
      .sort((a, b) => a.offset - b.offset);
    for (const other of neighbours)
      if (block.offset + block.bytes > other.offset)
        block.offset = Math.max(block.offset, align(other.offset + other.bytes));
    placed.push(block);
    end = Math.max(end, block.offset + block.bytes);
  }
  return end;
}
