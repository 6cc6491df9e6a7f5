/** Wrappers over real worlds: shapes, what they change, what they leave alone, and that nothing of theirs escapes a snapshot. */
import { describe, expect, it } from 'vitest';
import { DrawList } from '#core/draw-list.ts';
import { observationSize, type EnvKernel } from '#core/env.ts';
import { Normaliser, RunningMoments } from '#core/moments.ts';
import { Raster } from '#core/raster.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { actionRepeat, frameStack, oneHot, pixels, timeLimit } from '#core/wrappers.ts';
import { breakout } from '#envs/arcade/breakout/breakout.ts';
import { cartPole } from '#envs/control/cart-pole/cart-pole.ts';
import { pendulum } from '#envs/control/pendulum/pendulum.ts';
import { corridor } from '#envs/sanity/corridor/corridor.ts';

const pole = (): EnvKernel => cartPole.create(cartPole.params.parse({}));
const walk = (): EnvKernel => corridor.create(corridor.params.parse({}));
const wall = (): EnvKernel => breakout.create(breakout.params.parse({}));
const rod = (): EnvKernel => pendulum.create(pendulum.params.parse({}));

function play(env: VectorEnv, action: number): void {
  const actions = actionBuffer(env.spec, env.n);
  actions.discrete.fill(action);
  actions.box.fill(action);
  env.step(actions);
}

const vector = (kernel: EnvKernel, n = 1): VectorEnv => new VectorEnv(kernel, n, rngStreams(1));

