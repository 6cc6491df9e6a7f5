/**
 * The field worlds: rays against a slow march, and simple heuristics that read nothing but the observation and do far
 * better than chance, so that what an agent sees suffices for what it is paid for.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { forager } from '#envs/field/forager/forager.ts';
import { highway } from '#envs/field/highway/highway.ts';
import { puckWorld } from '#envs/field/puck-world/puck-world.ts';
import { rayToBox, rayToCircle, rayToEdge } from '#envs/field/rays.ts';
import { waterWorld } from '#envs/field/water-world/water-world.ts';

/** A pilot reads one observation and names an action, or writes the numbers of a box. */
type Pilot = (obs: Float32Array, box: Float32Array) => number;

interface WorldSetup {
  readonly mean: number;
  readonly error: number;
}

/** Mean return over episodes of a pilot, or of random play. */
function play(world: EnvDefinition, given: Record<string, unknown>, pilot: Pilot | 'random'): WorldSetup {
  const episodes = 24;
  const kernel = world.create(parseConfig(world.params, given, 'world'));
  const env = new VectorEnv(kernel, episodes, rngStreams(3));
  const { action } = env.spec;
  const actions = actionBuffer(env.spec, episodes);
  const rng = rngStreams(4)('play');
  const size = env.obs.length / episodes;
  const dims = actions.box.length / episodes;
  const returns: number[] = [];
  const open = new Uint8Array(episodes).fill(1);
  for (let left = episodes; left > 0;) {
    for (let i = 0; i < episodes; i++) {
      const box = actions.box.subarray(i * dims, (i + 1) * dims);
      if (pilot !== 'random') actions.discrete[i] = pilot(env.obs.subarray(i * size, (i + 1) * size), box);
      else if (action.kind === 'discrete') actions.discrete[i] = rng.integer(action.names.length);
      else box.forEach((_, d) => (box[d] = 2 * rng.uniform() - 1));
    }
    env.step(actions);
    for (let i = 0; i < episodes; i++) {
      if (!open[i] || !(env.terminated[i] | env.truncated[i])) continue;
      open[i] = 0;
      left--;
      returns.push(env.episodeReturn[i]);
    }
  }
  const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (episodes - 1);
  return { mean, error: Math.sqrt(variance / episodes) };
}

/** Pushes towards where the puck will be reached without overshooting, along the axis that needs it most. */
const pursuer: Pilot = (obs) => {
  const x = obs[4] - 3 * obs[2];
  const y = obs[5] - 3 * obs[3];
  if (Math.abs(x) > Math.abs(y)) return x < 0 ? 0 : 1;
  return y < 0 ? 2 : 3;
};

/** Turns towards the nearest food in sight, away from poison and walls right ahead, and else walks straight. */
const hungry: Pilot = (obs) => {
  let best = -1;
  for (let eye = 0; eye < 9; eye++)
    if (obs[eye * 3 + 1] < 1 && (best < 0 || obs[eye * 3 + 1] < obs[best * 3 + 1])) best = eye;
  if (best >= 0 && Math.abs(best - 4) <= 1) return best < 4 ? 1 : best > 4 ? 2 : 0;
  if (best >= 0) return best < 4 ? 1 : 2;
  const near = (eye: number) => Math.min(obs[eye * 3], obs[eye * 3 + 2]);
  if (Math.min(near(3), near(4), near(5)) > 0.6) return 0;
  return near(0) + near(1) + near(2) > near(6) + near(7) + near(8) ? 4 : 3;
};

/** Rows towards the nearest food in sight, and away from near poison. */
const rower: Pilot = (obs) => {
  let x = 0;
  let y = 0;
  for (let eye = 0; eye < 30; eye++) {
    const angle = (2 * Math.PI * eye) / 30;
    const food = 1 - obs[eye * 5 + 1];
    const poison = Math.max(0, 0.5 - obs[eye * 5 + 2]);
    const wall = Math.max(0, 0.3 - obs[eye * 5]);
    const pull = food * food - 2 * poison - wall;
    x += pull * Math.cos(angle);
    y += pull * Math.sin(angle);
  }
  x -= 0.5 * obs[150];
  y -= 0.5 * obs[151];
  if (Math.abs(x) > Math.abs(y)) return x < 0 ? 0 : 1;
  return y < 0 ? 2 : 3;
};

/** Keeps its lane through the bends and its distance to the car in front: steering and pedal. */
function laneKeeper(obs: Float32Array): readonly [steering: number, pedal: number] {
  const [speed, heading, , inLane, , bend] = obs.subarray(26);
  const metres = speed * 32;
  const wanted = (bend / 50) * metres - 4 * heading - 0.8 * inLane;
  const steering = wanted / Math.min(0.6, 8 / metres);
  const free = Math.min(obs[10], obs[12], obs[14]) * 70;
  const fast = Math.sqrt(5 / Math.max(0.0005, Math.abs(obs[32]) / 50));
  const target = Math.min(free < 69 ? metres + obs[13] * 32 + (free - 14) * 0.4 : 30, fast, 30);
  return [Math.max(-1, Math.min(1, steering)), Math.max(-1, Math.min(1, target - metres))];
}

