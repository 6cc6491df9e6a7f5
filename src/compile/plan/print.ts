/** A schedule as text, one kernel per line, for `explain`. */
import { describeShape } from '../graph/builder.ts';
import type { Node } from '../graph/graph.ts';
import { printOp } from '../graph/print.ts';
import type { Loop, Reduction, Value } from './loop.ts';
import type { MemoryPlan } from './memory.ts';
import type { Kernel, Schedule } from './schedule.ts';

/** The kernels in order, then what memory the whole takes. */
export function printPlan({ prepare, run }: Schedule, memory: MemoryPlan): string {
  const place = (node: Node): string => `@${memory.offsets.get(node) ?? '?'}`;
  const lines = run.flatMap((kernel) => printKernel(kernel, place));
  const once = prepare.flatMap((kernel) => printKernel(kernel, place).map((line) => `once ${line}`));
  const copies = memory.copies.map(({ name, from }) => `copy ${place(from)} to state ${name}`);
  return [...once, ...lines, ...copies, `${memory.bytes} bytes`].join('\n');
}

function printKernel(kernel: Kernel, place: (node: Node) => string): string[] {
  if (kernel.kind === 'loops') return kernel.loops.map((loop) => printLoop(loop, place));
  const { node } = kernel;
  return [`${printOp(node.op)} ${describeShape(node.shape)} → ${place(node)}`];
}

function printLoop(loop: Loop, place: (node: Node) => string): string {
  const functions = loop.values.flatMap((value: Value) => (value.kind === 'map' ? [value.fn] : []));
  const results = [
    ...loop.stores.map(({ to }) => place(to.tensor)),
    ...loop.reductions.map((reduction: Reduction) => `${reduction.fn} ${place(reduction.to.tensor)}`),
  ];
  return `loop ${describeShape(loop.domain)} ${functions.join(' ') || 'copy'} → ${results.join(', ')}`;
}