describe('oneHot', () => {
  it('has a 1 where the state is', () => {
    const env = vector(oneHot(walk()));
    play(env, 1);
    expect([...env.obs]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('refuses what is no index, and keeps the model', () => {
    expect(() => oneHot(pole())).toThrow(
      'cart-pole.observation: expected a discrete observation, got vector',
    );
    expect(oneHot(walk()).model?.().states).toBe(8);
  });
});

describe('timeLimit', () => {
  it('truncates and never terminates', () => {
    const env = vector(timeLimit(walk(), 3));
    for (let t = 0; t < 3; t++) play(env, 0);
    expect([env.truncated[0], env.terminated[0]]).toEqual([1, 0]);
    for (const wrong of [-1, 1.5, Number.NaN])
      expect(() => timeLimit(walk(), wrong)).toThrow('maxSteps: expected');
  });
});

describe('frameStack', () => {
  it('holds the last observations, oldest first, all the first one after a reset', () => {
    const stack = vector(frameStack(pole(), 3));
    const plain = vector(pole());
    const seen = [plain.obs.slice(), plain.obs.slice(), plain.obs.slice()];
    for (let t = 0; t < 200; t++) {
      expect([...stack.obs], `step ${t}`).toEqual(seen.slice(-3).flatMap((obs) => [...obs]));
      play(stack, t & 1);
      play(plain, t & 1);
      seen.push(plain.obs.slice());
      if (plain.terminated[0]) {
        expect([...stack.finalObs.subarray(8)]).toEqual([...plain.finalObs]);
        seen.push(plain.obs.slice(), plain.obs.slice());
      }
    }
  });

  it('stacks planes along the channels, and itself', () => {
    const kernel = frameStack(frameStack(wall(), 2), 2);
    expect(kernel.spec.observation.shape).toEqual([10, 10, 16]);
    const env = vector(kernel);
    const plain = vector(wall());
    play(env, 0);
    play(plain, 0);
    // Channels: two frames of two frames; the last four are the newest picture.
    for (let cell = 0; cell < 100; cell++)
      expect([...env.obs.subarray(16 * cell + 12, 16 * cell + 16)]).toEqual([
        ...plain.obs.subarray(4 * cell, 4 * cell + 4),
      ]);
  });
});

describe('actionRepeat', () => {
  it('adds up rewards and stops at an end', () => {
    const env = vector(actionRepeat(pole(), 4));
    expect([env.spec.maxSteps, env.spec.fps]).toEqual([125, 12.5]);
    const rewards: number[] = [];
    for (let t = 0; t < 50 && !env.terminated[0]; t++) {
      play(env, 1);
      rewards.push(env.reward[0]);
    }
    expect(env.terminated[0]).toBe(1);
    expect(rewards.slice(0, -1).every((reward) => reward === 4)).toBe(true);
    expect(rewards.at(-1)).toBeLessThanOrEqual(4);
  });

  it('plays no step after the end, which begins the next episode', () => {
    // Two steps to the goal, of four.
    const env = vector(actionRepeat(corridor.create(corridor.params.parse({ length: 3 })), 4));
    env.weights.set([1, 10]);
    play(env, 1);
    expect([env.reward[0], env.terminated[0], env.finalObs[0], env.obs[0]]).toEqual([21, 1, 2, 0]);
  });
});

describe('normalisation', () => {
  it('gives observations mean 0 and variance 1, and freezes', () => {
    const moments = new RunningMoments(3);
    const env = new VectorEnv(rod(), 8, rngStreams(1), { normaliser: new Normaliser(moments) });
    const late: number[] = [];
    for (let t = 0; t < 4000; t++) {
      play(env, Math.sin(t / 7) * 2);
      if (t > 2000) late.push(env.obs[2]);
    }
    const mean = late.reduce((sum, x) => sum + x, 0) / late.length;
    const variance = late.reduce((sum, x) => sum + (x - mean) ** 2, 0) / late.length;
    expect(Math.abs(mean)).toBeLessThan(0.3);
    expect(Math.abs(variance - 1)).toBeLessThan(0.4);
    const [first, raw] = [env.obs[2], env.raw.obs[2]];
    expect(first).toBeCloseTo((raw - moments.mean[2]) / Math.sqrt(moments.variance(2)), 5);
    moments.learning = false;
    const before = moments.snapshot();
    play(env, 0);
    expect(moments.snapshot()).toEqual(before);
    const copy = new RunningMoments(3);
    copy.restore(structuredClone(before));
    expect(copy.variance(1)).toBe(moments.variance(1));
  });

  it('shows a restored world by the statistics of now', () => {
    const moments = new RunningMoments(3);
    const env = new VectorEnv(rod(), 1, rngStreams(1), { normaliser: new Normaliser(moments) });
    for (let t = 0; t < 20; t++) play(env, 1);
    const saved = structuredClone(env.snapshot());
    moments.statistics = { count: 9, mean: Float64Array.of(1, 2, 3), variance: Float64Array.of(4, 4, 4) };
    env.restore(saved);
    for (let k = 0; k < 3; k++) expect(env.obs[k]).toBeCloseTo((env.raw.obs[k] - (k + 1)) / 2, 5);
  });

  it('clips what is more than ten deviations away, to either side', () => {
    const moments = new RunningMoments(1);
    for (const x of [0, 2]) moments.add([x]);
    const into = new Float32Array(4);
    // Mean 1, variance 1.
    new Normaliser(moments).normalise(Float32Array.of(1000, -1000, 10.5, -8.5), into);
    expect([...into]).toEqual([10, -10, expect.closeTo(9.5, 5), expect.closeTo(-9.5, 5)]);
  });

  it('computes mean and variance as the plain formulas do', () => {
    const moments = new RunningMoments(1);
    const numbers = [3, 1e6, -4, 0.5, 7];
    for (const x of numbers) moments.add([x]);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / 5;
    expect(moments.mean[0]).toBeCloseTo(mean, 6);
    expect(moments.variance(0) / (numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 5)).toBeCloseTo(
      1,
      9,
    );
  });
});

/** Area of what is drawn in a picture of 10 by 10. */
function area(draw: (list: DrawList) => void): number {
  const list = new DrawList();
  list.begin(10, 10, 0x000000);
  draw(list);
  const picture = new Float32Array(200 * 200);
  new Raster(200, 200).draw(list, picture, 0);
  return picture.reduce((sum, x) => sum + x, 0) / 400;
}

describe('pixels', () => {
  it('draws shapes where they are, blended, in the luminance of their colour', () => {
    const list = new DrawList();
    list.begin(4, 2, 0x000000);
    list.rect(0, 0, 2, 1, 0xffffff);
    list.rect(2, 1, 2, 1, 0xffffff, 0, Math.PI, 0.5);
    list.glyph(65, 3, 0.5, 1, 0xffffff);
    const picture = new Float32Array(8);
    new Raster(4, 2).draw(list, picture, 0);
    expect([...picture]).toEqual([1, 1, 0, 0, 0, 0, 0.5, 0.5]);
  });

  it('gives every kind of shape about its area', () => {
    expect(area((list) => list.circle(5, 5, 3, 0xffffff))).toBeCloseTo(9 * Math.PI, 0);
    expect(area((list) => list.triangle(1, 1, 9, 2, 4, 8, 0xffffff))).toBeCloseTo(26.5, 0);
    expect(area((list) => list.rect(3, 4, 4, 2, 0xffffff, 0, 0.7))).toBeCloseTo(8, 0);
    expect(area((list) => list.line(2, 2, 6, 5, 0.5, 0xffffff))).toBeCloseTo(2.75, 0);
  });

  it('shows Breakout as Atari agents see it: 84 × 84, four pictures, 0 to 1', () => {
    const kernel = breakout.create(breakout.params.parse({ observation: 'pixels' }));
    expect(kernel.spec.observation).toMatchObject({ kind: 'planes', shape: [84, 84, 4], levels: 255 });
    const env = vector(kernel, 2);
    for (let t = 0; t < 20; t++) play(env, 1);
    expect(env.obs.every((x) => x >= 0 && x <= 1)).toBe(true);
    expect(new Set(env.obs).size).toBeGreaterThan(4);
    // Shades of grey that a byte expresses.
    expect(env.obs.every((x) => Math.fround(Math.round(x * 255) / 255) === x)).toBe(true);
    expect(observationSize(pixels(wall(), 42).spec)).toBe(42 * 42);
  });
});

describe('snapshots', () => {
  it('hold what wrappers remember', () => {
    const [one, two] = [1, 2].map(() => vector(frameStack(actionRepeat(wall(), 2), 3), 2));
    for (let t = 0; t < 9; t++) play(one, t % 3);
    two.restore(structuredClone(one.snapshot()));
    for (let t = 0; t < 30; t++) {
      play(one, t % 3);
      play(two, t % 3);
      expect(two.snapshot()).toEqual(one.snapshot());
    }
  });
});
