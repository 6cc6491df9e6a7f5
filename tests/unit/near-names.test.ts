/** What an unknown name suggests: names as other libraries and other cases spell them. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { known } from '#core/near.ts';
import { findAgent, resolveRun } from '#train/request/resolve.ts';
import { findWorld } from '#train/world/setup.ts';

describe('an unknown world', () => {
  it.each([
    ['CartPole-v1', 'cart-pole'],
    ['cartpole', 'cart-pole'],
    ['MountainCarContinuous-v0', 'mountain-car-continuous'],
    ['ALE/Breakout-v5', 'breakout'],
    ['BreakoutNoFrameskip-v4', 'breakout'],
    ['MinAtar/SpaceInvaders-v1', 'space-invaders'],
    ['MiniGrid-DoorKey-5x5-v0', 'minigrid-door-key'],
    ['FROZEN_LAKE', 'frozen-lake'],
  ])('%s', (given, meant) => {
    const [first] = /near: ([^,)]*)/.exec(problemOf(() => findWorld(given))?.expected ?? '')?.slice(1) ?? [];
    expect(first).toBe(meant);
  });

  it('like no other says where all are listed', () => {
    expect(() => findWorld('chess')).toThrow('world: expected a known name (see `ludus envs`), got "chess"');
  });
});

describe('an unknown agent', () => {
  it.each([
    ['PPO', 'a known name (near: ppo)'],
    ['DQN', 'a known name (near: dqn)'],
    ['QLearning', 'a known name (near: q-learning)'],
    ['rainbow', 'an agent (near: --agent dqn --preset rainbow)'],
    ['DDPG', 'an agent (near: --agent td3 --preset ddpg)'],
    ['alphazero', 'a known name (see `ludus agents`)'],
  ])('%s', (given, expected) => {
    expect(problemOf(() => findAgent(given))).toMatchObject({ field: 'agent', expected });
  });
});

describe('an unknown setting', () => {
  it.each([
    [
      { agent: 'dqn', config: { learning_rate: 1 } },
      'agent.learning_rate: expected a known name (near: learningRate)',
    ],
    [{ agent: 'dqn', config: { zzzzzz: 1 } }, 'agent.zzzzzz: expected a known name (see `ludus agents dqn`)'],
    [{ agent: 'dqn', wrappers: { zzzzzz: 1 } }, 'wrap.zzzzzz: expected '],
  ])('%j', (given, message) => {
    expect(() => resolveRun({ world: 'cart-pole', ...given })).toThrow(message);
  });
});

it('a short list is shown in full, and the same name in another spelling alone', () => {
  expect(known('zzzzzz', ['one', 'two'], 'all')).toBe('one of one, two');
  expect(known('ONE', ['one', 'on', 'ones'])).toBe('a known name (near: one)');
});
