/** LunarLander as a whole: a simple pilot lands it, chance does not, and the physics keeps what physics keeps. */
import { describe, expect, it } from 'vitest';
import type { EnvDefinition } from '#core/env.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { lunarLander, lunarLanderContinuous } from '#envs/control/lunar-lander/lunar-lander.ts';
import { BODIES, BODY, MASS } from '#envs/control/lunar-lander/shape.ts';
import type { State } from '#envs/control/lunar-lander/state.ts';

const SLOTS = 8;

/** A proportional–derivative pilot: the angle that leads to the pad, the height that suits the distance. Thrusts wanted. */
function pilot(obs: Float32Array): readonly [up: number, turn: number] {
  const [x, y, vx, vy, angle, spin, leg0, leg1] = obs;
  if (leg0 || leg1) return [-0.5 * vy, 0];
  const wantedAngle = Math.min(0.4, Math.max(-0.4, 0.5 * x + vx));
  return [0.5 * (0.55 * Math.abs(x) - y) - 0.5 * vy, 0.5 * (wantedAngle - angle) - spin];
}

function returnsOf(definition: EnvDefinition, episodes: number, fly: 'pilot' | 'random'): readonly number[] {
  const env = new VectorEnv(definition.create(definition.params.parse({})), SLOTS, rngStreams(1));
  const actions = actionBuffer(env.spec, SLOTS);
  const rng = rngStreams(2)('actions');
  const returns: number[] = [];
  while (returns.length < episodes) {
    for (let i = 0; i < SLOTS; i++) choose(env, actions, i, fly, rng);
    env.step(actions);
    for (let i = 0; i < SLOTS; i++)
      if (env.terminated[i] || env.truncated[i]) returns.push(env.episodeReturn[i]);
  }
  return returns;
}

function choose(
  env: VectorEnv,
  actions: ReturnType<typeof actionBuffer>,
  i: number,
  fly: 'pilot' | 'random',
  rng: Rng,
): void {
  const [up, turn] = pilot(env.obs.subarray(8 * i, 8 * i + 8));
  if (env.spec.action.kind === 'discrete') {
    const best = up > Math.abs(turn) && up > 0.05 ? 2 : turn < -0.05 ? 3 : turn > 0.05 ? 1 : 0;
    actions.discrete[i] = fly === 'random' ? rng.integer(4) : best;
  } else {
    actions.box[2 * i] = fly === 'random' ? 2 * rng.uniform() - 1 : Math.min(1, Math.max(-1, 20 * up - 1));
    actions.box[2 * i + 1] = fly === 'random' ? 2 * rng.uniform() - 1 : Math.min(1, Math.max(-1, -20 * turn));
  }
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

describe.each([lunarLander, lunarLanderContinuous])('$id', (definition) => {
  it('is landed by a simple pilot', () => {
    expect(mean(returnsOf(definition, 60, 'pilot'))).toBeGreaterThan(200);
  });

  it('is not landed by chance', () => {
    const floor = mean(returnsOf(definition, 200, 'random'));
    expect(floor).toBeGreaterThan(-220);
    expect(floor).toBeLessThan(-130);
  });
});

describe('physics', () => {
  it('falls freely without engines: the whole lander gains g · t, and keeps its momentum to the side', () => {
    const kernel = lunarLander.create(lunarLander.params.parse({}));
    const s = kernel.allocate(1) as State;
    const rng = rngStreams(3)('world');
    kernel.reset(s, 0, rng);
    const momentum = (axis: number): number =>
      MASS.reduce((sum, mass, b) => sum + mass * s.bodies[b * BODY + 3 + axis], 0);
    const total = MASS.reduce((sum, mass) => sum + mass, 0);
    const [x0, y0] = [momentum(0), momentum(1)];
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    const steps = 20;
    for (let t = 0; t < steps; t++) kernel.step(s, 0, 0, rng, out);
    expect(momentum(0)).toBeCloseTo(x0, 9);
    expect(momentum(1)).toBeCloseTo(y0 - (10 * total * steps) / 50, 9);
  });

  it('holds the legs on their hinges', () => {
    const kernel = lunarLander.create(lunarLander.params.parse({}));
    const s = kernel.allocate(1) as State;
    const rng = rngStreams(4)('world');
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    for (let episode = 0; episode < 20; episode++) {
      kernel.reset(s, 0, rng);
      out.terminated = false;
      while (!out.terminated) {
        kernel.step(s, 0, rng.integer(4), rng, out);
        for (let leg = 1; leg < BODIES; leg++) {
          const angle = (leg === 1 ? 1 : -1) * (s.bodies[leg * BODY + 2] - s.bodies[2]);
          expect(angle).toBeGreaterThan(0.25);
          expect(angle).toBeLessThan(1.05);
        }
      }
    }
  });
});
