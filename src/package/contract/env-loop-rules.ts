/**
 * A world in a `VectorEnv` against a plain loop written here: ends are told apart, `finalObs` is the last observation of the old
 * episode and `obs` the first of the new one, rewards and returns add up.
 */
import { actionSize, observationSize, type EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { timeLimit } from '#core/wrappers.ts';
import { expectSame, kernelFor, RandomPlay, type Setting } from './env-play.ts';
import { demand, demandSame, type Rule } from './rule.ts';

const SLOTS = 2;
/** Steps of the time limit that is tried. */
const LIMIT = 5;

export const envLoopRules: readonly Rule<Setting>[] = [
  {
    name: 'shows in a vector what a plain loop shows',
    check(setting) {
      const { truncated } = compare(() => kernelFor(setting), 400);
      if (kernelFor(setting).spec.maxSteps === 0)
        demandSame(truncated, 0, 'truncations without a time limit');
    },
  },
  {
    name: 'is truncated by a time limit and by nothing else',
    check(setting) {
      const ends = compare(() => timeLimit(kernelFor(setting), LIMIT), 60);
      const count = ends.truncated + ends.terminated;
      demand(
        count >= (SLOTS * 60) / LIMIT,
        `ends under a limit of ${LIMIT} steps: got ${count} in ${SLOTS * 60}`,
      );
      const unlimited = compare(() => timeLimit(kernelFor(setting), 0), 100);
      demandSame(unlimited.truncated, 0, 'truncations without a time limit');
    },
  },
];

/** One slot, stepped by hand: what `VectorEnv` must show. */
function plainSlot(kernel: EnvKernel, slot: number, seed: number) {
  const rng = rngStreams(seed)('world', slot);
  const state = kernel.allocate(1);
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  let length = 0;
  let sum = 0;
  const look = (): Float32Array => {
    const obs = new Float32Array(observationSize(kernel.spec));
    kernel.observe(state, 0, obs, 0);
    return obs;
  };
  kernel.reset(state, 0, rng);
  return (action: number | Float32Array) => {
    out.events.fill(0);
    out.terminated = false;
    kernel.step(state, 0, action, rng, out);
    const reward = kernel.spec.rewards.reduce((total, term, k) => total + term.weight * out.events[k], 0);
    length++;
    sum += reward;
    const limit = kernel.spec.maxSteps;
    const { terminated } = out;
    const shown = { reward, sum, length, terminated, truncated: limit > 0 && length >= limit };
    const last = look();
    if (shown.terminated || shown.truncated) {
      kernel.reset(state, 0, rng);
      length = 0;
      sum = 0;
    }
    return { ...shown, last, obs: look() };
  };
}

function compare(makeKernel: () => EnvKernel, steps: number): { terminated: number; truncated: number } {
  const play = new RandomPlay(makeKernel(), { n: SLOTS, seed: 11, actionSeed: 12 });
  const { env } = play;
  const size = observationSize(env.spec);
  const dims = env.spec.action.kind === 'box' ? actionSize(env.spec) : 0;
  const slots = Array.from({ length: SLOTS }, (_, i) => plainSlot(makeKernel(), i, 11));
  const ends = { terminated: 0, truncated: 0 };
  for (let t = 0; t < steps; t++) {
    play.step();
    slots.forEach((slot, i) => {
      const { discrete, box } = play.actions;
      const expected = slot(dims > 0 ? box.slice(i * dims, (i + 1) * dims) : discrete[i]);
      const at = `slot ${i}, step ${t}`;
      const flags = [env.terminated[i], env.truncated[i]];
      expectSame(flags, [Number(expected.terminated), Number(expected.truncated)], `${at}: flags`);
      expectSame([env.reward[i]], [Math.fround(expected.reward)], `${at}: reward`);
      expectSame([env.episodeReturn[i]], [expected.sum], `${at}: return`);
      expectSame([env.episodeLength[i]], [expected.length], `${at}: length`);
      expectSame(env.obs.subarray(i * size, (i + 1) * size), expected.obs, `${at}: obs`);
      if (expected.terminated || expected.truncated)
        expectSame(env.finalObs.subarray(i * size, (i + 1) * size), expected.last, `${at}: finalObs`);
      ends.terminated += env.terminated[i];
      ends.truncated += env.truncated[i];
    });
  }
  return ends;
}
