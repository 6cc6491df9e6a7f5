/**
 * Views of a world as another world: kernels made from kernels, so that whatever plays a world plays a wrapped one. What a
 * wrapper remembers lies in columns of its own beside the world's, and is saved with them.
 */
import { InputError, show } from './errors.ts';
import type { EnvKernel } from './env.ts';
import type { Columns } from './snapshot.ts';

/** A kernel that does as another one except for the given changes. */
function derive<S extends Columns>(kernel: EnvKernel<S>, changes: Partial<EnvKernel<S>>): EnvKernel<S> {
  return {
    spec: kernel.spec,
    allocate: (n) => kernel.allocate(n),
    reset: (s, i, rng) => kernel.reset(s, i, rng),
    step: (s, i, action, rng, out) => kernel.step(s, i, action, rng, out),
    observe: (s, i, into, offset) => kernel.observe(s, i, into, offset),
    draw: (s, i, list) => kernel.draw(s, i, list),
    ...(kernel.legal && { legal: kernel.legal.bind(kernel) }),
    ...(kernel.model && { model: kernel.model.bind(kernel) }),
    ...changes,
  };
}

/** A `discrete` observation, the index of one of n states, as a vector [n] with a 1 at that index. */
export function oneHot<S extends Columns>(kernel: EnvKernel<S>): EnvKernel<S> {
  const { observation } = kernel.spec;
  if (observation.kind !== 'discrete')
    throw new InputError([
      { field: `${kernel.spec.id}.observation`, expected: 'a discrete observation', got: observation.kind },
    ]);
  const { states } = observation;
  const index = new Float32Array(1);
  return derive(kernel, {
    spec: { ...kernel.spec, observation: { kind: 'vector', shape: [states] } },
    observe(s, i, into, offset) {
      kernel.observe(s, i, index, 0);
      into.fill(0, offset, offset + states);
      into[offset + index[0]] = 1;
    },
  });
}

/** Truncates episodes after the given number of steps (0: never), whatever the world's own limit. */
export function timeLimit<S extends Columns>(kernel: EnvKernel<S>, maxSteps: number): EnvKernel<S> {
  requireInteger('maxSteps', maxSteps, 0);
  return derive(kernel, { spec: { ...kernel.spec, maxSteps } });
}

function requireInteger(field: string, value: number, min: number): void {
  if (!Number.isInteger(value) || value < min)
    throw new InputError([{ field, expected: `a whole number from ${min}`, got: show(value) }]);
}
