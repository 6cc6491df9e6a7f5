/** `checkAgent` finds what is wrong with an agent, and says which rule it breaks. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { numEnvs } from '#agents/fields.ts';
import { defineAgent, type Agent } from '#core/agent.ts';
import { number } from '#core/config.ts';
import { actionSize } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import { checkAgent } from '#package/contract/check-agent.ts';
import { ContractError, demandSame } from '#package/contract/rule.ts';
import { agents, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { forgetOwnDefinitions } from '#tests/own-definitions.ts';

forgetOwnDefinitions();

const config = z.object({
  epsilon: number({
    label: 'ε',
    help: 'Chance of another action.',
    default: 0.5,
    min: 0,
    max: 1,
    live: true,
  }),
  numEnvs: numEnvs(1),
});

/** An agent that learns nothing but draws honestly, with something else in it. */
function idle(plant: (agent: Agent) => Partial<Agent> = () => ({})): LearnerDefinition {
  return defineAgent<Compute, typeof config>({
    id: 'idle',
    title: 'Idle',
    group: 'tabular',
    summary: 'Plays at random.',
    config,
    main: ['epsilon'],
    presets: { eager: { source: 'this test', config: { epsilon: 1 } } },
    refuses: ({ action }) =>
      action.kind === 'discrete'
        ? undefined
        : { field: 'world', expected: 'discrete actions', got: action.kind },
    slots: (given) => given.numEnvs,
    create(spec, _given, streams) {
      const rng = streams('explore');
      const actions = actionSize(spec);
      const agent: Agent = {
        act(_obs, n, out, mode) {
          for (let i = 0; i < n; i++) out.discrete[i] = mode === 'explore' ? rng.integer(actions) : 0;
        },
        observe: () => {},
        update: () => undefined,
        inspect: () => ({ value: 0 }),
        tune: () => {},
        snapshot: () => ({ rng: rng.state.slice() }),
        restore: (saved) => rng.state.set(saved['rng'] as Int32Array),
        dispose: () => {},
      };
      return { ...agent, ...plant(agent) };
    },
  });
}

async function brokenIn(agent: LearnerDefinition): Promise<readonly string[]> {
  const error: unknown = await checkAgent(agent).catch((thrown: unknown) => thrown);
  if (!(error instanceof ContractError))
    throw new Error('expected a broken rule, got none', { cause: error });
  return error.rules;
}

/** What is said of two values that a rule compares. */
function told(got: unknown, expected: unknown): string {
  try {
    demandSame(got, expected, 'it');
    return 'the same';
  } catch (error) {
    return (error as Error).message;
  }
}

/** As a table does. */
const refuses: LearnerDefinition['refuses'] = ({ observation }) =>
  observation.kind === 'discrete'
    ? undefined
    : { field: 'world', expected: 'numbered states', got: observation.kind };

describe('checkAgent', () => {
  it('reports which rules a sound agent keeps, in which world', async () => {
    const { held, broken } = await checkAgent(idle(), { world: 'corridor' });
    expect(broken).toEqual([]);
    expect(held).toContainEqual({
      rule: 'goes on from a snapshot as if it had never stopped',
      subject: 'idle on corridor',
    });
    expect(held.some(({ subject }) => subject.startsWith('idle eager on '))).toBe(true);
    expect(
      agents.some(({ id }) => id === 'idle'),
      'it is registered',
    ).toBe(true);
  });

  const faults: readonly (readonly [string, (agent: Agent) => Partial<Agent>])[] = [
    [
      'acts greedily without chance and without changing',
      (agent) => ({ act: (obs, n, out) => agent.act(obs, n, out, 'explore') }),
    ],
    ['goes on from a snapshot as if it had never stopped', () => ({ restore: () => {} })],
    ['says of an observation only what can be said', () => ({ inspect: () => ({ value: NaN }) })],
    [
      'takes every live field while it runs',
      () => ({
        tune() {
          throw new Error('not now');
        },
      }),
    ],
  ];

  it.each(faults)('finds an agent that breaks: %s', async (rule, plant) => {
    expect(await brokenIn(idle(plant))).toContain(rule);
  });

  it('says where a snapshot differs from that of the agent that never stopped', async () => {
    const error: unknown = await checkAgent(idle(() => ({ restore: () => {} }))).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as ContractError).message).toMatch(
      /goes on from a snapshot as if it had never stopped: the resumed agent: expected \d+ at rng\[\d\], got \d+$/m,
    );
  });

  it('tells apart what looks the same', () => {
    expect(told({ a: [0, -0] }, { a: [0, 0] })).toBe('it: expected 0 at a[1], got -0');
    expect(told({ a: { b: undefined } }, { a: {} })).toBe('it: expected {} at a, got { b: undefined }');
    expect(told([1, 2], [1])).toBe('it: expected nothing at [1], got 2');
    expect(told(new Float32Array([1]), new Float64Array([1]))).toMatch(/Float64Array.* got Float32Array/);
    expect(told({ a: 1 }, { a: 1 })).toBe('the same');
  });

  it('finds what a snapshot leaves out, since the world that it chooses has rewards', async () => {
    const forgetful = idle((agent) => {
      let sum = 0;
      return {
        observe: ({ reward }) => void (sum += reward[0]),
        inspect: () => ({ value: sum }),
        act(obs, n, out, mode) {
          agent.act(obs, n, out, mode);
          if (mode === 'explore' && sum < -250) out.discrete[0] = 0;
        },
      };
    });
    expect(await brokenIn({ ...forgetful, refuses })).toContain(
      'goes on from a snapshot as if it had never stopped',
    );
  });

  it('refuses an id that comes with Ludus', async () => {
    await expect(checkAgent({ ...idle(), id: 'dqn' })).rejects.toThrow(
      'agent.id: expected an id of its own, got "dqn", which comes with Ludus',
    );
  });
});
