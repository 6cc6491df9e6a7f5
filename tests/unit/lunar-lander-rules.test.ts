/** What LunarLander pays, when it ends and what its engines do: the rules of Gymnasium's LunarLander-v3. */
import { describe, expect, it } from 'vitest';
import type { EnvKernel } from '#core/env.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { blow, fire, throttle } from '#envs/control/lunar-lander/engines.ts';
import { lunarLander } from '#envs/control/lunar-lander/lunar-lander.ts';
import { BODIES, BODY } from '#envs/control/lunar-lander/shape.ts';
import { columns, type State } from '#envs/control/lunar-lander/state.ts';

const [DISTANCE, SPEED, TILT, LEGS, MAIN, SIDE] = [0, 1, 2, 3, 4, 5];

/** Lands it: the angle that leads to the pad, the height that suits the distance. */
function pilot([x, y, vx, vy, angle, spin, right, left]: readonly number[]): number {
  const stands = right + left > 0;
  const wanted = Math.min(0.4, Math.max(-0.4, 0.5 * x + vx));
  const up = stands ? -0.5 * vy : 0.5 * (0.55 * Math.abs(x) - y) - 0.5 * vy;
  const turn = stands ? 0 : 0.5 * (wanted - angle) - spin;
  if (up > Math.abs(turn) && up > 0.05) return 2;
  return turn < -0.05 ? 3 : turn > 0.05 ? 1 : 0;
}

function start() {
  const kernel = lunarLander.create(lunarLander.params.parse({})) as EnvKernel<State>;
  const s = kernel.allocate(1);
  const rng = rngStreams(1)('world');
  kernel.reset(s, 0, rng);
  const step = (action: number) => {
    const out = { events: new Float64Array(8), terminated: false };
    kernel.step(s, 0, action, rng, out);
    return { events: [...out.events], terminated: out.terminated };
  };
  const look = (): readonly number[] => {
    const obs = new Float32Array(8);
    kernel.observe(s, 0, obs, 0);
    return [...obs];
  };
  /** Moves hull and legs alike. */
  const shift = (dx: number): void => {
    for (let b = 0; b < BODIES; b++) s.bodies[b * BODY] += dx;
  };
  return { s, step, look, shift };
}

describe('what it pays', () => {
  it('is the decrease of distance, speed and tilt, the legs that touch down less those that lift off, and fuel', () => {
    const { s, step, look } = start();
    let standing = 0;
    for (let before = look(); ;) {
      const action = pilot(before);
      const { events, terminated } = step(action);
      if (terminated) {
        // Half a second at rest: nothing but the landing is paid.
        expect(s.rest[0]).toBe(25);
        expect(events).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
        break;
      }
      const after = look();
      const farther = Math.hypot(after[0], after[1]) - Math.hypot(before[0], before[1]);
      const faster = Math.hypot(after[2], after[3]) - Math.hypot(before[2], before[3]);
      expect(events[DISTANCE]).toBeCloseTo(-farther, 6);
      expect(events[SPEED]).toBeCloseTo(-faster, 6);
      expect(events[TILT]).toBeCloseTo(Math.abs(before[4]) - Math.abs(after[4]), 6);
      expect(events[LEGS]).toBe(after[6] + after[7] - before[6] - before[7]);
      expect(events[MAIN]).toBe(action === 2 ? 1 : 0);
      expect(events[SIDE]).toBe(action === 1 || action === 3 ? 1 : 0);
      expect(events.slice(6)).toEqual([0, 0]);
      standing += after[6] + after[7];
      before = after;
    }
    expect(standing).toBeGreaterThan(2);
  });

  it('is nothing but the crash where it leaves to the side', () => {
    const { step, shift } = start();
    // The field is 20 m wide.
    shift(10.5);
    const { events, terminated } = step(0);
    expect(terminated).toBe(true);
    expect(events).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
  });
});

/** An engine's shake is none in the middle of its draws. */
const still: Rng = { uniform: () => 0.5, integer: () => 0, normal: () => 0 };

function pushed(
  action: number | Float32Array,
  angle = 0,
): { readonly flame: readonly number[]; readonly push: readonly number[] } {
  const s = columns(1);
  s.bodies[2] = angle;
  throttle(s, 0, action);
  const push = new Float64Array(3);
  fire(s, 0, still, push);
  return { flame: [...s.flame], push: [...push] };
}

describe('its engines', () => {
  it('push up along the hull, and to the side while they turn it', () => {
    const [none, left, main, right] = [0, 1, 2, 3].map((action) => pushed(action).push);
    expect(none.map(Math.abs)).toEqual([0, 0, 0]);
    expect(main[1]).toBeGreaterThan(0);
    expect(main[0]).toBeCloseTo(0, 9);
    expect(main[2]).toBeCloseTo(0, 9);
    // The left engine pushes to the left, at a height that turns the lander counter-clockwise.
    expect(left[0]).toBeLessThan(0);
    expect(left[2]).toBeGreaterThan(0);
    expect([right[0], right[2]]).toEqual([expect.closeTo(-left[0], 9), expect.closeTo(-left[2], 9)]);
    // Tilted, the main engine pushes along the hull.
    const tilted = pushed(2, 0.3).push;
    expect(tilted[0] / tilted[1]).toBeCloseTo(-Math.tan(0.3), 9);
  });

  it('have a throttle from half power on, the side ones from half of theirs', () => {
    for (const [lift, power] of [
      [-1, 0],
      [0, 0],
      [0.5, 0.75],
      [1, 1],
      [3, 1],
    ])
      expect(pushed(Float32Array.of(lift, 0)).flame[0]).toBeCloseTo(power, 9);
    for (const [lateral, power] of [
      [0.5, 0],
      [-0.75, -0.75],
      [1, 1],
      [-2, -1],
    ])
      expect(pushed(Float32Array.of(-1, lateral)).flame[1]).toBeCloseTo(power, 9);
  });
});

it('is blown by the wind only while no leg is on the ground', () => {
  for (const [contact, moves] of [
    [[0, 0], true],
    [[1, 0], false],
    [[0, 1], false],
  ] as const) {
    const s = columns(1);
    s.contact.set(contact);
    s.gust.fill(10);
    const push = new Float64Array(3);
    blow(s, 0, { windPower: 15, turbulence: 1.5 }, push);
    expect([push[0] !== 0, push[2] !== 0, s.gust[0]]).toEqual([moves, moves, moves ? 11 : 10]);
  }
});
