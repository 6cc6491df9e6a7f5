/**
 * What runs steps, and how it is told when that is at fault: a device that is lost or has no memory left, a shader that does not
 * compile, code that traps. The step itself is not wrong then, and another executor can go on with it.
 */
import { DivergenceError } from '#core/divergence.ts';
import { InputError, messageOf } from '#core/errors.ts';

export type Executor = 'webgpu' | 'webgl' | 'simd' | 'wasm' | 'cpu';

/** Thrown by an executor instead of what went wrong in it. */
export class ExecutorError extends Error {
  override readonly name = 'ExecutorError';
  readonly executor: Executor;

  constructor(executor: Executor, cause: unknown) {
    super(messageOf(cause) || 'it failed and did not say why', { cause });
    this.executor = executor;
  }
}

/** What an executor throws; a request that is wrong and a run that has diverged would be so on every other, too. */
export function blame(executor: Executor, error: unknown): unknown {
  const isOfRun = error instanceof InputError || error instanceof DivergenceError;
  return isOfRun || error instanceof ExecutorError ? error : new ExecutorError(executor, error);
}

/** The executor at fault, also where a run has said where it happened. `label`: of the `Compute` in use. */
export function executorAtFault(error: unknown, label: string): Executor | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof ExecutorError) return each.executor;
    if (isOfWebAssembly(each)) return label.includes('simd') ? 'simd' : 'wasm';
  }
  return undefined;
}

/** Compiled code that traps, or that the engine does not take or has no memory for. */
function isOfWebAssembly(error: Error): boolean {
  return (
    error instanceof WebAssembly.RuntimeError ||
    error instanceof WebAssembly.CompileError ||
    error instanceof WebAssembly.LinkError ||
    (error instanceof RangeError && /memory|allocation/i.test(error.message))
  );
}
