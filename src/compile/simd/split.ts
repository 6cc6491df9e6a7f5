/**
 * Divides a step's kernels among threads: ranges of rows, images or columns, none of which changes a bit of the
 * result. What is too small to share stays with the first thread.
 */
import type { Node } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import type { Loop, Placement } from '../plan/loop.ts';
import type { Kernel } from '../plan/schedule.ts';
import type { Argument, Call } from './calls.ts';
import { timeOf } from './estimate.ts';
import { parameterNames, tasksOf, type Phase, type Task } from './phases.ts';

export interface SplitOptions {
  readonly threads: number;
  /** Nanoseconds on one thread, by estimate, that the divisible kernels must take for a step to be shared. */
  readonly worthwhile: number;
}

/** Bytes of a cache line. Each chunk has its own for scratch, and tensors that several threads write begin with one. */
export const LINE = 64;

/** Chunks per thread, where cutting costs nothing: if a thread is late or held up, the others take the rest. */
const CHUNKS_PER_THREAD = 2;

/** Below this share of `worthwhile` a kernel costs more to share than to run. */
const LEAST_SHARE = 1 / 32;

/** Phases of a step, or undefined if sharing it does not pay. Keeps the order of kernels. */
export function splitStep(
  kernels: readonly Kernel[],
  calls: ReadonlyMap<Kernel, Call>,
  { threads, worthwhile }: SplitOptions,
): readonly Phase[] | undefined {
  const phases: Phase[] = [];
  let alone: Task[] = [];
  let shared = 0;
  const endAlone = (): void => {
    if (alone.length > 0) phases.push({ kind: 'alone', tasks: alone });
    alone = [];
  };
  for (const kernel of kernels)
    for (const task of tasksOf(kernel, calls)) {
      const time = timeOf(task);
      const tasks = time >= worthwhile * LEAST_SHARE ? divide(task, threads) : [task];
      if (tasks.length === 1) {
        alone.push(task);
        continue;
      }
      endAlone();
      phases.push({ kind: 'shared', tasks });
      shared += time;
    }
  endAlone();
  return shared > 0 && shared >= worthwhile ? phases : undefined;
}

/** Scratch bytes of a call that is divided among threads. */
export function sharedScratch(call: Call, threads: number): number {
  return CHUNKS_PER_THREAD * threads * scratchStride(call);
}

/** Scratch bytes of a call from one chunk to the next. */
function scratchStride(call: Call): number {
  return Math.ceil(call.scratch / LINE) * LINE;
}

