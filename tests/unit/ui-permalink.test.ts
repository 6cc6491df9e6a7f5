/** A link holds the whole set-up, and a bad one loses only what is wrong with it. */
import { expect, test } from 'vitest';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { FIRST, fromLink, toLink, without } from '#ui/state/permalink.ts';
import type { Setup } from '#worker/protocol.ts';

const full: Setup = {
  request: {
    world: 'frozen-lake',
    params: { slippery: 'true', map: '4x4' },
    rewards: { goal: '2.5' },
    wrappers: { frameStack: '2' },
    agent: 'dqn',
    preset: 'cleanrl',
    config: { learningRate: '0.001', hidden: '[64,64]' },
    seed: '7',
  },
  backend: 'webgpu',
  speed: 'turbo',
};

test('a set-up survives the way through a link', () => {
  expect(fromLink(`#${toLink({ setup: full })}`)).toEqual({ setup: full, others: [], problems: [] });
});

test('a second run comes back with its agent, and with world, seed and rewards of the first', () => {
  const { preset: _, ...shared } = full.request;
  const others = [{ ...shared, agent: 'ppo', config: { learningRate: '0.01' } }];
  const link = toLink({ setup: full, others });
  expect(link).toContain('&b.agent=ppo&b.agent.learningRate=0.01');
  expect(fromLink(link)).toEqual({ setup: full, others, problems: [] });
  const alike = fromLink(toLink({ setup: full, others: [full.request] }));
  expect(alike.others).toEqual([full.request]);
});

test('four runs come back in their order, and a link that skips a letter closes the gap', () => {
  const others = ['sarsa', 'ppo', 'dqn'].map((agent) => ({ ...full.request, agent }));
  expect(fromLink(toLink({ setup: full, others })).others).toEqual(others);
  const { others: sparse, problems } = fromLink('#agent=dqn&d.agent=ppo&b.agent=sarsa&e.agent=dqn');
  expect(sparse.map(({ agent }) => agent)).toEqual(['sarsa', 'ppo']);
  expect(problems.map(({ field }) => field)).toEqual(['e.agent']);
});

test('of a second run only the agent can be given', () => {
  const { others, problems } = fromLink('#seed=3&b.preset=cleanrl&b.seed=4&b.world.map=8x8');
  expect(others).toMatchObject([{ world: FIRST.request.world, preset: 'cleanrl', seed: '3' }]);
  expect(problems.map(({ field }) => field)).toEqual(['b.seed', 'b.world.map']);
});

test('an empty link is the first set-up', () => {
  const { setup, others, problems } = fromLink('');
  expect([others, problems]).toEqual([[], []]);
  expect(setup.request).toMatchObject({ world: FIRST.request.world });
  // Left to the world.
  expect(setup.request.agent).toBeUndefined();
  expect(FIRST.request).toEqual({ world: FIRST.request.world, ...defaultAgent(FIRST.request.world) });
  expect([setup.backend, setup.speed]).toEqual([FIRST.backend, FIRST.speed]);
});

test('a wrong name, backend or speed is named and left at its default', () => {
  const { setup, problems } = fromLink('#wrold=x&backend=cuda&speed=9000&seed=3');
  expect(problems.map((problem) => problem.field)).toEqual(['wrold', 'backend', 'speed']);
  expect(problems[1]).toMatchObject({
    expected: 'one of auto, simd, webgpu, webgl, wasm, cpu',
    got: '"cuda"',
  });
  expect(setup).toMatchObject({ backend: 'auto', speed: FIRST.speed, request: { seed: '3' } });
});

test('a room that there is none of is named, and the rest of the link applies in the arena', () => {
  const { setup, problems } = fromLink('#room=nope&world=taxi&tab=draw');
  expect(problems).toEqual([
    { field: 'tab', expected: expect.stringMatching(/^one of world, agent/), got: 'an unknown name' },
    { field: 'room', expected: 'one of arena, classifier, sweeps', got: '"nope"' },
  ]);
  expect(setup.request.world).toBe('taxi');
  expect(fromLink('#room=arena').problems).toEqual([]);
});

test('values that are not text are written so that the config table reads them back', () => {
  const request = { ...full.request, config: { hidden: [64, 64], double: false, lr: 0.5 } };
  const link = toLink({ setup: { ...full, request } });
  expect(fromLink(link).setup.request.config).toEqual({ hidden: '[64,64]', double: 'false', lr: '0.5' });
});

test.each([
  ['world', { world: FIRST.request.world, agent: 'dqn', seed: '7' }],
  ['seed', { preset: 'cleanrl' }],
  ['preset', { seed: '7', config: full.request.config }],
  ['world.map', { params: { slippery: 'true' } }],
  ['reward.goal', { rewards: {} }],
  ['agent.hidden.0', { config: { learningRate: '0.001' } }],
])('a problem at %s drops that field', (field, expected) => {
  const repaired = without(full.request, [{ field, expected: 'something', got: 'something else' }]);
  expect(repaired).toMatchObject(expected);
  expect(repaired).not.toEqual(full.request);
});

test('a problem of the agent leaves the choice to the world', () => {
  const { agent: _, preset: __, config: ___, ...rest } = full.request;
  expect(without(full.request, [{ field: 'agent', expected: 'another', got: 'this' }])).toEqual(rest);
});

test('a problem of something that is not in the request leaves it as it is', () => {
  const problem = { field: 'agent.world', expected: 'a world with discrete observations', got: 'cart-pole' };
  expect(without(full.request, [problem])).toBe(full.request);
});
