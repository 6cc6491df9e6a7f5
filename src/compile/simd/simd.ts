/**
 * The `simd` executor: steps compiled to WebAssembly SIMD, the same bits in Node and in every browser. What the compiler does
 * not know yet runs on the fallback, and the label names the kernel.
 */
import type { Compute, MaybePromise, Runner } from '../step.ts';
import { trace } from '../trace/trace.ts';
import { planStep } from './compile.ts';
import type { KernelBuild } from './kernel-module.ts';
import { SimdRunner } from './runner.ts';

/** A step may take this much memory, in bytes: addresses are 32-bit, and browsers give no more. */
const MOST_MEMORY = 2 ** 31;

/**
 * Compiles steps; those that it cannot go to `fallback` (inferences to their caller's own code), and the label says which and
 * why. The `fast` build needs relaxed SIMD
 * (`hasRelaxedSimd`) and gives results that differ in the last bits from machine to machine.
 */
export function simdCompute(fallback: Compute, build: KernelBuild = 'exact'): Compute {
  const exceptions = new Set<string>();
  const name = build === 'exact' ? 'simd' : 'simd-fast';
  const compileSimd = (...step: Parameters<Compute['compile']>): Compiled => compileWith(build, ...step);
  return {
    get label() {
      return exceptions.size === 0 ? name : `${name}, except ${[...exceptions].join('; ')}`;
    },
    compile(name, step, shapes, initial): MaybePromise<Runner> {
      const compiled = compileSimd(name, step, shapes, initial);
      if (compiled.kind === 'runner') return compiled.runner;
      exceptions.add(`${name} (${compiled.reason}) on ${fallback.label}`);
      return fallback.compile(name, step, shapes, initial);
    },
    infer(name, step, shapes, initial) {
      const compiled = compileSimd(name, step, shapes, initial);
      if (compiled.kind === 'runner') return compiled.runner;
      exceptions.add(`${name} (${compiled.reason}) in plain code`);
      return undefined;
    },
  };
}

type Compiled =
  | { readonly kind: 'runner'; readonly runner: SimdRunner }
  | { readonly kind: 'unsupported'; readonly reason: string };

function compileWith(
  build: KernelBuild,
  ...[name, step, shapes, initial]: Parameters<Compute['compile']>
): Compiled {
  const traced = trace(name, step, shapes);
  if (traced.kind === 'unsupported') return traced;
  const plan = planStep(traced.graph, shapes);
  const { bytes } = plan.memory;
  if (bytes > MOST_MEMORY)
    return { kind: 'unsupported', reason: `needs ${(bytes / 2 ** 30).toFixed(1)} GiB` };
  return { kind: 'runner', runner: new SimdRunner(plan, build, shapes, initial) };
}