/** The chunks of a task; one that cannot be divided comes back alone. */
function divide(task: Task, threads: number): readonly Task[] {
  if (task.kind === 'loop') return divideLoop(task.loop, threads);
  const division = task.kernel.kind === 'call' ? divisionOf(task.kernel.node, task.call) : undefined;
  if (!division) return [task];
  return ranges(division, threads * (division.whole ? 1 : CHUNKS_PER_THREAD)).map((range, chunk) => ({
    ...task,
    call: part(task.call, division, range, chunk),
  }));
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** At most so many chunks of `count` items, as equal as whole units allow. */
function ranges({ count, unit }: Pick<Division, 'count' | 'unit'>, most: number): Range[] {
  const units = Math.ceil(count / unit);
  const chunks = Math.min(most, units);
  return Array.from({ length: chunks }, (_, chunk) => ({
    from: Math.floor((chunk * units) / chunks) * unit,
    to: Math.min(count, Math.floor(((chunk + 1) * units) / chunks) * unit),
  }));
}

/** How a call is divided: which arguments change with the range. Parameters go by their names in `kernel-exports.ts`. */
interface Division {
  /** Items, and how many of them belong together. */
  readonly count: number;
  readonly unit: number;
  /** Every chunk repeats some work of the whole: one per thread is enough. */
  readonly whole?: boolean;
  /** Pointers, with the bytes from one item to the next. */
  readonly pointers: Readonly<Record<string, number>>;
  /** The parameter that counts items, or the two that bound them. */
  readonly length?: string;
  readonly bounds?: readonly [from: string, to: string];
}

function divisionOf(node: Node, call: Call): Division | undefined {
  const { op, inputs, shape } = node;
  switch (op.kind) {
    case 'matmul':
      return shape.length === 2
        ? productDivision(node)
        : batches(call, { a: inputs[0], b: inputs[1], out: node }, shape[0]);
    case 'conv2d':
      return batches(call, { x: inputs[0], out: node }, shape[0]);
    case 'conv2dImageGradient':
      return batches(call, { dy: inputs[0], dx: node }, shape[0]);
    case 'conv2dFilterGradient': {
      const count = sizeOf(shape.slice(0, 3));
      return { count, unit: 4, whole: true, pointers: {}, bounds: ['rowFrom', 'rowTo'] };
    }
    case 'pool':
      return batches(call, { x: inputs[0], out: node }, shape[0]);
    case 'poolGradient':
      return batches(call, { x: inputs[0], dy: inputs[inputs.length - 1], dx: node }, shape[0]);
    case 'map':
      return { count: sizeOf(shape), unit: LINE / 4, pointers: { x: 4, out: 4 }, length: 'n' };
    default:
      return undefined;
  }
}

/** Along the first axis of all tensors; those with a single matrix or image there stay where they are. */
function batches(call: Call, tensors: Readonly<Record<string, Node>>, count: number): Division {
  const names = parameterNames(call);
  const pointers = Object.entries(tensors)
    .filter(([name]) => names.includes(name))
    .map(([name, { shape }]) => [name, shape[0] === count ? 4 * sizeOf(shape.slice(1)) : 0]);
  return { count, unit: 1, pointers: Object.fromEntries(pointers), length: 'batch' };
}

/**
 * Rows by fours, or columns by eights, as the tiles take them: the longer side, because the other factor is packed for every
 * chunk.
 */
function productDivision({ op, inputs, shape: [m, n] }: Node): Division | undefined {
  if (op.kind !== 'matmul') return undefined;
  if (n > m) {
    const ldb = inputs[1].shape[1];
    return {
      count: n,
      unit: 8,
      whole: true,
      pointers: { b: op.transposeB ? 4 * ldb : 4, out: 4, bias: 4 },
      length: 'n',
    };
  }
  const lda = inputs[0].shape[1];
  const pointers = { a: op.transposeA ? 4 : 4 * lda, out: 4 * n };
  return { count: m, unit: 4, whole: true, pointers, length: 'm' };
}

function part(call: Call, { pointers, length, bounds }: Division, { from, to }: Range, chunk: number): Call {
  const names = parameterNames(call);
  const args = call.args.map((argument, i): Argument => {
    const name = names[i];
    if (name === length) return to - from;
    if (name === bounds?.[0]) return from;
    if (name === bounds?.[1]) return to;
    if (typeof argument === 'number' || argument.kind === 'table') return argument;
    if (argument.kind === 'scratch') return { kind: 'scratch', offset: chunk * scratchStride(call) };
    return { ...argument, offset: argument.offset + from * (pointers[name] ?? 0) };
  });
  return { ...call, args };
}

/**
 * Loops are divided along the dimension that gives the most equal shares; the outermost of several. Columns stay together by
 * cache lines: two threads that write to the same line hold each other up at every row.
 */
function divideLoop(loop: Loop, threads: number): readonly Task[] {
  const { domain } = loop;
  const most = CHUNKS_PER_THREAD * threads;
  let best: { readonly axis: number; readonly unit: number; readonly share: number } | undefined;
  for (const [axis, count] of domain.entries()) {
    if (!mayDivide(loop, axis)) continue;
    const unit = axis < domain.length - 1 ? 1 : LINE / 4;
    const units = Math.ceil(count / unit);
    const share = Math.ceil(units / most) / units;
    if (!best || share < best.share) best = { axis, unit, share };
  }
  if (!best || best.share === 1) return [{ kind: 'loop', loop }];
  const { axis, unit } = best;
  return ranges({ count: domain[axis], unit }, most).map((range) => ({
    kind: 'loop',
    loop: slice(loop, axis, range),
  }));
}

/**
 * A sum belongs to one chunk from its first term to its last, and the sums of a chunk lie side by side, because it
 * clears them with one instruction.
 */
function mayDivide({ reductions }: Loop, axis: number): boolean {
  return reductions.every(({ reduced }) => !reduced[axis] && reduced.slice(0, axis).every(Boolean));
}

function slice(loop: Loop, axis: number, { from, to }: Range): Loop {
  const moved = (place: Placement): Placement => ({
    ...place,
    offset: place.offset + from * place.strides[axis],
  });
  return {
    domain: loop.domain.map((count, i) => (i === axis ? to - from : count)),
    values: loop.values.map((value) =>
      value.kind === 'load' ? { ...value, from: moved(value.from) } : value,
    ),
    stores: loop.stores.map((store) => ({ ...store, to: moved(store.to) })),
    reductions: loop.reductions.map((reduction) => ({ ...reduction, to: moved(reduction.to) })),
  };
}
