/**
 * The `simd` executor: steps compiled to WebAssembly SIMD, the same bits in Node and in every browser. What the compiler does
 * not know yet runs on the fallback, and the label names the kernel.
 */
import type { Compute, MaybePromise, NamedValues, Runner, Step, StepShapes } from '../step.ts';
import { trace } from '../trace/trace.ts';
import { planStep } from './compile.ts';
import { SimdRunner } from './runner.ts';

/** Compiles steps; those that it cannot go to `fallback`, and the label says which and why. */
export function simdCompute(fallback: Compute): Compute {
  const reasons = new Set<string>();
  return {
    get label() {
      return reasons.size === 0 ? 'simd' : `simd, except ${[...reasons].join('; ')} on ${fallback.label}`;
    },
    compile(name, step, shapes, initial): MaybePromise<Runner> {
      const compiled = compileSimd(name, step, shapes, initial);
      if (compiled.kind === 'runner') return compiled.runner;
      reasons.add(`${name} (${compiled.reason})`);
      return fallback.compile(name, step, shapes, initial);
    },
    infer(name, step, shapes, initial) {
      const compiled = compileSimd(name, step, shapes, initial);
      return compiled.kind === 'runner' ? compiled.runner : undefined;
    },
  };
}

type Compiled =
  | { readonly kind: 'runner'; readonly runner: SimdRunner }
  | { readonly kind: 'unsupported'; readonly reason: string };

function compileSimd(name: string, step: Step, shapes: StepShapes, initial: NamedValues): Compiled {
  const traced = trace(name, step, shapes);
  if (traced.kind === 'unsupported') return traced;
  return { kind: 'runner', runner: new SimdRunner(planStep(traced.graph, shapes), shapes, initial) };
}
