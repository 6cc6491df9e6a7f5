/**
 * The `simd` executor: steps compiled to WebAssembly SIMD, the same bits in Node and in every browser. What the compiler does
 * not know yet runs on the fallback, and one line says which kernel it was.
 */
import type { Compute, MaybePromise, NamedValues, Runner, Step, StepShapes } from '../step.ts';
import { trace } from '../trace/trace.ts';
import { planStep } from './compile.ts';
import { SimdRunner } from './runner.ts';

export interface SimdOptions {
  /** Runs steps that cannot be compiled. */
  readonly fallback: Compute;
  /** Told which step runs on the fallback, and why: `dqn: TopK: not known to the compiler; runs on eager · cpu`. */
  readonly onFallback: (line: string) => void;
}

export function simdCompute({ fallback, onFallback }: SimdOptions): Compute {
  return {
    label: 'simd',
    compile(name, step, shapes, initial): MaybePromise<Runner> {
      const compiled = compileSimd(name, step, shapes, initial);
      if (compiled.kind === 'runner') return compiled.runner;
      onFallback(`${name}: ${compiled.reason}; runs on ${fallback.label}`);
      return fallback.compile(name, step, shapes, initial);
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
