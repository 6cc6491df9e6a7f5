/** Every world names the agent that it starts with: what a request without an agent gets, on the page and on the command line. */
import { describe, expect, it, test } from 'vitest';
import { agents } from '#train/catalogue/agents.ts';
import { catalogue } from '#train/catalogue/catalogue.ts';
import { defaultAgent, defaultAgents, worldNeeds } from '#train/catalogue/defaults.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { resolveRun } from '#train/request/resolve.ts';

test('every world has a line, and no line is of a world that is gone', () => {
  for (const id of Object.keys(worldNeeds)) expect(Object.keys(defaultAgents)).toContain(id);
  expect(Object.keys(defaultAgents).toSorted()).toEqual(worlds.map(({ id }) => id).toSorted());
});

describe.each(worlds.map(({ id }) => id))('%s', (world) => {
  const own = defaultAgent(world);

  it('names an agent and one of its presets', () => {
    const agent = agents.find(({ id }) => id === own.agent);
    expect(agent?.needs).not.toBe('demonstrations');
    if (own.preset !== undefined) expect(Object.keys(agent?.presets ?? {})).toContain(own.preset);
  });

  it('starts with it where a request names none', () => {
    expect(resolveRun({ world }).request).toEqual(resolveRun({ world, ...own }).request);
  });
});

test('a preset or setting without an agent is of the world’s own', () => {
  const own = resolveRun({ world: 'breakout', config: { numEnvs: '3' } });
  expect(own.request).toMatchObject({ ...defaultAgent('breakout'), config: { numEnvs: 3 } });
  const { preset, agent } = resolveRun({ world: 'breakout', preset: 'minatar' }).request;
  expect({ preset, agent }).toEqual({ preset: 'minatar', agent: defaultAgent('breakout').agent });
});

test('where wrappers rule it out, PPO plays, which plays everything', () => {
  expect(defaultAgent('taxi').agent).toBe('q-learning');
  const { request } = resolveRun({ world: 'taxi', wrappers: { pixels: 'true' } });
  expect(request.agent).toBe('ppo');
  expect(request.preset).toBeUndefined();
});

test('other mistakes are reported as if the agent had been named', () => {
  expect(() => resolveRun({ world: 'taxi', seed: 'x', config: { stepSize: '7' } })).toThrow(
    /agent\.stepSize.*\n?.*seed/,
  );
});

test('the catalogue tells the page', () => {
  for (const { id, start, needs } of catalogue().worlds) {
    expect(start).toEqual(defaultAgent(id));
    expect(needs).toBe(worldNeeds[id]);
  }
});
