/** A step planned for WebAssembly, and one compiled to run at once: how agents act, whatever runs their learning. */
import { refusal } from '#core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Compute, ImmediateRunner } from '../step.ts';
import { trace } from '../trace/trace.ts';
import { planStep, type SimdPlan } from './compile.ts';
import { hasSimd, type KernelBuild } from './kernel-module.ts';
import type { ThreadPool } from './pool.ts';
import { SimdRunner } from './runner.ts';

/** A step may take this much memory, in bytes: addresses are 32-bit, and browsers give no more. */
const MOST_MEMORY = 2 ** 31;

type Planned =
  | { readonly kind: 'plan'; readonly graph: Graph; readonly plan: SimdPlan }
  | {
      readonly kind: 'unsupported';
      readonly reason: string;
      /** Whether it is so large that no WebAssembly has the memory for it. */
      readonly tooLarge?: boolean;
    };

/** Traces a step and plans it, for one thread or for those of a pool. */
export function planTraced(
  ...[name, step, shapes, pool]: [...Parameters<typeof trace>, pool?: ThreadPool]
): Planned {
  if (!hasSimd()) return { kind: 'unsupported', reason: 'an engine without WebAssembly SIMD' };
  const traced = trace(name, step, shapes);
  if (traced.kind === 'unsupported') return traced;
  const plan = planStep(traced.graph, shapes, pool);
  const { bytes } = plan.memory;
  if (bytes > MOST_MEMORY)
    return { kind: 'unsupported', reason: `needs ${(bytes / 2 ** 30).toFixed(1)} GiB`, tooLarge: true };
  return { kind: 'plan', graph: traced.graph, plan };
}

/**
 * On one thread, since actions must be there at once. tfjs's current backend is the same before and after. Throws an
 * `InputError` where the engine has no SIMD, or the step uses a kernel that the compiler does not know or too much memory.
 */
export function compileInference(
  build: KernelBuild,
  ...[name, step, shapes, initial]: Parameters<Compute['infer']>
): ImmediateRunner {
  const planned = planTraced(name, step, shapes);
  if (planned.kind === 'plan') return new SimdRunner({ plan: planned.plan, build }, shapes, initial);
  const expected = 'a network that can be compiled for acting';
  throw refusal(name, expected, planned.reason);
}
