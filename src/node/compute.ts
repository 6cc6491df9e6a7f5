/** The `--backend` flag and what it gives; loads tfjs only when something is about to train. */
import type { Compute } from '#compile/step.ts';
import type { Argument, Arguments } from './arguments.ts';

export const backendFlag: Argument = {
  type: 'string',
  description: 'What runs the learning: auto, simd, simd-fast, webgpu, webgl, wasm or cpu',
  valueHint: 'name',
  default: 'auto',
};

/** The compute that `--backend` names. */
export async function computeFor(given: Arguments): Promise<Compute & Disposable> {
  const { createCompute, parseComputeChoice } = await import('#host/compute.ts');
  return createCompute(parseComputeChoice(given.text('backend') ?? 'auto'));
}
