/** Value and policy iteration, sweep by sweep on an example worked out by hand, and to the recorded optimum of real worlds. */
import { describe, expect, it } from 'vitest';
import type { Agent } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { problemOf } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { policyIteration } from '#agents/tabular/policy-iteration/policy-iteration.ts';
import { valueIteration } from '#agents/tabular/value-iteration/value-iteration.ts';
import { cliffWalking } from '#envs/grid/cliff-walking/cliff-walking.ts';
import { frozenLake } from '#envs/grid/frozen-lake/frozen-lake.ts';
import { taxi } from '#envs/grid/taxi/taxi.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';
import {
  goldenFolder,
  greedyPolicy,
  makeAgent,
  modelOf,
  noCompute,
  policyValue,
  recorded,
  valuesOf,
  worldOf,
} from './tabular-play.ts';

/**
 * State 0: action 0 stays for 1, action 1 goes to state 1 for 0. State 1: action 0 goes back for 0, action 1 stays for 2.
 * With γ = ½: V*(1) = 4, V*(0) = max(1 + V*(0) / 2, V*(1) / 2) = 2, where both actions of state 0 are equally good.
 */
const two = worldOf(
  modelOf([
    [[[1, 0, 1, false]], [[1, 1, 0, false]]],
    [[[1, 0, 0, false]], [[1, 1, 2, false]]],
  ]),
);

function stateValues(agent: Agent, states: number): number[] {
  return Array.from({ length: states }, (_, s) => agent.inspect(Float32Array.of(s)).value!);
}

/** Plans until the agent says there is nothing left to do; gives the number of updates. */
function plan(agent: Agent, most = 20_000): number {
  for (let updates = 0; updates < most; updates++) if (agent.update() === undefined) return updates;
  throw new Error(`still planning after ${most} updates`);
}

describe('value iteration', () => {
  it('sweeps once per update, from the sweep before or in place', () => {
    const both = makeAgent(valueIteration, two, { gamma: 0.5, inPlace: false });
    expect(both.update()).toEqual({ 'plan/sweeps': 1, 'plan/delta': 2, 'plan/start-value': 1 });
    expect(stateValues(both, 2)).toEqual([1, 2]);
    expect(both.update()).toEqual({ 'plan/sweeps': 2, 'plan/delta': 1, 'plan/start-value': 1.5 });
    expect(stateValues(both, 2)).toEqual([1.5, 3]);
    expect(valuesOf(both, 0)).toEqual([1.5, 1]);
    const reversed = worldOf(
      modelOf([
        [[[1, 0, 2, false]], [[1, 0, 0, false]]],
        [[[1, 0, 0, false]], [[1, 1, 1, false]]],
      ]),
    );
    const inPlace = makeAgent(valueIteration, reversed, { gamma: 0.5 });
    void inPlace.update();
    expect(stateValues(inPlace, 2)).toEqual([2, 1]);
    expect(valuesOf(inPlace, 1)).toEqual([1, 1]);
  });

  it('needs fewer sweeps in place', () => {
    const lake = frozenLake.create(parseConfig(frozenLake.params, {}, 'world'));
    const [inPlace, apart] = [true, false].map((inPlace) =>
      plan(makeAgent(valueIteration, lake, { inPlace })),
    );
    expect(inPlace).toBeLessThan(apart);
  });

  it('stops at the optimum and wakes when γ changes', () => {
    const agent = makeAgent(valueIteration, two, { gamma: 0.5 });
    plan(agent);
    stateValues(agent, 2).forEach((value, s) => expect(value).toBeCloseTo([2, 4][s], 8));
    agent.tune({ gamma: 0.5, threshold: 1e-10 });
    expect(agent.update()).toBeUndefined();
    agent.tune({ gamma: 0 });
    plan(agent);
    expect(stateValues(agent, 2)).toEqual([1, 2]);
  });
});

