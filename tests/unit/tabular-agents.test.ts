/** Each tabular learner on examples worked out by hand, and what all of them promise: ends, slots, checkpoints, live fields. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#core/agent.ts';
import { describe as describeFields } from '#core/config.ts';
import { savedArray, type Snapshot } from '#core/snapshot.ts';
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
  makeAgent,
  modelOf,
  Play,
  specOf,
  valuesOf,
  worldOf,
  type Outcome,
  type Scripted,
} from './tabular-play.ts';

/** Two states, two actions; halves make every number exact. Exploration is off unless a test turns it on. */
const small = { spec: specOf(2, 2) };
const halves = { gamma: 0.5, stepSize: 0.5, epsilonStart: 0, epsilonSchedule: 'constant' } as const;

function table(definition: AgentDefinition<Compute>, config: object, steps: readonly Scripted[]): number[] {
  const agent = makeAgent(definition, small, { ...halves, ...config });
  feed(agent, steps);
  return [0, 1].flatMap((state) => valuesOf(agent, state));
}

describe('Q-learning', () => {
  it('moves towards the reward plus the best of what follows', () => {
    const steps: Scripted[] = [
      [0, 0, 1, 1],
      [1, 1, 2, 0, 'terminated'],
      [0, 0, 1, 1],
    ];
    expect(table(qLearning, {}, steps)).toEqual([1, 0, 0, 1]);
  });

  it('bootstraps from the final state where the time ran out, not where the episode ended', () => {
    const known: Scripted = [1, 1, 2, 0, 'terminated'];
    expect(table(qLearning, {}, [known, [0, 1, 0, 1, 'truncated']])).toEqual([0, 0.25, 0, 1]);
    expect(table(qLearning, {}, [known, [0, 1, 0, 1, 'terminated']])).toEqual([0, 0, 0, 1]);
    expect(table(qLearning, {}, [known, [0, 1, 0, 1, 'both']])).toEqual([0, 0, 0, 1]);
  });
});

describe('SARSA', () => {
  it('learns a step from the action taken next, the last one at once', () => {
    const first: Scripted[] = [[0, 0, 1, 1]];
    expect(table(sarsa, {}, first)).toEqual([0, 0, 0, 0]);
    const episode: Scripted[] = [...first, [1, 1, 2, 0, 'terminated']];
    expect(table(sarsa, {}, episode)).toEqual([0.5, 0, 0, 1]);
    // Action 0 of state 1 is worth 0, though action 1 is worth 1: the target is the action taken.
    expect(table(sarsa, {}, [...episode, [0, 0, 1, 1], [1, 0, 0, 0]])).toEqual([0.75, 0, 0, 1]);
  });

  it('does not learn across the end of an episode', () => {
    const steps: Scripted[] = [
      [1, 1, 2, 0, 'terminated'],
      [0, 0, 0, 1, 'terminated'],
      [1, 1, 0, 0, 'terminated'],
    ];
    expect(table(sarsa, {}, steps)).toEqual([0, 0, 0, 0.5]);
  });

  it('draws the next action of its policy where the time ran out', () => {
    const known: Scripted = [1, 1, 2, 0, 'terminated'];
    expect(table(sarsa, {}, [known, [0, 1, 0, 1, 'truncated']])).toEqual([0, 0.25, 0, 1]);
    expect(table(sarsa, {}, [known, [0, 1, 0, 1, 'both']])).toEqual([0, 0, 0, 1]);
  });
});

describe('expected SARSA', () => {
  it('moves towards the reward plus what its policy expects', () => {
    const steps: Scripted[] = [
      [1, 1, 2, 0, 'terminated'],
      [0, 0, 0, 1],
      [0, 1, 0, 1, 'truncated'],
    ];
    // V(1) = 0.5 · mean(0, 1) + 0.5 · max(0, 1) = 0.75.
    expect(table(expectedSarsa, { epsilonStart: 0.5 }, steps)).toEqual([0.1875, 0.1875, 0, 1]);
    expect(table(expectedSarsa, {}, [steps[0], [0, 0, 0, 1, 'terminated']])).toEqual([0, 0, 0, 1]);
  });
});

describe('double Q-learning', () => {
  it("values one table's choice by the other", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const agent = makeAgent(doubleQ, small, { ...halves, gamma: 1, stepSize: 1 }, seed);
      const q1 = Float64Array.of(0, 0, 0, 10);
      const q2 = Float64Array.of(0, 0, 3, -4);
      void agent.restore({ ...(agent.snapshot() as Snapshot), q1, q2 });
      feed(agent, [[0, 0, 0, 1]]);
      const saved = agent.snapshot() as Snapshot;
      const learned = [savedArray(saved, 'q1')[0], savedArray(saved, 'q2')[0]];
      seen.add(learned.join());
      expect(valuesOf(agent, 0)[0]).toBe((learned[0] + learned[1]) / 2);
    }
    // Q1 chooses action 1, which Q2 values −4; Q2 chooses action 0, which Q1 values 0.
    expect([...seen].sort()).toEqual(['-4,0', '0,0']);
  });

  it('bootstraps from the final state where the time ran out, not where the episode ended', () => {
    for (const [end, value] of [
      ['truncated', 0.125] as const,
      ['terminated', 0] as const,
      ['both', 0] as const,
    ]) {
      const agent = makeAgent(doubleQ, small, halves);
      const q = Float64Array.of(0, 0, 0, 1);
      void agent.restore({ ...(agent.snapshot() as Snapshot), q1: q, q2: q });
      feed(agent, [[0, 1, 0, 1, end]]);
      expect(valuesOf(agent, 0), end).toEqual([0, value]);
    }
  });
});

