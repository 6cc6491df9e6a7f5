/** How a world plays: repeatably, slot by slot, and from snapshots as if nothing had happened. */
import { observationSize, type EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { copyColumns, type Columns } from '#core/snapshot.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { CountingRng, expectSame, kernelFor, RandomPlay, trace, type Setting } from './env-play.ts';
import { allFinite, demand, demandSame, type Rule } from './rule.ts';

/** Fewer steps of variants and of large observations, which cost time and show nothing more. */
function stepsOf(setting: Setting): (count: number) => number {
  const isLarge = observationSize(kernelFor(setting).spec) > 5000;
  const scale = isLarge ? 0.02 : Object.keys(setting.params).length > 0 ? 0.2 : 0.6;
  return (count) => Math.max(30, Math.round(count * scale));
}

function eventsOf(kernel: EnvKernel) {
  return { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
}

/** The action of slot 0 of random play. */
function actionOf({ actions: { discrete, box } }: RandomPlay): number | Float32Array {
  return discrete.length > 0 ? discrete[0] : box;
}

export const envStepRules: readonly Rule<Setting>[] = [
  {
    name: 'writes all of an observation, nothing else, and only numbers that make sense',
    check(setting) {
      const steps = stepsOf(setting);
      const kernel = kernelFor(setting);
      const size = observationSize(kernel.spec);
      const state = kernel.allocate(1);
      kernel.reset(state, 0, rngStreams(1)('world'));
      const guarded = new Float32Array(size + 2).fill(NaN);
      kernel.observe(state, 0, guarded, 1);
      const isOutside = !(Number.isNaN(guarded[0]) && Number.isNaN(guarded[size + 1]));
      demand(!isOutside, 'observe: expected nothing beside its numbers to be written');
      demand(allFinite(guarded.subarray(1, size + 1)), 'observe: expected all of its numbers to be written');
      const play = new RandomPlay(kernelFor(setting), { n: 2, seed: 1, actionSeed: 2 });
      const { spec, obs, reward } = play.env;
      for (let t = 0; t < steps(300); t++) {
        play.step();
        demand(allFinite(obs), `observation at step ${t}: expected finite numbers`);
        demand(allFinite(reward), `reward at step ${t}: expected finite numbers`);
        if (spec.observation.kind === 'discrete') demandStates(obs, spec.observation.states, t);
      }
    },
  },
  {
    name: 'refreshes to what it observes',
    applies: (setting) => kernelFor(setting).refresh !== undefined,
    check(setting) {
      const steps = stepsOf(setting);
      const kernel = kernelFor(setting);
      const state = kernel.allocate(2);
      const rng = rngStreams(1)('world');
      const choice = new RandomPlay(kernelFor(setting), { n: 1, seed: 3, actionSeed: 4 });
      const out = eventsOf(kernel);
      const size = observationSize(kernel.spec);
      const seen = new Float32Array(size + 2).fill(NaN);
      const kept = new Float32Array(size + 2).fill(NaN).fill(0, 1, size + 1);
      kernel.reset(state, 1, rng);
      for (let t = 0; t < steps(2000); t++) {
        choice.choose();
        kernel.step(state, 1, actionOf(choice), rng, out);
        // Now and then an episode ends unseen, and some steps are looked at twice or not at all.
        if (out.terminated || t % 97 === 96) kernel.reset(state, 1, rng);
        out.terminated = false;
        if (t % 5 === 4) continue;
        kernel.observe(state, 1, seen, 1);
        for (let look = 0; look <= t % 2; look++) kernel.refresh?.(state, 1, kept, 1);
        expectSame(kept, seen, `observation, step ${t}`);
      }
    },
  },
  {
    name: 'repeats with the same seed and differs with another wherever it draws at all',
    check(setting) {
      const steps = stepsOf(setting);
      const count = steps(500);
      const run = (seed: number): readonly number[] =>
        trace(new RandomPlay(kernelFor(setting), { n: 3, seed, actionSeed: 7 }), count);
      const first = run(1);
      expectSame(run(1), first, 'the same seed again: step');
      const differs = run(2).some((hash, t) => hash !== first[t]);
      if (drawsOf(kernelFor(setting)) > 0)
        demand(differs, 'another seed: expected another run, got the same');
      else demand(!differs, 'another seed: expected the same run, as nothing is drawn from it');
    },
  },
  {
    name: 'keeps slots apart',
    check(setting) {
      const steps = stepsOf(setting);
      const n = 3;
      const kernel = kernelFor(setting);
      const state = kernel.allocate(n);
      const rng = rngStreams(3)('world');
      const out = eventsOf(kernel);
      for (const [name, { length }] of Object.entries(state))
        demand(
          length % n === 0,
          `${name}: expected a multiple of ${n} numbers for ${n} slots, got ${length}`,
        );
      for (let i = 0; i < n; i++) kernel.reset(state, i, rng);
      const choice = new RandomPlay(kernelFor(setting), { n: 1, seed: 3, actionSeed: 4 });
      for (let t = 0; t < steps(300); t++) {
        const before = copyColumns(state);
        choice.choose();
        out.events.fill(0);
        out.terminated = false;
        kernel.step(state, 1, actionOf(choice), rng, out);
        demandOthersUntouched(before, state, n);
        if (!out.terminated && t % 50 !== 49) continue;
        const ended = copyColumns(state);
        kernel.reset(state, 1, rng);
        demandOthersUntouched(ended, state, n);
      }
    },
  },
  {
    name: 'plays the same in slot 0 of one and of many',
    check(setting) {
      const steps = stepsOf(setting);
      // Slot i of a vector draws from stream i, and the action stream is shared out in slot order: compare slot 0 with itself.
      const one = new RandomPlay(kernelFor(setting), { n: 1, seed: 5, actionSeed: 6 });
      const many = new VectorEnv(kernelFor(setting), 3, rngStreams(5));
      const dims = one.actions.box.length;
      const size = observationSize(one.env.spec);
      for (let t = 0; t < steps(300); t++) {
        one.step();
        const discrete = Int32Array.of(one.actions.discrete[0], 0, 0);
        const box = new Float32Array(3 * dims);
        box.set(one.actions.box);
        many.step({ discrete, box });
        expectSame(many.obs.subarray(0, size), one.env.obs, `observation, step ${t}`);
        expectSame(many.reward.subarray(0, 1), one.env.reward, `reward, step ${t}`);
      }
    },
  },
  {
    name: 'goes on after snapshot and restore as if nothing had happened',
    check(setting) {
      const steps = stepsOf(setting);
      const original = new RandomPlay(kernelFor(setting), { n: 2, seed: 8, actionSeed: 9 });
      const resumed = new RandomPlay(kernelFor(setting), { n: 2, seed: 80, actionSeed: 10 });
      for (let t = 0; t < steps(150); t++) original.step();
      for (let t = 0; t < steps(40); t++) resumed.step();
      resumed.env.restore(structuredClone(original.env.snapshot()));
      for (let t = 0; t < steps(300); t++) {
        original.step();
        resumed.env.step(original.actions);
        expectSame(resumed.env.obs, original.env.obs, `observation, step ${t}`);
        expectSame(resumed.env.reward, original.env.reward, `reward, step ${t}`);
      }
      demandSame(resumed.env.snapshot(), original.env.snapshot(), 'the snapshot after it');
    },
  },
];

function demandStates(obs: Float32Array, states: number, step: number): void {
  for (const state of obs)
    demand(
      Number.isInteger(state) && state >= 0 && state < states,
      `step ${step}: expected a state below ${states}, got ${state}`,
    );
}

/** How many numbers a while of play draws. */
function drawsOf(kernel: EnvKernel): number {
  const rng = new CountingRng(rngStreams(1)('count'));
  const play = new RandomPlay(kernel, { n: 1, seed: 1, actionSeed: 1 });
  const state = kernel.allocate(1);
  const out = eventsOf(kernel);
  kernel.reset(state, 0, rng);
  for (let t = 0; t < 50; t++) {
    play.choose();
    kernel.step(state, 0, actionOf(play), rng, out);
    if (out.terminated) kernel.reset(state, 0, rng);
    out.terminated = false;
  }
  return rng.draws;
}

/** Slot 1 of n may have changed, no other. */
function demandOthersUntouched(before: Columns, after: Columns, n: number): void {
  for (const [name, column] of Object.entries(after)) {
    const row = column.length / n;
    const old = before[name];
    for (let k = 0; k < column.length; k++) {
      const slot = Math.floor(k / row);
      if (slot !== 1 && column[k] !== old[k] && !(Number.isNaN(column[k]) && Number.isNaN(old[k])))
        throw new Error(`${name}[${k}] belongs to slot ${slot}, but a step of slot 1 wrote it`);
    }
  }
}