describe('policy iteration', () => {
  it('evaluates, improves, and ends when no action is better', () => {
    const agent = makeAgent(policyIteration, two, { gamma: 0.5 });
    expect(agent.update()).toEqual({ 'plan/sweeps': 1, 'plan/delta': 1, 'plan/start-value': 1 });
    expect(stateValues(agent, 2)).toEqual([1, 0.5]);
    let improvement = agent.update();
    while (improvement && !('plan/changed' in improvement)) improvement = agent.update();
    // v of "always action 0" is (2, 1); staying in state 1 gives 2 + ½, going from state 0 to it only ½.
    expect(improvement).toEqual({ 'plan/improvements': 1, 'plan/changed': 1 });
    expect([...greedyPolicy(agent, two.spec, 2)]).toEqual([0, 1]);
    plan(agent);
    expect([...greedyPolicy(agent, two.spec, 2)]).toEqual([0, 1]);
    stateValues(agent, 2).forEach((value, s) => expect(value).toBeCloseTo([2, 4][s], 8));
    expect([...agent.inspect(Float32Array.of(1)).probabilities!]).toEqual([0, 1]);
  });

  it('does not end on values that were cut short', () => {
    const agent = makeAgent(policyIteration, two, { gamma: 0.99, evaluationSweeps: 1 });
    plan(agent);
    expect(stateValues(agent, 2)[1]).toBeCloseTo(200, 6);
  });
});

describe.each([valueIteration, policyIteration])('$id', (definition) => {
  it('is refused before anything starts where the world has no model, or the reward is not what the model says', () => {
    const fickle = { world: 'taxi', agent: definition.id, params: { ficklePassenger: true } };
    expect(() => resolveRun(fickle)).toThrow(/^agent: expected one that can play taxi \(.* transition model/);
    const dear = { world: 'frozen-lake', agent: definition.id, rewards: { ice: -0.1 } };
    expect(problemOf(() => resolveRun(dear))).toMatchObject({ field: 'reward.ice', got: '-0.1' });
    expect(problemOf(() => resolveRun({ ...dear, rewards: { ice: 0 } }))).toBeUndefined();
  });

  it('takes no other reward weight while it runs, and goes on with the old one', async () => {
    const trainer = await ReinforcementRun.create(
      resolveRun({ world: 'frozen-lake', agent: definition.id }),
      noCompute,
    );
    await trainer.advance(() => true);
    const change = { kind: 'reward', key: 'goal', value: 2 } as const;
    expect(problemOf(() => trainer.tune(change))).toMatchObject({ field: 'reward.goal', got: '2' });
    expect(trainer.setup.rewards).toMatchObject({ goal: 1 });
    expect([...trainer.env.weights]).toEqual(trainer.env.spec.rewards.map(({ weight }) => weight));
    trainer.dispose();
  });

  it('goes on from a checkpoint as if it had never stopped', () => {
    const [one, other] = [1, 2].map((seed) => makeAgent(definition, two, { gamma: 0.9 }, seed));
    for (let k = 0; k < 7; k++) void one.update();
    void other.restore(structuredClone(one.snapshot() as Snapshot));
    other.tune({ gamma: 0.9 });
    expect(plan(other)).toBe(plan(one));
    expect(other.snapshot()).toEqual(one.snapshot());
    expect(other.update()).toBeUndefined();
  });
});

const recordings: readonly [string, EnvDefinition, Record<string, unknown>][] = [
  ['frozen-lake-4x4', frozenLake, {}],
  ['frozen-lake-4x4-deterministic', frozenLake, { slippery: false }],
  ['frozen-lake-8x8', frozenLake, { map: '8x8' }],
  ['cliff-walking', cliffWalking, {}],
  ['taxi', taxi, {}],
];

describe.each(recordings)('the optimum of %s', (name, world, params) => {
  const recording = recorded(name);
  if (!recording) {
    it.skip(`skipped: there is no folder ${goldenFolder} (set LUDUS_GOLDEN)`, () => {});
    return;
  }
  const kernel = world.create(parseConfig(world.params, params, 'world'));
  const cases = [valueIteration, policyIteration].flatMap((definition) =>
    Object.entries(recording.optimalValues).map(([gamma, values]) => ({ definition, gamma, values })),
  );
  it.each(cases)('is reached by $definition.id with γ = $gamma', ({ definition, gamma, values }) => {
    const agent = makeAgent(definition, kernel, { gamma: Number(gamma) });
    process.stdout.write(`${definition.id} on ${name}, γ = ${gamma}: ${plan(agent)} updates\n`);
    const planned = stateValues(agent, values.length);
    values.forEach((value, s) => expect(Math.abs(planned[s] - value), `state ${s}`).toBeLessThan(1e-7));
    const optimum = recording.model.initial.reduce((sum, p, s) => sum + p * values[s], 0);
    const policy = greedyPolicy(agent, kernel.spec, values.length);
    expect(policyValue(recording.model, policy, Number(gamma))).toBeCloseTo(optimum, 7);
  });
});
