/** The worlds for checks: what they show and when they pay, step by step. */
import { expect, it } from 'vitest';
import type { EnvDefinition } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { catchBall } from '#envs/sanity/catch/catch.ts';
import { corridor } from '#envs/sanity/corridor/corridor.ts';
import { memory } from '#envs/sanity/memory/memory.ts';

function start(world: EnvDefinition, params: object) {
  const env = new VectorEnv(world.create(world.params.parse(params)), 1, rngStreams(1));
  const actions = actionBuffer(env.spec, 1);
  const step = (action: number): VectorEnv => {
    actions.discrete[0] = action;
    env.step(actions);
    return env;
  };
  return { env, step };
}

it('Memory shows the cue once, asks after the delay, and pays for that answer alone', () => {
  for (const right of [true, false]) {
    const { env, step } = start(memory, { delay: 2 });
    const cue = env.obs[0];
    expect(Math.abs(cue)).toBe(1);
    expect([...env.obs.subarray(1)]).toEqual([0, 1]);
    const answer = (cue === 1) === right ? 1 : 0;
    for (const [asked, left] of [
      [0, 2 / 3],
      [1, 1 / 3],
    ]) {
      // Answers before the question, wrong ones here, have no effect.
      step(1 - answer);
      expect([env.reward[0], env.terminated[0]]).toEqual([0, 0]);
      expect([env.obs[0], env.obs[1], env.obs[2]]).toEqual([0, asked, Math.fround(left)]);
    }
    step(answer);
    expect([env.reward[0], env.terminated[0]]).toEqual([right ? 1 : -1, 1]);
  }
});

it('Catch ends when the ball is in the last row, with the paddle under it or not', () => {
  for (const caught of [true, false]) {
    const { env, step } = start(catchBall, { rows: 6, columns: 5 });
    const column = env.obs.findIndex((value, k) => value === 1 && k % 2 === 0) / 2;
    const target = caught ? column : (column + 1) % 5;
    // It starts in the middle.
    let paddle = 2;
    for (let row = 1; row < 6; row++) {
      expect(env.terminated[0]).toBe(0);
      const move = Math.sign(target - paddle);
      step(1 + move);
      paddle += move;
    }
    expect([env.reward[0], env.terminated[0]]).toEqual([caught ? 1 : -1, 1]);
  }
});

it('Corridor slips to either side: a step that slips goes the other way', () => {
  const { env, step } = start(corridor, { length: 50, slip: 1 });
  const cells = [0, 0, 1, 0].map((action) => step(action).obs[0]);
  expect(cells).toEqual([1, 2, 1, 2]);
  expect(env.terminated[0]).toBe(0);
});
