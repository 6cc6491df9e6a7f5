/** Each tabular learner on examples worked out by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#core/agent.ts';
import { savedArray, type Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { doubleQ } from '#agents/tabular/double-q/double-q.ts';
import { dynaQ } from '#agents/tabular/dyna-q/dyna-q.ts';
import { expectedSarsa } from '#agents/tabular/expected-sarsa/expected-sarsa.ts';
import { monteCarlo } from '#agents/tabular/monte-carlo/monte-carlo.ts';
import { qLambda } from '#agents/tabular/q-lambda/q-lambda.ts';
import { qLearning } from '#agents/tabular/q-learning/q-learning.ts';
import { sarsa } from '#agents/tabular/sarsa/sarsa.ts';
import { feed, halves, makeAgent, small, valuesOf, type Scripted } from './tabular-play.ts';

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

  it('sends nothing back into an episode that was cut off', () => {
    const two: Scripted[] = [
      [0, 0, 0, 1, 'truncated'],
      [1, 1, 4, 0, 'terminated'],
    ];
    expect(table(qLambda, { lambda: 0.5 }, two)).toEqual([0, 0, 0, 2]);
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
