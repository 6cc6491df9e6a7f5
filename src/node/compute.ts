/** The flags `--backend` and `--threads` and what they give; loads tfjs only when something is about to train. */
import type { Compute } from '#compile/step.ts';
import { readCount, type Argument, type Arguments } from './arguments.ts';

export const backendFlag: Argument = {
  type: 'string',
  description: 'What runs the learning: auto, simd, simd-fast, webgpu, webgl, wasm or cpu',
  valueHint: 'name',
  default: 'auto',
};

const AUTO = 'auto';

export const threadsFlag: Argument = {
  type: 'string',
  description: 'Threads for large compiled steps; results are the same (auto: as many as cores, at most 4)',
  valueHint: 'n',
  default: AUTO,
};

/** The compute that `--backend` names. Commands without `--threads` learn nothing and take one. */
export async function computeFor(given: Arguments): Promise<Compute & Disposable> {
  const { createCompute, parseComputeChoice } = await import('#host/compute.ts');
  const threads = given.text('threads') ?? '1';
  return createCompute(parseComputeChoice(given.text('backend') ?? 'auto'), {
    threads: threads === AUTO ? undefined : readCount('threads', threads),
  });
}