const wheel: Pilot = (obs, box) => {
  box.set(laneKeeper(obs));
  return 0;
};

/** The same with keys: brakes first, then steers, then presses the pedal. */
const keys: Pilot = (obs) => {
  const [steering, pedal] = laneKeeper(obs);
  if (Math.abs(steering) < 1 && pedal < -0.9) return 4;
  if (Math.abs(steering) > 0.5) return steering < 0 ? 1 : 2;
  return pedal > 0.5 ? 3 : pedal < -0.5 ? 4 : 0;
};

describe('heuristics beat chance', () => {
  it.each([
    ['puck-world', puckWorld, {}, pursuer, -600],
    ['forager', forager, {}, hungry, 1100],
    ['water-world', waterWorld, {}, rower, 10],
    ['highway', highway, {}, keys, 25],
    ['highway by wheel', highway, { control: 'continuous' }, wheel, 25],
    [
      'highway on a circuit',
      highway,
      {
        road: [
          [0, 0],
          [150, -20],
          [300, 0],
          [380, 120],
          [340, 260],
          [200, 300],
          [120, 220],
          [0, 240],
          [-100, 160],
          [-90, 60],
        ],
      },
      keys,
      20,
    ],
  ] as const)('%s', (_, world, params, pilot, least) => {
    const skilled = play(world, params, pilot);
    const random = play(world, params, 'random');
    expect(skilled.mean).toBeGreaterThan(least);
    expect(skilled.mean - 4 * skilled.error).toBeGreaterThan(random.mean + 4 * random.error);
  });
});

/** The first distance at which a point on the ray is inside, in steps of a thousandth. */
function march(angle: number, inside: (x: number, y: number) => boolean): number {
  for (let t = 0; t < 30; t += 0.001) if (inside(t * Math.cos(angle), t * Math.sin(angle))) return t;
  return Infinity;
}

function expectNear(got: number, marched: number): void {
  // A march may step over a corner that it grazes by less than a step.
  if (Number.isFinite(marched)) expect(Math.abs(got - marched)).toBeLessThan(0.1);
}

describe('rays', () => {
  // Rays and edges that coincide to the last bit belong to neither side; the axes have a test of their own.
  const unit = fc.integer({ min: 1, max: 6282 }).map((k) => k / 1000);
  const place = fc.integer({ min: -1000, max: 1000 }).map((k) => k / 100 + 0.0037);
  const length = fc.integer({ min: 50, max: 500 }).map((k) => k / 100);

  it('meet circles where a march does', () => {
    fc.assert(
      fc.property(unit, place, place, length, (angle, x, y, radius) => {
        const got = rayToCircle(Math.cos(angle), Math.sin(angle), x, y, radius);
        const marched = march(angle, (px, py) => (px - x) ** 2 + (py - y) ** 2 < radius * radius);
        expectNear(got, marched);
        if (got < 29)
          expect(march(angle, (px, py) => Math.hypot(px - x, py - y) < radius + 0.05)).toBeLessThan(
            got + 0.1,
          );
      }),
      { numRuns: 100 },
    );
  });

  it('meet boxes where a march does', () => {
    fc.assert(
      fc.property(unit, place, place, length, (angle, x, y, size) => {
        const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
        const got = rayToBox(dx, dy, x, y, x + size, y + size);
        expectNear(
          got,
          march(angle, (px, py) => px > x && px < x + size && py > y && py < y + size),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('reach the edge of a field from inside it', () => {
    fc.assert(
      fc.property(unit, length, length, (angle, x, y) => {
        const got = rayToEdge(Math.cos(angle), Math.sin(angle), x, y, 6, 7);
        expectNear(
          got,
          march(angle, (px, py) => px < -x || px > 6 - x || py < -y || py > 7 - y),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('run along the axes too', () => {
    expect(rayToBox(1, 0, 2, -1, 3, 1)).toBe(2);
    expect(rayToBox(1, 0, 2, 1, 3, 2)).toBe(Infinity);
    expect(rayToBox(0, 1, 0, 2, 1, 3)).toBe(2);
    expect(rayToBox(-1, 0, 2, 0, 3, 1)).toBe(Infinity);
    expect(rayToEdge(0, -1, 1, 2, 3, 4)).toBe(2);
    expect(rayToCircle(1, 0, -3, 0, 1)).toBe(Infinity);
  });
});
