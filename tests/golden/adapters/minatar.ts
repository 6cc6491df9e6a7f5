/**
 * Recordings of MinAtar's five games: every draw, chosen action, reward, end and on-bit of the observation. Everything
 * must agree exactly, the kind and order of the draws included.
 */
import { observationSize, type EnvKernel } from '#core/env.ts';
import type { Columns } from '#core/snapshot.ts';
import { TapeRng, type Draw } from '../tape.ts';
import { defaultReward, kernelOf, type Adapter, type Outcome, type Recording } from './adapter.ts';

/** `[chosen action, reward, terminated, flat indices of the on-bits]` */
type Step = readonly [number, number, boolean, readonly number[]];

interface Episode {
  readonly obs0: readonly number[];
  readonly draws: readonly Draw[];
  readonly drawsAtReset: number;
  readonly steps: readonly Step[];
}

/** Episodes under one setting; a file holds several runs, or is one itself. */
interface Run {
  readonly sticky: number;
  readonly ramping: boolean;
  readonly episodes: readonly Episode[];
}

export const minatar: Adapter = {
  claims: (recording) => recording.env?.startsWith('minatar/') ?? false,

  replay(recording: Recording): Outcome {
    const id = (recording.env as string).slice('minatar/'.length);
    const runs = (recording['runs'] ?? [recording]) as readonly Run[];
    let episodes = 0;
    let steps = 0;
    for (const run of runs) {
      const params = { stickyActions: run.sticky, ramping: run.ramping, actions: 'full' };
      const kernel = kernelOf<Columns>(id, params);
      if (!kernel) return { kind: 'not built yet', world: id };
      expectShape(kernel, recording['shape'] as readonly number[]);
      run.episodes.forEach((episode, index) => {
        play(kernel, episode, `sticky ${run.sticky}, ramping ${run.ramping}, episode ${index}`);
        steps += episode.steps.length;
      });
      episodes += run.episodes.length;
    }
    return { kind: 'passed', what: `${episodes} episodes, ${steps} steps` };
  },
};

/** Each recorded episode is the first of a fresh environment. */
function play(kernel: EnvKernel, episode: Episode, where: string): void {
  const rng = new TapeRng(episode.draws);
  const state = kernel.allocate(1);
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  const observation = new Float32Array(observationSize(kernel.spec));
  kernel.reset(state, 0, rng);
  rng.expectPlayed(episode.drawsAtReset, `${where}, reset`);
  // What `refresh` keeps up to date from step to step, beside what `observe` writes anew.
  const kept = new Float32Array(observation.length);
  kernel.observe(state, 0, observation, 0);
  expectBits(observation, episode.obs0, `${where}, reset`);
  kernel.refresh?.(state, 0, kept, 0);
  episode.steps.forEach(([action, reward, terminated, bits], t) => {
    const at = `${where}, step ${t}`;
    out.events.fill(0);
    out.terminated = false;
    kernel.step(state, 0, action, rng, out);
    const got = defaultReward(kernel, out.events);
    if (got !== reward) throw new Error(`${at}: expected reward ${reward}, got ${got}`);
    if (out.terminated !== terminated)
      throw new Error(`${at}: expected terminated ${terminated}, got ${out.terminated}`);
    observation.fill(-1);
    kernel.observe(state, 0, observation, 0);
    expectBits(observation, bits, at);
    kernel.refresh?.(state, 0, kept, 0);
    if (kernel.refresh) expectBits(kept, bits, `${at}, refreshed`);
  });
  rng.expectPlayed(episode.draws.length, `${where}, end`);
}

function expectShape(kernel: EnvKernel, shape: readonly number[] | undefined): void {
  const got = kernel.spec.observation.shape.join('×');
  if (shape && got !== shape.join('×')) throw new Error(`shape: expected ${shape.join('×')}, got ${got}`);
}

function expectBits(observation: Float32Array, bits: readonly number[], where: string): void {
  const expected = new Float32Array(observation.length);
  for (const bit of bits) expected[bit] = 1;
  const wrong = observation.findIndex((value, k) => value !== expected[k]);
  if (wrong >= 0)
    throw new Error(
      `${where}: observation[${wrong}]: expected ${expected[wrong]}, got ${observation[wrong]}`,
    );
}
