/** The rules of the field worlds, one situation at a time, as their READMEs have them. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { forager } from '#envs/field/forager/forager.ts';
import { highway } from '#envs/field/highway/highway.ts';
import { LANE } from '#envs/field/highway/road.ts';
import { puckWorld } from '#envs/field/puck-world/puck-world.ts';
import { waterWorld } from '#envs/field/water-world/water-world.ts';

type Numbers = Readonly<Record<string, Float64Array | Float32Array | Uint8Array | Int32Array>>;

/** One slot, just reset; `set` puts numbers into its columns. */
function start(world: EnvDefinition, given: Record<string, unknown>) {
  const kernel = world.create(parseConfig(world.params, given, 'world')) as EnvKernel<Numbers>;
  const s = kernel.allocate(1);
  const rng = rngStreams(1)('world');
  kernel.reset(s, 0, rng);
  const set = (columns: Readonly<Record<string, readonly number[]>>): void => {
    for (const [name, values] of Object.entries(columns)) s[name].set(values);
  };
  const step = (action: number | Float32Array) => {
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    kernel.step(s, 0, action, rng, out);
    return { events: [...out.events], terminated: out.terminated };
  };
  return { s, set, step };
}

describe('Forager', () => {
  const [FOOD, POISON] = [1, 2];

  it('pays for red food and punishes green', () => {
    for (const [kind, eaten] of [
      [FOOD, [1, 0]],
      [POISON, [0, 1]],
    ] as const) {
      const { s, set, step } = start(forager, { items: 1, regrowth: 0 });
      set({ x: [350], y: [50], angle: [0], itemX: [352], itemY: [50], itemKind: [kind] });
      expect(step(0).events.slice(0, 2)).toEqual(eaten);
      // It is gone.
      expect(s['itemKind'][0]).toBe(3);
      expect(step(0).events.slice(0, 2)).toEqual([0, 0]);
    }
  });

  it('walks ahead where it is free, and stays where a wall is', () => {
    const { s, set, step } = start(forager, { items: 1 });
    set({ x: [350], y: [50], angle: [0] });
    step(0);
    expect(s['x'][0]).toBeGreaterThan(350);
    expect(s['y'][0]).toBe(50);
    // The left edge of the second block is at 400, the agent's radius 10.
    set({ x: [390], y: [250], angle: [0] });
    step(0);
    expect(s['x'][0]).toBe(390);
  });
});

describe('Highway', () => {
  const wheel = { control: 'continuous', lanes: 2, cars: 0, curves: 0.02 };
  const straight = Float32Array.of(0, 0);

  it('covers more road per metre on the inside of a bend, and less on the outside', () => {
    for (const d of [0, 2, -2]) {
      const { s, set, step } = start(highway, wheel);
      // Where both waves of the road are at their top it bends to the right by 0.02/m.
      set({ s: [0], d: [d], heading: [0], ownSpeed: [20], phase: [Math.PI / 2, Math.PI / 2] });
      step(straight);
      expect(s['s'][0]).toBeCloseTo(2 / (1 - 0.02 * d), 6);
    }
  });

  it('turns by 0.6 rad/s at most, and at speed by what gives a sideways acceleration of 8 m/s²', () => {
    for (const [speed, rate] of [
      [10, 0.6],
      [32, 8 / 32],
    ]) {
      const { s, set, step } = start(highway, { ...wheel, curves: 0 });
      set({ d: [0], heading: [0], ownSpeed: [speed] });
      step(Float32Array.of(1, 0));
      expect(s['heading'][0]).toBeCloseTo(0.1 * rate, 6);
    }
  });

  it('is off the road as soon as a wheel is, one metre from its middle', () => {
    for (const [d, off] of [
      [LANE - 1.01, 0],
      [LANE - 0.99, 1],
      [-LANE + 0.99, 1],
    ]) {
      const { set, step } = start(highway, { ...wheel, curves: 0 });
      set({ d: [d], heading: [0], ownSpeed: [20] });
      const { events, terminated } = step(straight);
      expect([events[2], terminated]).toEqual([off, off === 1]);
    }
  });

  it('counts cars overtaken, less those that overtake', () => {
    for (const [ahead, speed, overtaken] of [
      [0.5, 10, 1],
      [-0.5, 30, -1],
      [5, 10, 0],
    ]) {
      const { set, step } = start(highway, { ...wheel, curves: 0, cars: 1 });
      // In the other lane.
      set({
        d: [-LANE / 2],
        heading: [0],
        ownSpeed: [20],
        ahead: [ahead],
        lane: [1],
        speed: [speed],
        wish: [speed],
      });
      expect(step(straight).events[3]).toBe(overtaken);
    }
  });

  it('has drivers that brake behind a slower car in their lane, and not behind one in another', () => {
    for (const [lane, speed] of [
      [1, 20 - 0.8],
      [0, 20],
    ]) {
      const { s, set, step } = start(highway, { ...wheel, curves: 0, cars: 2 });
      set({
        d: [-LANE / 2],
        ownSpeed: [20],
        heading: [0],
        ahead: [40, 50],
        lane: [1, lane],
        speed: [20, 10],
        wish: [20, 10],
      });
      step(straight);
      expect(s['speed'][0]).toBeCloseTo(speed, 6);
      expect(s['speed'][1]).toBeCloseTo(10, 6);
    }
  });
});

describe('PuckWorld', () => {
  it('is hunted by the red puck, and pays for its depth within reach and nothing beyond', () => {
    for (const [x, depth] of [
      [0.6, 1 - 0.1 / 0.25],
      [0.9, 0],
    ]) {
      const { s, set, step } = start(puckWorld, { hunterSpeed: 0.01 });
      set({ x: [0.5], y: [0.5], vx: [0], vy: [0], pucks: [0.5, 0.2, x, 0.5] });
      const { events } = step(4);
      expect(events[0]).toBeCloseTo(0.3, 9);
      expect(events[1]).toBeCloseTo(depth, 9);
      expect([...s['pucks'].subarray(2)]).toEqual([expect.closeTo(x - 0.01, 9), 0.5]);
    }
  });

  it('turns back at half the speed at a wall', () => {
    const { s, set, step } = start(puckWorld, {});
    set({ x: [0.06], y: [0.5], vx: [-0.02], vy: [0] });
    step(4);
    expect(s['x'][0]).toBe(0.05);
    expect(s['vx'][0]).toBeCloseTo(0.5 * 0.95 * 0.02, 9);
  });
});

describe('WaterWorld', () => {
  it('pays for food and punishes poison', () => {
    for (const [kind, touched] of [
      [1, [1, 0]],
      [2, [0, 1]],
    ] as const) {
      const { set, step } = start(waterWorld, { items: 1 });
      set({ x: [350], y: [250], vx: [0], vy: [0], items: [355, 250, 0, 0], kinds: [kind] });
      expect(step(4).events).toEqual(touched);
    }
  });

  it('stops the agent at a wall, and turns items back', () => {
    const { s, set, step } = start(waterWorld, { items: 1 });
    set({ x: [11], y: [250], vx: [-4], vy: [1], items: [689, 400, 2, 0] });
    step(4);
    expect([s['x'][0], s['vx'][0]]).toEqual([10, 0]);
    expect(s['vy'][0]).toBeCloseTo(0.95, 9);
    expect([...s['items'].subarray(0, 3)]).toEqual([690, 400, -2]);
  });
});
