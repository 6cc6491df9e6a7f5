/** What all tabular learners promise: seeds, slots, checkpoints, live fields. */
import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#core/agent.ts';
import { describe as describeFields } from '#core/config.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { doubleQ } from '#agents/tabular/double-q/double-q.ts';
import { dynaQ } from '#agents/tabular/dyna-q/dyna-q.ts';
import { expectedSarsa } from '#agents/tabular/expected-sarsa/expected-sarsa.ts';
import { monteCarlo } from '#agents/tabular/monte-carlo/monte-carlo.ts';
import { qLambda } from '#agents/tabular/q-lambda/q-lambda.ts';
import { qLearning } from '#agents/tabular/q-learning/q-learning.ts';
import { sarsa } from '#agents/tabular/sarsa/sarsa.ts';
import {
  feed,
  feedSlots,
  greedyPolicy,
  halves,
  makeAgent,
  modelOf,
  Play,
  small,
  specOf,
  valuesOf,
  worldOf,
  type Outcome,
  type Scripted,
} from './tabular-play.ts';

/** Six states in a ring with chance and two ways out, so that nothing about it is symmetrical. */
const ring = worldOf(
  modelOf(
    Array.from({ length: 6 }, (_, s): Outcome[][] => [
      [
        [0.7, (s + 1) % 6, s === 5 ? 3 : -0.5, s === 5],
        [0.3, s, -1, false],
      ],
      [[1, (s + 4) % 6, s === 2 ? 1 : 0, false]],
      [[1, 0, -2, s === 3]],
    ]),
  ),
  25,
);

const learners: readonly AgentDefinition<Compute>[] = [
  monteCarlo,
  sarsa,
  expectedSarsa,
  qLearning,
  doubleQ,
  qLambda,
  dynaQ,
];
const variants: readonly [string, AgentDefinition<Compute>, object][] = [
  ...learners.map((learner): [string, AgentDefinition<Compute>, object] => [learner.id, learner, {}]),
  ['dyna-q, prioritized', dynaQ, { planning: 'prioritized' }],
  ['q-lambda, accumulating', qLambda, { traces: 'accumulating' }],
  ['q-learning, visits', qLearning, { stepSizeSchedule: 'visits', epsilonSchedule: 'visits' }],
];

/** All that an agent has learned, as text. */
function learned(play: Play): string {
  return JSON.stringify(play.agent.snapshot());
}

describe.each(variants)('%s', (_, definition, config) => {
  const envs3 = { ...config, numEnvs: 3 };

  it('repeats a seed and differs between seeds', () => {
    const [first, again, other] = [1, 1, 2].map((seed) =>
      learned(new Play(definition, ring, envs3, seed).steps(900)),
    );
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('goes on from a checkpoint as if it had never stopped', () => {
    const one = new Play(definition, ring, envs3).steps(1000);
    one.agent.tune({ gamma: 0.9, epsilonStart: 0.4 });
    one.steps(301);
    const saved = structuredClone({ agent: one.agent.snapshot(), env: one.env.snapshot() });
    one.steps(1000);
    const two = new Play(definition, ring, envs3, 7).steps(50);
    void two.agent.restore(saved.agent as Snapshot);
    two.env.restore(saved.env);
    two.steps(1000);
    expect(learned(two)).toBe(learned(one));
  });

  it('refuses a checkpoint of another number of environments, by field', () => {
    const saved = makeAgent(definition, ring, { ...config, numEnvs: 2 }).snapshot() as Snapshot;
    const other = makeAgent(definition, ring, envs3);
    expect(() => other.restore(saved)).toThrow(/\w+\.\w+: expected \d/);
  });

  it('is not moved by being looked at or asked for its greedy actions', () => {
    const watched = new Play(definition, ring, envs3);
    const unwatched = new Play(definition, ring, envs3);
    for (let k = 0; k < 100; k++) {
      watched.steps(3);
      watched.agent.inspect(Float32Array.of(k % 6));
      greedyPolicy(watched.agent, ring.spec, 6);
      unwatched.steps(3);
    }
    expect(learned(watched)).toBe(learned(unwatched));
  });

  it('plays the best known action, the first of equals', () => {
    const { agent } = new Play(definition, ring, envs3).steps(500);
    const policy = greedyPolicy(agent, ring.spec, 6);
    policy.forEach((action, state) => {
      const values = valuesOf(agent, state);
      expect(action).toBe(values.indexOf(Math.max(...values)));
    });
  });

  it('applies live fields at once', () => {
    const play = new Play(definition, ring, { ...config, stepSizeSchedule: 'constant' }).steps(200);
    play.agent.tune({ stepSize: 0, planningSteps: 0 });
    const before = [0, 1, 2, 3, 4, 5].map((s) => valuesOf(play.agent, s));
    play.steps(200);
    expect([0, 1, 2, 3, 4, 5].map((s) => valuesOf(play.agent, s))).toEqual(before);
    const live = describeFields(definition.config).filter((field) => field.live);
    expect(live.map(({ key }) => key)).toEqual(expect.arrayContaining(['gamma', 'stepSize', 'epsilonStart']));
  });

  it('starts from the initial value', () => {
    const agent = makeAgent(definition, ring, { ...config, initialValue: 5 });
    expect(valuesOf(agent, 3)).toEqual([5, 5, 5]);
    expect(agent.inspect(Float32Array.of(3)).value).toBe(5);
  });

  it('keeps its presets within its table', () => {
    for (const preset of Object.values(definition.presets))
      expect(() => makeAgent(definition, ring, preset.config)).not.toThrow();
  });
});

describe('slots', () => {
  it('do not touch each other: interleaved episodes teach what they teach one after the other', () => {
    const left: Scripted[] = [
      [0, 0, 1, 1],
      [1, 0, 2, 0, 'terminated'],
    ];
    const right: Scripted[] = [
      [2, 1, 4, 3],
      [3, 1, 8, 2, 'truncated'],
    ];
    for (const definition of learners.filter(({ id }) => id !== 'double-q' && id !== 'dyna-q')) {
      const world = { spec: specOf(4, 2) };
      const side = makeAgent(definition, world, { ...halves, numEnvs: 2 });
      left.forEach((step, k) => feedSlots(side, [step, right[k]]));
      const turn = makeAgent(definition, world, { ...halves, numEnvs: 1 });
      feed(turn, [...left, ...right]);
      for (let s = 0; s < 4; s++) expect(valuesOf(side, s), definition.id).toEqual(valuesOf(turn, s));
    }
  });

  it('must be as many as were asked for', () => {
    const agent = makeAgent(qLearning, small, { numEnvs: 2 });
    expect(() => feed(agent, [[0, 0, 0, 1]])).toThrow('expected 2 slots, got 1');
  });
});
