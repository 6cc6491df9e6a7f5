/** What the compiler makes of a step, as text: the graph as traced, the graph after its passes, and the kernels it became. */
import { optimise } from './graph/optimise.ts';
import { printGraph } from './graph/print.ts';
import { printPlan } from './plan/print.ts';
import { planStep } from './simd/compile.ts';
import type { Step, StepShapes } from './step.ts';
import { trace } from './trace/trace.ts';

/**
 * Every stage as text, one node or kernel per line. Throws where the step itself is wrong; a step that cannot be compiled is explained by the reason.
 */
export function explain(name: string, step: Step, shapes: StepShapes): string {
  const traced = trace(name, step, shapes);
  if (traced.kind === 'unsupported') return `${name} cannot be compiled: ${traced.reason}`;
  const { graph } = traced;
  const plan = planStep(graph, shapes);
  return [
    `# ${name}, as traced`,
    printGraph(graph),
    `# ${name}, after the passes`,
    printGraph(optimise(graph)),
    `# ${name}, as kernels`,
    printPlan(plan.schedule, plan.memory),
  ].join('\n');
}
