/**
 * Wrappers: kernels derived from kernels, so that whatever plays a world plays a wrapped one. A wrapper's state is in
 * additional columns beside the world's, and is saved with them.
 */
import { DrawList } from './draw-list.ts';
import { observationSize, type EnvKernel, type EnvSpec, type StepEvents } from './env.ts';
import { refusal, show } from './errors.ts';
import { Raster } from './raster.ts';
import type { Columns } from './snapshot.ts';

/** A kernel like another one except for the given changes. */
export function derive<S extends Columns>(
  kernel: EnvKernel<S>,
  changes: Partial<EnvKernel<S>>,
): EnvKernel<S> {
  return {
    spec: kernel.spec,
    allocate: (n) => kernel.allocate(n),
    reset: (s, i, rng) => kernel.reset(s, i, rng),
    step: (s, i, action, rng, out) => kernel.step(s, i, action, rng, out),
    observe: (s, i, into, offset) => kernel.observe(s, i, into, offset),
    draw: (s, i, list) => kernel.draw(s, i, list),
    // Only with the observation that it keeps up to date.
    ...(kernel.refresh && !changes.observe && { refresh: kernel.refresh.bind(kernel) }),
    ...measured(kernel, changes),
    ...(kernel.model && { model: kernel.model.bind(kernel) }),
    ...(kernel.place && { place: kernel.place.bind(kernel) }),
    ...changes,
  };
}

/** Quantities stay those of the world itself when its observation changes. */
function measured<S extends Columns>(
  kernel: EnvKernel<S>,
  changes: Partial<EnvKernel<S>>,
): Pick<EnvKernel<S>, 'measure'> {
  if (kernel.measure) return { measure: kernel.measure.bind(kernel) };
  if (!changes.observe || !kernel.spec.quantities) return {};
  return { measure: (s, i, into) => kernel.observe(s, i, into, 0) };
}

/** A `discrete` observation, the index of one of n states, as a vector [n] with a 1 at that index. */
export function oneHot<S extends Columns>(kernel: EnvKernel<S>): EnvKernel<S> {
  const { observation } = kernel.spec;
  if (observation.kind !== 'discrete')
    throw refusal(`${kernel.spec.id}.observation`, 'a discrete observation', observation.kind);
  const { states } = observation;
  const index = new Float32Array(1);
  return derive(kernel, {
    spec: { ...kernel.spec, observation: { kind: 'vector', shape: [states], oneHot: true } },
    observe(s, i, into, offset) {
      kernel.observe(s, i, index, 0);
      into.fill(0, offset, offset + states);
      into[offset + index[0]] = 1;
    },
  });
}

/**
 * Planes whose whole numbers stand for something, each as a plane per thing: 1 where it is, 0 elsewhere (Minigrid's
 * `OneHotPartialObsWrapper`). Planes of amounts stay as they are.
 */
