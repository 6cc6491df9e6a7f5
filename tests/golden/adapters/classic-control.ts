/**
 * Recordings of Gymnasium's classic control: a first state, then action, reward, end, state and observation of each step.
 * Compared step by step from the recorded state, and along whole episodes where the motion is not chaotic.
 */
import { observationSize, type EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { camelKeys, defaultReward, kernelOf, type Adapter, type Outcome, type Recording } from './adapter.ts';

type FloatColumns = Readonly<Record<string, Float64Array | Float32Array>>;

interface Reference {
  readonly id: string;
  /** Our columns in the order of the recorded state. */
  readonly columns: readonly string[];
  /** Largest error of one step from the recorded state. */
  readonly perStep: number;
  /** The same for the step from the first state, where that is known less well. */
  readonly firstStep?: number;
  /** How many steps of an episode are also compared without re-basing, to `PER_EPISODE`. */
  readonly freeSteps: number;
}

const PER_EPISODE = 1e-6;

/** By the reference's name in lower case, without its version. */
const references: Readonly<Record<string, Reference>> = {
  cartpole: {
    id: 'cart-pole',
    columns: ['x', 'velocity', 'angle', 'spin'],
    perStep: 1e-9,
    // An upright pole multiplies an error by 1.085 per step, and the recorder's cosine differs from ours in the last bit in
    // a quarter of the steps: 200 steps make 1e-9 of it, 500 would make 1.
    freeSteps: 200,
  },
  mountaincar: { id: 'mountain-car', columns: ['x', 'velocity'], perStep: 1e-9, freeSteps: Infinity },
  mountaincarcontinuous: {
    id: 'mountain-car-continuous',
    columns: ['x', 'velocity'],
    perStep: 1e-9,
    // The reference rounds its state to float32 after each step but not at the reset, of which only the rounded numbers are known.
    firstStep: 1e-7,
    freeSteps: Infinity,
  },
  pendulum: { id: 'pendulum', columns: ['angle', 'spin'], perStep: 1e-9, freeSteps: Infinity },
  // Float32 in the reference and chaotic: only single steps are comparable.
  acrobot: { id: 'acrobot', columns: ['angle1', 'angle2', 'spin1', 'spin2'], perStep: 1e-5, freeSteps: 0 },
};

/** Observations are float32 on both sides. */
const OBSERVATION_ERROR = 1e-6;

/** `[action, reward, terminated, state, observation]`; a box action is an array. */
type Step = readonly [number | readonly number[], number, boolean, readonly number[], readonly number[]];

interface Episode {
  readonly state0: readonly number[];
  readonly steps: readonly Step[];
}

/** Pendulum's `g` is our `gravity`; how the reference shows itself is not a parameter of the world. */
function paramsOf(recording: Recording): Record<string, unknown> {
  const { g, renderMode: _, ...params } = camelKeys(recording.kwargs);
  return g === undefined ? params : { gravity: g, ...params };
}

function nameOf(recording: Recording): string {
  const name = recording.gymnasium ?? recording.env ?? '';
  return name
    .toLowerCase()
    .replace(/-v\d+$/, '')
    .replaceAll('-', '');
}

export const classicControl: Adapter = {
  claims: (recording) => nameOf(recording) in references,

  replay(recording): Outcome {
    const reference = references[nameOf(recording)];
    const kernel = kernelOf<FloatColumns>(reference.id, paramsOf(recording));
    if (!kernel) return { kind: 'not built yet', world: reference.id };
    expectEqual(kernel.spec.maxSteps, recording['maxSteps'], 'maxSteps');
    const episodes = recording['episodes'] as readonly Episode[];
    let steps = 0;
    episodes.forEach((episode, index) => {
      play(kernel, reference, episode, { where: `episode ${index}`, rebase: true });
      const free = { ...episode, steps: episode.steps.slice(0, reference.freeSteps) };
      play(kernel, reference, free, { where: `episode ${index} without re-basing`, rebase: false });
      steps += episode.steps.length;
    });
    return { kind: 'passed', what: `${episodes.length} episodes, ${steps} steps` };
  },
};

function play(
  kernel: EnvKernel<FloatColumns>,
  reference: Reference,
  episode: Episode,
  { where, rebase }: { where: string; rebase: boolean },
): void {
  const rng = rngStreams(0)('golden');
  const state = kernel.allocate(1);
  kernel.reset(state, 0, rng);
  const put = (values: readonly number[]): void =>
    reference.columns.forEach((column, k) => (state[column][0] = values[k]));
  put(episode.state0);
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  const observation = new Float32Array(observationSize(kernel.spec));
  episode.steps.forEach(([action, reward, terminated, next, observed], t) => {
    const at = `${where}, step ${t}`;
    const perStep = t === 0 ? (reference.firstStep ?? reference.perStep) : reference.perStep;
    const error = rebase ? perStep : PER_EPISODE;
    if (rebase && t > 0) put(episode.steps[t - 1][3]);
    out.events.fill(0);
    out.terminated = false;
    const chosen = typeof action === 'number' ? action : Float32Array.from(action);
    kernel.step(state, 0, chosen, rng, out);
    expectEqual(out.terminated, terminated, `${at}: terminated`);
    expectClose(defaultReward(kernel, out.events), reward, error, `${at}: reward`);
    reference.columns.forEach((column, k) =>
      expectClose(state[column][0], next[k], error, `${at}: ${column}`),
    );
    kernel.observe(state, 0, observation, 0);
    const tolerance = Math.max(error, OBSERVATION_ERROR);
    observed.forEach((value, k) => expectClose(observation[k], value, tolerance, `${at}: observation[${k}]`));
  });
}

function expectEqual(got: unknown, expected: unknown, where: string): void {
  if (got !== expected) throw new Error(`${where}: expected ${String(expected)}, got ${String(got)}`);
}

/** Relative to the size of the number where that is above 1. */
function expectClose(got: number, expected: number, error: number, where: string): void {
  if (!(Math.abs(got - expected) <= error * Math.max(1, Math.abs(expected))))
    throw new Error(`${where}: expected ${expected} ± ${error}, got ${got}`);
}
