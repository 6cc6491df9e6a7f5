/**
 * Runs that were saved before format 4: what `auto` stood for on pictures is written out, since it is another network now.
 */
import { InputError } from '#core/errors.ts';
import type { Layer } from '#agents/nn/spec.ts';
import { createKernel, resolveRun } from '../request/resolve.ts';
import type { Subject } from '../request/subject.ts';

const conv = { kind: 'conv2d', filters: 16, size: 3 } as const;
const dense = { kind: 'dense', units: 128 } as const;
const norm: Layer = { kind: 'layerNorm', activation: 'relu' };
const linear = { activation: 'linear', init: 'he' } as const;

const plain: readonly Layer[] = [
  { ...conv, activation: 'relu' },
  { kind: 'flatten' },
  { ...dense, activation: 'relu' },
];
/** PQN normalises what `auto` stands for, and takes a network given by hand as it is. */
const normalised: readonly Layer[] = [
  { ...conv, ...linear },
  norm,
  { kind: 'flatten' },
  { ...dense, ...linear },
  norm,
];

/** Side of a picture from which on `auto` is another network. */
const PICTURE = 36;

/** What a file of before trains, in terms of format 4. A request that cannot be resolved is left to whoever resolves it. */
export function asOfFormat4(subject: Subject): Subject {
  if (subject.kind !== 'run') return subject;
  try {
    const { request } = subject;
    const setup = resolveRun(request);
    if (setup.config['network'] !== 'auto') return subject;
    const { shape } = createKernel(setup).spec.observation;
    if (shape.length !== 3 || Math.min(shape[0], shape[1]) < PICTURE) return subject;
    const network = setup.agent.id === 'pqn' ? normalised : plain;
    return { ...subject, request: { ...request, config: { ...request.config, network } } };
  } catch (error) {
    if (error instanceof InputError) return subject;
    throw error;
  }
}
