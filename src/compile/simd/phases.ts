/** What the threads of a step do, one phase after another. */
import type { Loop } from '../plan/loop.ts';
import type { Kernel } from '../plan/schedule.ts';
import type { Call } from './calls.ts';
import { kernelSignature } from './kernel-exports.ts';

/** What a thread does without the others: a loop, or a call (whose memory `kernel` knows). */
export type Task =
  | { readonly kind: 'loop'; readonly loop: Loop }
  | { readonly kind: 'call'; readonly kernel: Kernel; readonly call: Call };

/** Tasks that the first thread runs in order, or chunks of one kernel for all threads. */
export interface Phase {
  readonly kind: 'alone' | 'shared';
  readonly tasks: readonly Task[];
}

/** A kernel as one thread runs it. */
export function tasksOf(kernel: Kernel, calls: ReadonlyMap<Kernel, Call>): Task[] {
  if (kernel.kind === 'loops') return kernel.loops.map((loop) => ({ kind: 'loop', loop }));
  return [{ kind: 'call', kernel, call: calls.get(kernel) as Call }];
}

/** The names of a call's arguments, as in `kernel-exports.ts`. */
export function parameterNames({ kernel }: Call): readonly string[] {
  return kernelSignature(kernel).params.map(({ name }) => name);
}

/** Phases as text, one per line: what the first thread does alone, and the first chunk of what several share, for `explain`. */
export function printPhases(phases: readonly Phase[]): string {
  return phases
    .map(({ kind, tasks }) =>
      kind === 'alone'
        ? `alone: ${tasks.map(printTask).join(', ')}`
        : `shared, ${tasks.length} chunks: ${printTask(tasks[0])}, …`,
    )
    .join('\n');
}

function printTask(task: Task): string {
  if (task.kind === 'loop') return `loop [${task.loop.domain.join(', ')}]`;
  const names = parameterNames(task.call);
  const numbers = task.call.args.flatMap((argument, i) =>
    typeof argument === 'number' ? [`${names[i]} ${argument}`] : [],
  );
  return `${task.call.kernel} (${numbers.join(', ')})`;
}