export function oneHotPlanes<S extends Columns>(kernel: EnvKernel<S>): EnvKernel<S> {
  const { observation } = kernel.spec;
  if (observation.kind !== 'planes' || !observation.values)
    throw refusal(`${kernel.spec.id}.observation`, 'planes whose numbers are named', observation.kind);
  const { shape, values, names, ...rest } = observation;
  const [height, width, channels] = shape;
  const counts = Array.from({ length: channels }, (_, c) => values[c]?.length ?? 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const firsts = counts.map((_, c) => counts.slice(0, c).reduce((sum, count) => sum + count, 0));
  const numbers = new Float32Array(height * width * channels);
  const named = names?.flatMap((name, c) => values[c]?.map((value) => `${name}: ${value}`) ?? [name]);
  return derive(kernel, {
    spec: {
      ...kernel.spec,
      observation: { ...rest, shape: [height, width, total], ...(named && { names: named }) },
    },
    observe(s, i, into, offset) {
      kernel.observe(s, i, numbers, 0);
      into.fill(0, offset, offset + height * width * total);
      for (let from = 0, to = offset; from < numbers.length; from += channels, to += total)
        for (let c = 0; c < channels; c++) {
          const number = numbers[from + c];
          if (values[c]) into[to + firsts[c] + number] = 1;
          else into[to + firsts[c]] = number;
        }
    },
  });
}

/** Truncates episodes after the given number of steps (0: never), whatever the world's own limit. */
export function timeLimit<S extends Columns>(kernel: EnvKernel<S>, maxSteps: number): EnvKernel<S> {
  requireInteger('maxSteps', maxSteps, 0);
  return derive(kernel, { spec: { ...kernel.spec, maxSteps } });
}

/** Shades of grey of a picture, black aside: what a byte expresses. */
const GREYS = 255;

/** The world as a grey picture of itself, planes [size, size, 1] from 0 to 1, drawn from its draw list. Stateless: see `frameStack`. */
export function pixels<S extends Columns>(kernel: EnvKernel<S>, size = 84): EnvKernel<S> {
  requireInteger('size', size, 1);
  const list = new DrawList();
  const raster = new Raster(size, size);
  return derive(kernel, {
    spec: {
      ...kernel.spec,
      observation: {
        kind: 'planes',
        shape: [size, size, 1],
        names: ['grey'],
        levels: GREYS,
        overPicture: true,
      },
    },
    observe(s, i, into, offset) {
      kernel.draw(s, i, list);
      raster.draw(list, into, offset);
      for (let k = offset; k < offset + size * size; k++) into[k] = Math.round(into[k] * GREYS) / GREYS;
    },
  });
}

/**
 * The last `count` observations at once, oldest first: a vector [count · d], planes [h, w, count · c]. After a reset all are
 * the first one.
 */
export function frameStack<S extends Columns>(kernel: EnvKernel<S>, count: number): EnvKernel<S> {
  requireInteger('count', count, 1);
  const { observation } = kernel.spec;
  if (observation.kind === 'discrete')
    throw refusal(`${kernel.spec.id}.observation`, 'a vector or planes', 'discrete');
  const size = observationSize(kernel.spec);
  const channels = observation.kind === 'planes' ? observation.shape[2] : size;
  const frames = freeName(kernel, 'frames');
  const newest = freeName(kernel, 'newest');
  const put = (s: S, i: number, frame: number): void => {
    kernel.observe(s, i, s[frames] as Float32Array, (i * count + frame) * size);
  };
  return derive(kernel, {
    spec: { ...kernel.spec, observation: stacked(observation, count) },
    allocate: (n) => ({
      ...kernel.allocate(n),
      [frames]: new Float32Array(n * count * size),
      [newest]: new Int32Array(n),
    }),
    reset(s, i, rng) {
      kernel.reset(s, i, rng);
      s[newest][i] = 0;
      for (let frame = 0; frame < count; frame++) put(s, i, frame);
    },
    step(s, i, action, rng, out) {
      kernel.step(s, i, action, rng, out);
      s[newest][i] = (s[newest][i] + 1) % count;
      put(s, i, s[newest][i]);
    },
    observe(s, i, into, offset) {
      const from = s[frames];
      for (let age = 0; age < count; age++) {
        const frame = (s[newest][i] + 1 + age) % count;
        let k = (i * count + frame) * size;
        for (let at = offset + age * channels; at < offset + count * size; at += count * channels)
          for (let c = 0; c < channels; c++) into[at + c] = from[k++];
      }
    },
  });
}

function stacked(
  observation: Exclude<EnvSpec['observation'], { kind: 'discrete' }>,
  count: number,
): EnvSpec['observation'] {
  const names = observation.names && stackedNames(observation.names, count);
  if (observation.kind === 'vector')
    return { kind: 'vector', shape: [count * observation.shape[0]], ...(names && { names }) };
  const [height, width, channels] = observation.shape;
  const values = observation.values && Array.from({ length: count }, () => observation.values ?? []).flat();
  return {
    ...observation,
    shape: [height, width, count * channels],
    ...(names && { names }),
    ...(values && { values }),
  };
}

/** `x −1` is x one step ago. */
function stackedNames(names: readonly string[], count: number): readonly string[] {
  return Array.from({ length: count }, (_, age) => count - 1 - age).flatMap((ago) =>
    names.map((name) => (ago === 0 ? name : `${name} −${ago}`)),
  );
}

/** A column name that the kernel's own state does not use. */
function freeName(kernel: EnvKernel, name: string): string {
  const taken = kernel.allocate(1);
  let free = name;
  while (free in taken) free += "'";
  return free;
}

/** Plays every action `count` times, or until the episode ends; events add up. Time limit and play speed are divided alike. */
export function actionRepeat<S extends Columns>(kernel: EnvKernel<S>, count: number): EnvKernel<S> {
  requireInteger('count', count, 1);
  const { spec } = kernel;
  const one: StepEvents = { events: new Float64Array(spec.rewards.length), terminated: false };
  const repeated: { -readonly [K in keyof EnvKernel<S>]: EnvKernel<S>[K] } = derive(kernel, {
    spec: { ...spec, maxSteps: Math.ceil(spec.maxSteps / count), fps: spec.fps / count },
    step(s, i, action, rng, out) {
      one.terminated = false;
      for (let k = 0; k < count && !one.terminated; k++) {
        one.events.fill(0);
        kernel.step(s, i, action, rng, one);
        for (let e = 0; e < one.events.length; e++) out.events[e] += one.events[e];
      }
      out.terminated = one.terminated;
    },
  });
  // The world's model knows single steps only.
  delete repeated.model;
  return repeated;
}

function requireInteger(field: string, value: number, min: number): void {
  if (!Number.isInteger(value) || value < min)
    throw refusal(field, `a whole number from ${min}`, show(value));
}
