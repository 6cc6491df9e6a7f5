/**
 * The `simd` executor: steps compiled to WebAssembly SIMD, with the same bits in Node and in every browser, on any number of
 * threads. A step that cannot be compiled runs on the fallback, and the label names the kernel that it needs.
 */
import { messageOf, refusal, type InputError } from '#core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { whenReady, type Compute, type MaybePromise, type Runner, type StepShapes } from '../step.ts';
import { planStep } from './compile.ts';
import { compileInference, planTraced } from './inference.ts';
import type { KernelBuild } from './kernel-module.ts';
import { WORTHWHILE, type ThreadPool } from './pool.ts';
import { SimdRunner } from './runner.ts';

export interface SimdOptions {
  /** `fast` needs relaxed SIMD (`hasRelaxedSimd`). */
  readonly build?: KernelBuild;
  /** Threads for large steps, whose runners are then promises. The caller disposes of the pool. */
  readonly pool?: ThreadPool | undefined;
  /** Why there is no pool although one was wanted; the label says so once a step would have used it. */
  readonly alone?: string | undefined;
  /** Whether the fallback has no memory for steps that are too large here: they are refused by an `InputError`. */
  readonly refusesLarge?: boolean;
}

/** What runs steps that cannot be compiled. */
export type Fallback = Pick<Compute, 'label' | 'compile'>;

/** Compiles steps; those that it cannot go to `fallback`. The label says which and why, and names the steps that run on several threads. */
export function simdCompute(
  fallback: Fallback,
  { build = 'exact', pool, alone, refusesLarge = false }: SimdOptions = {},
): Compute {
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
      const planned = planTraced(name, step, shapes, pool);
      if (planned.kind === 'unsupported') {
        if (planned.tooLarge && refusesLarge) throw tooLarge(name, planned.reason);
        return whenReady(fallback.compile(name, step, shapes, initial), (runner) => {
          exceptions.add(`${name} (${planned.reason}) on ${fallback.label}`);
          return runner;
        });
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
          onOne = messageOf(error);
          return new SimdRunner({ plan: planStep(planned.graph, shapes), build }, shapes, initial);
        },
      );
    },
    infer: (...step) => compileInference(build, ...step),
  };
}

function tooLarge(name: string, reason: string): InputError {
  const expected = 'a step of at most 2 GiB: a smaller batch, or fewer steps or environments together';
  return refusal('backend', expected, `${name}, which ${reason}`);
}

function wantsThreads(graph: Graph, shapes: StepShapes): boolean {
  return planStep(graph, shapes, { threads: 2, worthwhile: WORTHWHILE }).phases !== undefined;
}
