/** What the compiler makes of a step, as text: the graph as traced, the graph after its passes, the kernels it became, and who runs them. */
import { optimise } from './graph/optimise.ts';
import { printGraph } from './graph/print.ts';
import { printPlan } from './plan/print.ts';
import { planStep } from './simd/compile.ts';
import { printPhases } from './simd/phases.ts';
import { WORTHWHILE } from './simd/pool.ts';
import type { Step, StepShapes } from './step.ts';
import { trace } from './trace/trace.ts';

/**
 * Every stage as text, one node or kernel per line. Throws where the step itself is wrong; a step that cannot be compiled is explained by the reason.

 * With more than one of `threads`, also what they share, if that pays.
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
