/** How much memory a run's replay buffer or rollout will take, known before its first step. */
import { gigabytes } from '#core/bytes.ts';
import { observationSize } from '#core/env.ts';
import { experienceBytes } from '#core/experience.ts';
import { refusal } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { createKernel, type RunSetup } from './resolve.ts';

/** What a run keeps of its steps, and the bytes that this takes. */
export interface Need {
  /** The setting that decides about it. */
  readonly field: 'replaySize' | 'steps';
  /** Transitions of a replay buffer, or env steps of a rollout over all environments. */
  readonly rows: number;
  readonly bytes: number;
}

/** What takes the memory, in words. */
export const TAKES: Readonly<Record<Need['field'], string>> = {
  replaySize: 'replay buffer',
  steps: 'rollout',
};

/**
 * What a run keeps of `steps` steps: of a replay buffer by what its first observation takes, of a rollout all of it, which is
 * allocated at once.
 */
export function memoryNeeded(setup: RunSetup, steps = Infinity): Need {
  const { agent, config } = setup;
  const transitions = Math.min(agent.transitions?.(config) ?? 0, steps);
  if (transitions > 0) {
    const { spec, obs } = new VectorEnv(createKernel(setup), 1, rngStreams(setup.seed));
    return { field: 'replaySize', rows: transitions, bytes: transitions * experienceBytes(spec, obs) };
  }
  const { steps: length, numEnvs } = config;
  const rows = typeof length === 'number' && typeof numEnvs === 'number' ? length * numEnvs : 0;
  if (rows === 0) return { field: 'steps', rows, bytes: 0 };
  const bytes = rows * observationSize(createKernel(setup).spec) * Float32Array.BYTES_PER_ELEMENT;
  return { field: 'steps', rows, bytes };
}

/** Throws an `InputError` if what a run keeps of `steps` steps does not fit into `available` bytes. Returns what it needs. */
export function checkMemory(setup: RunSetup, available: number, steps?: number): Need {
  const need = memoryNeeded(setup, steps);
  const { field, rows, bytes } = need;
  if (bytes <= available) return need;
  const most = Math.floor(available / (bytes / rows));
  const what = field === 'replaySize' ? 'transitions' : 'steps of all environments together';
  const expected = `at most ${most} ${what}, which take ${gigabytes(available)}`;
  throw refusal(`agent.${field}`, expected, `${rows}, which take ${gigabytes(bytes)}`);
}
