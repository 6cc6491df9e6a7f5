/**
 * The `simd` executor: steps compiled to WebAssembly SIMD, with the same bits in Node and in every browser, on any number of
 * threads. A step that cannot be compiled runs on the fallback, and the label names the kernel that it needs.
 */
import type { Graph } from '../graph/graph.ts';
import type { Compute, MaybePromise, Runner, StepShapes } from '../step.ts';
import { trace } from '../trace/trace.ts';
import { planStep, type SimdPlan } from './compile.ts';
import type { KernelBuild } from './kernel-module.ts';
import { WORTHWHILE, type ThreadPool } from './pool.ts';
import { SimdRunner } from './runner.ts';

/** A step may take this much memory, in bytes: addresses are 32-bit, and browsers give no more. */
const MOST_MEMORY = 2 ** 31;

export interface SimdOptions {
  /** `fast` needs relaxed SIMD (`hasRelaxedSimd`). */
  readonly build?: KernelBuild;
  /** Threads for large steps, whose runners are then promises. The caller disposes of the pool. */
  readonly pool?: ThreadPool | undefined;
  /** Why there is no pool although one was wanted; the label says so once a step would have used it. */
  readonly alone?: string | undefined;
}

/**
 * Compiles steps; those that it cannot go to `fallback` (inferences to their caller's own code), and the label says which and
 * why. The label also names the steps that run on several threads.
 */
export function simdCompute(fallback: Compute, { build = 'exact', pool, alone }: SimdOptions = {}): Compute {
  const exceptions = new Set<string>();
  const shared = new Set<string>();
  let onOne: string | undefined;
  const name = build === 'exact' ? 'simd' : 'simd-fast';
  return {
    get label() {
      const threads =
        shared.size > 0 && pool ? ` · ${pool.threads} threads for ${[...shared].join(', ')}` : '';
      const one = onOne === undefined ? '' : ` · one thread: ${onOne}`;
      const except = exceptions.size === 0 ? '' : `, except ${[...exceptions].join('; ')}`;
      return `${name}${threads}${one}${except}`;
    },
    compile(name, step, shapes, initial): MaybePromise<Runner> {
      const planned = plan(name, step, shapes, pool);
      if (planned.kind === 'unsupported') {
        exceptions.add(`${name} (${planned.reason}) on ${fallback.label}`);
        return fallback.compile(name, step, shapes, initial);
      }
      if (!pool || !planned.plan.phases) {
        if (alone !== undefined && wantsThreads(planned.graph, shapes)) onOne = alone;
        return new SimdRunner({ plan: planned.plan, build }, shapes, initial);
      }
      const options = { plan: planned.plan, build, timeout: pool.timeout };
      const runner = new SimdRunner(options, shapes, initial);
      return runner.join(pool).then(
        () => {
          shared.add(name);
          return runner;
        },
        (error: unknown) => {
          // One thread gives the same bits, only later.
          onOne = error instanceof Error ? error.message : String(error);
          return new SimdRunner({ plan: planStep(planned.graph, shapes), build }, shapes, initial);
        },
      );
    },
    infer(name, step, shapes, initial) {
      const planned = plan(name, step, shapes);
      if (planned.kind === 'plan') return new SimdRunner({ plan: planned.plan, build }, shapes, initial);
      exceptions.add(`${name} (${planned.reason}) in plain code`);
      return undefined;
    },
  };
}

type Planned =
  | { readonly kind: 'plan'; readonly graph: Graph; readonly plan: SimdPlan }
  | { readonly kind: 'unsupported'; readonly reason: string };

function plan(...[name, step, shapes, pool]: [...Named, pool?: ThreadPool]): Planned {
  const traced = trace(name, step, shapes);
  if (traced.kind === 'unsupported') return traced;
  const plan = planStep(traced.graph, shapes, pool);
  const { bytes } = plan.memory;
  if (bytes > MOST_MEMORY)
    return { kind: 'unsupported', reason: `needs ${(bytes / 2 ** 30).toFixed(1)} GiB` };
  return { kind: 'plan', graph: traced.graph, plan };
}

type Named = Parameters<typeof trace>;

function wantsThreads(graph: Graph, shapes: StepShapes): boolean {
  return planStep(graph, shapes, { threads: 2, worthwhile: WORTHWHILE }).phases !== undefined;
}