describe('Monte-Carlo control', () => {
  const averages = { stepSizeSchedule: 'visits' };

  it('averages the returns that followed first visits', () => {
    const episode: Scripted[] = [
      [0, 0, 1, 1],
      [1, 1, 2, 0],
      [0, 0, 3, 1, 'terminated'],
    ];
    expect(table(monteCarlo, averages, episode.slice(0, 2))).toEqual([0, 0, 0, 0]);
    expect(table(monteCarlo, averages, episode)).toEqual([2.75, 0, 0, 3.5]);
    const next: Scripted = [0, 0, 0, 1, 'terminated'];
    expect(table(monteCarlo, averages, [...episode, next])).toEqual([1.375, 0, 0, 3.5]);
  });

  it('goes on in expectation where the time, or its own horizon, ran out', () => {
    const known: Scripted = [1, 1, 4, 0, 'terminated'];
    const cut: Scripted[] = [known, [0, 0, 1, 0], [0, 1, 1, 1, 'truncated']];
    expect(table(monteCarlo, averages, cut)).toEqual([2.5, 3, 0, 4]);
    const horizon = { ...averages, horizon: 2 };
    expect(table(monteCarlo, horizon, [known, [0, 0, 1, 0], [0, 1, 1, 1]])).toEqual([2.5, 3, 0, 4]);
    expect(table(monteCarlo, averages, [known, [0, 0, 1, 0], [0, 1, 1, 1, 'both']])).toEqual([1.5, 1, 0, 4]);
  });
});

describe('Q(λ)', () => {
  it('sends an error back along greedy actions and cuts it where one was not', () => {
    const lambda = { lambda: 0.5 };
    const chain: Scripted[] = [
      [0, 0, 0, 1],
      [1, 1, 4, 0, 'terminated'],
    ];
    expect(table(qLambda, lambda, chain)).toEqual([0.5, 0, 0, 2]);
    const exploring: Scripted[] = [...chain, [1, 1, 0, 0], [0, 1, 8, 0, 'terminated']];
    expect(table(qLambda, lambda, exploring)).toEqual([0.5, 4, 0, 1.125]);
  });

  it('replaces or accumulates', () => {
    const twice: Scripted[] = [
      [0, 0, 0, 0],
      [0, 0, 4, 0, 'terminated'],
    ];
    expect(table(qLambda, { lambda: 0.5 }, twice)[0]).toBe(2);
    expect(table(qLambda, { lambda: 0.5, traces: 'accumulating' }, twice)[0]).toBe(2.5);
  });

  it('is Q-learning where λ is 0', () => {
    fc.assert(
      fc.property(fc.array(randomStep(), { maxLength: 40 }), (steps) => {
        expect(table(qLambda, { lambda: 0 }, steps)).toEqual(table(qLearning, {}, steps));
      }),
    );
  });
});

describe('Dyna-Q', () => {
  const corridor: Scripted[] = [
    [0, 0, 0, 1],
    [1, 1, 4, 0, 'terminated'],
  ];

  it('is Q-learning without planning', () => {
    fc.assert(
      fc.property(fc.array(randomStep(), { maxLength: 40 }), (steps) => {
        expect(table(dynaQ, { planningSteps: 0 }, steps)).toEqual(table(qLearning, {}, steps));
      }),
    );
  });

  it('replays what it has seen until nothing is left to learn', () => {
    const values = table(dynaQ, { planningSteps: 500 }, corridor);
    expect(values[0]).toBeCloseTo(2, 6);
    expect(values[3]).toBeCloseTo(4, 6);
  });

  it('plans backwards from a surprise in the order of priority', () => {
    const prioritized = { planning: 'prioritized', stepSize: 1, planningSteps: 2 };
    expect(table(dynaQ, prioritized, corridor)).toEqual([2, 0, 0, 4]);
    expect(table(dynaQ, { ...prioritized, planningSteps: 1 }, corridor)).toEqual([0, 0, 0, 4]);
    expect(table(dynaQ, { ...prioritized, priorityThreshold: 3 }, corridor)).toEqual([0, 0, 0, 4]);
  });
});

function randomStep(): fc.Arbitrary<Scripted> {
  const end = fc.constantFrom(undefined, undefined, 'terminated' as const, 'truncated' as const);
  return fc
    .tuple(fc.nat(1), fc.nat(1), fc.integer({ min: -3, max: 3 }), fc.nat(1), end)
    .map(([s, a, reward, next, end]): Scripted => (end ? [s, a, reward, next, end] : [s, a, reward, next]));
}

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
