/** Planes of named numbers as planes of zeros and ones: over the worlds that have names, and refused where there are none. */
import { describe, expect, it } from 'vitest';
import { observationSize, type EnvKernel, type ObservationSpec } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { frameStack, oneHotPlanes } from '#core/wrappers.ts';
import { createKernel, resolveRun } from '#train/request/resolve.ts';
import { worlds } from '#train/catalogue/worlds.ts';

const kernels = worlds.map((world): EnvKernel => world.create(world.params.parse({})));
const named = kernels.filter(
  ({ spec: { observation } }) => observation.kind === 'planes' && observation.values,
);

/** The first observation. */
function first(kernel: EnvKernel): Float32Array {
  const state = kernel.allocate(1);
  // Filled, so that what is not written shows.
  const into = new Float32Array(observationSize(kernel.spec)).fill(7);
  kernel.reset(state, 0, rngStreams(1)('world'));
  kernel.observe(state, 0, into, 0);
  return into;
}

it('finds worlds that name their numbers', () => expect(named.length).toBeGreaterThan(20));

describe.each(named.map((kernel) => [kernel.spec.id, kernel] as const))('%s', (_, kernel) => {
  it('has a 1 for what is there, in a plane of that name', () => {
    const { observation } = kernel.spec;
    if (observation.kind !== 'planes') throw new Error('expected planes');
    const wrapped = oneHotPlanes(kernel);
    const [height, width, channels] = observation.shape;
    const [, , planes] = wrapped.spec.observation.shape as readonly [number, number, number];
    const names = 'names' in wrapped.spec.observation ? wrapped.spec.observation.names : [];
    expect(names).toHaveLength(planes);
    const [plain, hot] = [first(kernel), first(wrapped)];
    for (let cell = 0; cell < height * width; cell++) {
      const expected = Array.from(plain.subarray(cell * channels, (cell + 1) * channels), (number, c) => {
        const value = observation.values?.[c]?.[number];
        return `${observation.names?.[c]}: ${value}`;
      });
      const seen = Array.from({ length: planes }, (_, k) => hot[cell * planes + k]);
      expect(names?.filter((_, k) => seen[k] === 1)).toEqual(expected);
      expect(seen.filter((number) => number === 0)).toHaveLength(planes - channels);
    }
  });
});

it('can be stacked', () => {
  const [kernel] = named;
  const [height, width, planes] = oneHotPlanes(kernel).spec.observation.shape;
  expect(frameStack(oneHotPlanes(kernel), 2).spec.observation.shape).toEqual([
    height,
    width,
    2 * (planes ?? 0),
  ]);
});

function observationOf(world: string, wrappers: Readonly<Record<string, unknown>>): ObservationSpec {
  return createKernel(resolveRun({ world, agent: 'ppo', wrappers })).spec.observation;
}

describe('as a setting', () => {
  it('changes what the agent sees', () => {
    expect(observationOf('minigrid-memory', { oneHotPlanes: true }).shape).toEqual([7, 7, 23]);
  });

  it('is refused where numbers are amounts, and for a picture', () => {
    for (const world of ['breakout', 'cart-pole', 'frozen-lake'])
      expect(() => observationOf(world, { oneHotPlanes: true })).toThrow('wrap.oneHotPlanes: expected false');
    expect(() => observationOf('minigrid-memory', { oneHotPlanes: true, pixels: true })).toThrow(InputError);
  });
});
