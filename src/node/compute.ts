/** The options `--backend` and `--threads` and the compute they choose; tfjs is loaded only when it is needed. */
import { totalmem } from 'node:os';
import type { Compute } from '#compile/step.ts';
import { MOST_THREADS } from '#host/limits.ts';
import { parseCount, textOption, valueOption } from './options.ts';

const AUTO = 'auto';

export function backendOption() {
  const names = 'auto, simd, simd-fast, webgpu, webgl, wasm or cpu';
  return textOption('--backend <name>', `Backend of the networks: ${names}`).default(AUTO, AUTO);
}

export function threadsOption() {
  return valueOption(
    '--threads <n>',
    'Threads for large compiled steps; auto: one per core, at most 4. Results do not depend on it',
    (text, flag): number | typeof AUTO =>
      text === AUTO ? AUTO : parseCount(flag, text, { min: 1, max: MOST_THREADS, or: AUTO }),
  ).default(AUTO, AUTO);
}

/** Bytes that this process may use: all of the machine's, less where its container has a limit. */
export function machineMemory(): number {
  const limit = process.constrainedMemory() as number | undefined;
  return limit ? Math.min(totalmem(), limit) : totalmem();
}

interface ComputeOptions {
  readonly backend: string;
  /** 1 for commands that train nothing. */
  readonly threads: number | typeof AUTO;
}

export async function computeFor({ backend, threads }: ComputeOptions): Promise<Compute & Disposable> {
  const { createCompute, parseComputeChoice } = await import('#host/compute.ts');
  return createCompute(parseComputeChoice(backend), { threads: threads === AUTO ? undefined : threads });
}
