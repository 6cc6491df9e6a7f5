/**
 * The promises of every registered world, in every setting that its switches offer: what it says of itself, repeatable
 * play, slots that do not touch each other, ends told apart, and snapshots that lose nothing.
 */
import { describe, expect, it } from 'vitest';
import { describe as describeFields } from '#core/config.ts';
import { actionSize, observationSize, type EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { copyColumns, type TypedArray } from '#core/snapshot.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { compileFormula } from '#data/formula.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { REWARD_EDITS } from '#core/shaping.ts';
import { CountingRng, defaults, expectSame, kernelFor, RandomPlay, trace, variants } from './env-play.ts';

const settings = [...defaults, ...variants];

it('has worlds, each once', () => {
  expect(worlds.length).toBeGreaterThan(0);
  expect(new Set(worlds.map((world) => world.id)).size).toBe(worlds.length);
});

describe.each(defaults)('$name', (setting) => {
  it('describes itself', () => {
    const { definition } = setting;
    const { spec } = kernelFor(setting);
    expect(definition.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(spec.id).toBe(definition.id);
    expect(definition.summary).toMatch(/\.$/);
    expect(() => describeFields(definition.params)).not.toThrow();
    expect(spec.title.length).toBeGreaterThan(0);
    expect(spec.version).toBeGreaterThanOrEqual(1);
    expect(Number.isInteger(spec.maxSteps) && spec.maxSteps >= 0).toBe(true);
    expect(spec.fps).toBeGreaterThan(0);
    expect(spec.rewards.length).toBeGreaterThan(0);
    expect(new Set(spec.rewards.map((term) => term.id)).size).toBe(spec.rewards.length);
    for (const term of spec.rewards) {
      expect(REWARD_EDITS).not.toContain(term.id);
      expect(term.help.length).toBeGreaterThan(0);
      expect(Number.isFinite(term.weight)).toBe(true);
    }
    expect(Object.keys(spec.keys).length).toBeGreaterThan(0);
  });
});

describe.each(settings.filter((setting) => kernelFor(setting).spec.quantities))('$name', (setting) => {
  it('names quantities that it measures, and that formulas can use', () => {
    const kernel = kernelFor(setting);
    const { quantities = [], grid, observation } = kernel.spec;
    expect(new Set(quantities).size).toBe(quantities.length);
    for (const name of quantities) expect(compileFormula(name, quantities)(quantities.map(() => 2))).toBe(2);
    if (!kernel.measure) expect(observation).toMatchObject({ kind: 'vector', shape: [quantities.length] });
    if (grid) expect(quantities.slice(0, 2)).toEqual(['x', 'y']);
    const play = new RandomPlay(kernel, { n: 2, seed: 1, actionSeed: 2 });
    let measured = 0;
    const look = (values: Float32Array): number => {
      measured++;
      expect(values.length).toBe(quantities.length);
      expect(values.every(Number.isFinite)).toBe(true);
      if (grid) expect(values[0] < grid.width && values[1] < grid.height).toBe(true);
      return 0;
    };
    play.env.shape({ bonus: look, potential: look, discount: () => 1 });
    for (let k = 0; k < 50; k++) play.step();
    expect(measured).toBeGreaterThan(100);
  });
});

describe.each(settings)('$name', (setting) => {
  // Large observations cost time and show nothing more.
  const scale =
    observationSize(kernelFor(setting).spec) > 5000 ? 0.02 : setting.name.includes('=') ? 0.2 : 0.6;
  const steps = (count: number): number => Math.max(30, Math.round(count * scale));

  it('names every channel of its planes, if any', () => {
    const { observation } = kernelFor(setting).spec;
    if (observation.kind !== 'planes') return;
    const { names, values, shape } = observation;
    if (names) expect(names).toHaveLength(shape[2]);
    if (values) expect(values).toHaveLength(shape[2]);
  });

  it('has consistent actions and keys', () => {
    const { spec } = kernelFor(setting);
    const actions = actionSize(spec);
    const { action } = spec;
    expect(actions).toBeGreaterThan(0);
    if (action.kind === 'discrete') expect(new Set(action.names).size).toBe(actions);
    else {
      expect(action.high.length).toBe(actions);
      action.low.forEach((low, d) => expect(low).toBeLessThan(action.high[d]));
    }
    // In a box world key 2d is the low and key 2d + 1 the high end of dimension d.
    const codes = action.kind === 'discrete' ? actions : 2 * actions;
    for (const [key, code] of Object.entries(spec.keys)) {
      expect(key).toMatch(/^[A-Z][A-Za-z0-9]+$/);
      expect(Number.isInteger(code) && code >= 0 && code < codes, `key ${key}: action ${code}`).toBe(true);
    }
  });

  it('writes all of an observation, nothing else, and only numbers that make sense', () => {
    const play = new RandomPlay(kernelFor(setting), { n: 2, seed: 1, actionSeed: 2 });
    const { spec } = play.env;
    const size = observationSize(spec);
    const kernel = kernelFor(setting);
    const state = kernel.allocate(1);
    kernel.reset(state, 0, rngStreams(1)('world'));
    const guarded = new Float32Array(size + 2).fill(Number.NaN);
    kernel.observe(state, 0, guarded, 1);
    expect(Number.isNaN(guarded[0]) && Number.isNaN(guarded[size + 1])).toBe(true);
    expect(guarded.subarray(1, size + 1).every(Number.isFinite)).toBe(true);
    for (let t = 0; t < steps(300); t++) {
      play.step();
      expect(play.env.obs.every(Number.isFinite), `observation at step ${t}`).toBe(true);
      expect(play.env.reward.every(Number.isFinite), `reward at step ${t}`).toBe(true);
      if (spec.observation.kind === 'discrete') {
        const { states } = spec.observation;
        expect(play.env.obs.every((s) => Number.isInteger(s) && s >= 0 && s < states)).toBe(true);
      }
    }
  });

  it('refreshes to what it observes', () => {
    const kernel = kernelFor(setting);
    if (!kernel.refresh) return;
    const state = kernel.allocate(2);
    const rng = rngStreams(1)('world');
    const choice = new RandomPlay(kernelFor(setting), { n: 1, seed: 3, actionSeed: 4 });
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    const size = observationSize(kernel.spec);
    const seen = new Float32Array(size + 2).fill(Number.NaN);
    const kept = new Float32Array(size + 2).fill(Number.NaN).fill(0, 1, size + 1);
    kernel.reset(state, 1, rng);
    for (let t = 0; t < steps(2000); t++) {
      choice.choose();
      kernel.step(state, 1, choice.actions.discrete[0], rng, out);
      // Now and then an episode ends unseen, and some steps are looked at twice or not at all.
      if (out.terminated || t % 97 === 96) kernel.reset(state, 1, rng);
      out.terminated = false;
      if (t % 5 === 4) continue;
      kernel.observe(state, 1, seen, 1);
      for (let look = 0; look <= t % 2; look++) kernel.refresh(state, 1, kept, 1);
      expectSame(kept, seen, `observation, step ${t}`);
    }
  });

  it('repeats with the same seed and differs with another wherever it draws at all', () => {
    const count = steps(500);
    const run = (seed: number): readonly number[] =>
      trace(new RandomPlay(kernelFor(setting), { n: 3, seed, actionSeed: 7 }), count);
    const first = run(1);
    expect(run(1)).toEqual(first);
    if (drawsOf(kernelFor(setting)) > 0) expect(run(2)).not.toEqual(first);
    else expect(run(2)).toEqual(first);
  });

  it('keeps slots apart', () => {
    const n = 3;
    const kernel = kernelFor(setting);
    const state = kernel.allocate(n);
    const rng = rngStreams(3)('world');
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    for (const column of Object.values(state)) expect(column.length % n).toBe(0);
    for (let i = 0; i < n; i++) kernel.reset(state, i, rng);
    const choice = new RandomPlay(kernelFor(setting), { n: 1, seed: 3, actionSeed: 4 });
    for (let t = 0; t < steps(300); t++) {
      const before = copyColumns(state);
      choice.choose();
      out.events.fill(0);
      out.terminated = false;
      const { discrete, box } = choice.actions;
      kernel.step(state, 1, discrete.length > 0 ? discrete[0] : box, rng, out);
      expectOthersUntouched(before, state, n);
      if (out.terminated || t % 50 === 49) {
        const ended = copyColumns(state);
        kernel.reset(state, 1, rng);
        expectOthersUntouched(ended, state, n);
      }
    }
  });

  it('plays the same in slot 0 of one and of many', () => {
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
      expect(many.reward[0]).toBe(one.env.reward[0]);
    }
  });

  it('goes on after snapshot and restore as if nothing had happened', () => {
    const original = new RandomPlay(kernelFor(setting), { n: 2, seed: 8, actionSeed: 9 });
    const resumed = new RandomPlay(kernelFor(setting), { n: 2, seed: 80, actionSeed: 10 });
    for (let t = 0; t < steps(150); t++) original.step();
    for (let t = 0; t < steps(40); t++) resumed.step();
    const saved = structuredClone(original.env.snapshot());
    resumed.env.restore(saved);
    for (let t = 0; t < steps(300); t++) {
      original.step();
      resumed.env.step(original.actions);
      expectSame(resumed.env.obs, original.env.obs, `observation, step ${t}`);
      expectSame(resumed.env.reward, original.env.reward, `reward, step ${t}`);
    }
    expect(resumed.env.snapshot()).toEqual(original.env.snapshot());
  });
});

/** How many numbers a while of play draws. */
function drawsOf(kernel: EnvKernel): number {
  const rng = new CountingRng(rngStreams(1)('count'));
  const play = new RandomPlay(kernel, { n: 1, seed: 1, actionSeed: 1 });
  const state = kernel.allocate(1);
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  kernel.reset(state, 0, rng);
  for (let t = 0; t < 50; t++) {
    play.choose();
    const { discrete, box } = play.actions;
    kernel.step(state, 0, discrete.length > 0 ? discrete[0] : box, rng, out);
    if (out.terminated) kernel.reset(state, 0, rng);
    out.terminated = false;
  }
  return rng.draws;
}

/** Slot 1 of n may have changed, no other. */
function expectOthersUntouched(
  before: Readonly<Record<string, TypedArray>>,
  after: Readonly<Record<string, TypedArray>>,
  n: number,
): void {
  for (const [name, column] of Object.entries(after)) {
    const row = column.length / n;
    const old = before[name];
    for (let k = 0; k < column.length; k++)
      if (
        column[k] !== old[k] &&
        !(Number.isNaN(column[k]) && Number.isNaN(old[k])) &&
        Math.floor(k / row) !== 1
      )
        throw new Error(
          `${name}[${k}] belongs to slot ${Math.floor(k / row)}, but a step of slot 1 wrote it`,
        );
  }
}
