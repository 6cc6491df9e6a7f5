import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '#core/errors.ts';
import { catalogue } from '#train/catalogue/catalogue.ts';
import { known } from '#core/near.ts';
import { createKernel, resolveRun, type RunRequest } from '#train/request/resolve.ts';

const request: RunRequest = { world: 'frozen-lake', agent: 'q-learning' };

function problems(given: RunRequest): readonly string[] {
  try {
    resolveRun(given);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map((problem) => problem.field);
    throw error;
  }
  return [];
}

describe('resolveRun', () => {
  it('fills in defaults and reads texts', () => {
    const run = resolveRun({ ...request, seed: '7', params: { slippery: 'false' }, rewards: { hole: '-1' } });
    expect(run.seed).toBe(7);
    expect(run.params['slippery']).toBe(false);
    expect(run.params['map']).toBe('4x4');
    expect(run.rewards).toEqual({ goal: 1, hole: -1, ice: 0 });
    expect(resolveRun(request).seed).toBe(1);
  });

  it('gives a request that resolves to itself, also through JSON', () => {
    const { request: complete } = resolveRun({ ...request, config: { gamma: 0.5 }, seed: 3 });
    expect(resolveRun(JSON.parse(JSON.stringify(complete)) as RunRequest).request).toEqual(complete);
  });

  it('reads settings under the names that they had before, over a preset too', () => {
    const old = { worlds: '8', entropy: 0.02, valueWeight: 1, sequence: 8 };
    const { config } = resolveRun({ world: 'cart-pole', agent: 'ppo', preset: 'cleanrl', config: old });
    expect(config).toMatchObject({
      numEnvs: 8,
      steps: 128,
      entropyCoefficient: 0.02,
      valueCoefficient: 1,
      sequenceLength: 8,
    });
    expect(resolveRun({ ...request, config: { worlds: 3 } }).config).toMatchObject({ numEnvs: 3 });
    expect(problems({ ...request, config: { worlds: 3, numEnvs: 3 } })).toEqual(['agent.worlds']);
  });

  it('names every wrong field at once', () => {
    const wrong = { ...request, seed: -1, config: { gamma: 7, gama: 1 }, params: { size: 'big' } };
    expect(problems(wrong)).toEqual(['world.size', 'agent.gamma', 'agent.gama', 'seed']);
    expect(problems({ ...request, rewards: { gaol: 1, hole: 'x', ice: Infinity } })).toEqual([
      'reward.gaol',
      'reward.hole',
      'reward.ice',
    ]);
  });

  it('lists the near names of an unknown one', () => {
    expect(() => resolveRun({ ...request, world: 'frozenlake' })).toThrow(
      /world: expected .*frozen-lake.* got "frozenlake"/,
    );
    expect(() => resolveRun({ ...request, agent: 'qlearning' })).toThrow(/agent: expected .*q-learning/);
    expect(problems({ ...request, preset: 'constructor' })).toEqual(['preset']);
  });

  it('refuses an agent that cannot play the world', () => {
    expect(problems({ world: 'cart-pole', agent: 'q-learning' })).toEqual(['agent']);
    expect(() => resolveRun({ world: 'cart-pole', agent: 'q-learning' })).toThrow(
      /^agent: expected one that can play cart-pole \(q-learning needs .*\), got "q-learning"$/,
    );
  });

  it.each(['', ' ', 'one', '1.5', '-1', 1.5, NaN, 2 ** 53])('refuses seed %j', (seed) => {
    expect(problems({ ...request, seed })).toEqual(['seed']);
  });

  it('shows a state index as one-hot unless the agent is tabular', () => {
    const tabular = resolveRun(request);
    expect(createKernel(tabular).spec.observation).toMatchObject({ kind: 'discrete', states: 16 });
    const other = { ...tabular, agent: { ...tabular.agent, group: 'value' as const } };
    expect(createKernel(other).spec.observation).toMatchObject({ kind: 'vector', shape: [16] });
  });
});

describe('known', () => {
  const names = ['cart-pole', 'frozen-lake', 'mountain-car', 'breakout', 'snake'];

  it('finds a name with one letter wrong, missing or doubled', () => {
    const slip = fc.tuple(fc.constantFrom(...names), fc.nat(), fc.constantFrom('replace', 'drop', 'double'));
    fc.assert(
      fc.property(slip, ([name, position, kind]) => {
        const at = position % name.length;
        const middle = { replace: '#', drop: '', double: name[at] + name[at] }[kind];
        expect(known(name.slice(0, at) + middle + name.slice(at + 1), names)).toContain(name);
      }),
    );
  });

  it('lists all names where none is near', () => {
    expect(known('zzz', names)).toBe(`one of ${names.join(', ')}`);
    expect(known('x', [])).toContain('none');
  });
});

describe('catalogue', () => {
  it('is plain data and describes every world and agent', () => {
    const everything = catalogue();
    expect(structuredClone(everything)).toEqual(everything);
    for (const world of everything.worlds) expect(world.spec.id).toBe(world.id);
    const ids = [...everything.worlds, ...everything.agents].map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});
