/** What the compiler makes of a step, as text: the traced graph, the graph after the passes, kernels and memory, phases of threads. */
import { optimise } from './graph/optimise.ts';
import { printGraph } from './graph/print.ts';
import { printPlan } from './plan/print.ts';
import { planStep } from './simd/compile.ts';
import { printPhases } from './simd/phases.ts';
import { WORTHWHILE } from './simd/pool.ts';
import type { Step, StepShapes } from './step.ts';
import { trace } from './trace/trace.ts';

/**
 * Every stage, one node or kernel per line; for a step that cannot be compiled, the reason. With several threads also what they
 * share, if that pays. Throws as `trace` does.
 */
export function explain(name: string, step: Step, shapes: StepShapes, threads = 1): string {
  const traced = trace(name, step, shapes);
  if (traced.kind === 'unsupported') return `${name} cannot be compiled: ${traced.reason}`;
  const { graph } = traced;
  const plan = planStep(graph, shapes, { threads, worthwhile: WORTHWHILE });
  return [
    `# ${name}, as traced`,
    printGraph(graph),
    `# ${name}, after the passes`,
    printGraph(optimise(graph)),
    `# ${name}, as kernels`,
    printPlan(plan.schedule, plan.memory),
    ...(plan.phases ? [`# ${name}, phases`, printPhases(plan.phases)] : []),
  ].join('\n');
}
