/**
 * Gymnasium's toy-text worlds with a known model: all of P[s][a], the distribution of first states, and what value
 * iteration over our model makes of both, against the recorded optimal values.
 */
import { expect } from 'vitest';
import type { Transition, TransitionModel } from '#core/env.ts';
import { camelKeys, kernelOf, type Adapter, type Recording } from './adapter.ts';

interface ModelRecording extends Recording {
  readonly gymnasium: string;
  readonly maxSteps: number | null;
  readonly nS: number;
  readonly nA: number;
  readonly initial: readonly number[];
  /** P[s][a] = [[probability, nextState, reward, terminated], …] */
  readonly P: readonly (readonly (readonly [number, number, number, boolean][])[])[];
  /** V*(s), keyed by γ. */
  readonly optimalValues: Readonly<Record<string, readonly number[]>>;
}

export const toyText: Adapter = {
  claims: (recording) => typeof recording.gymnasium === 'string' && Array.isArray(recording['P']),
  replay(recording) {
    const recorded = recording as ModelRecording;
    const { world, params } = here(recorded);
    const kernel = kernelOf(world, params);
    if (!kernel) return { kind: 'not built yet', world };
    const own = kernel.model?.();
    if (!own) throw new Error(`${world}: expected a model()`);
    const model = repriced(own, recorded.kwargs?.['reward_schedule']);
    expect(kernel.spec.observation, 'one state per recorded state').toMatchObject({ states: recorded.nS });
    expect([model.states, model.actions], 'states and actions').toEqual([recorded.nS, recorded.nA]);
    expectNear(model.initial, recorded.initial, 1e-12, 'initial');
    compareTransitions(model, recorded);
    for (const [gamma, values] of Object.entries(recorded.optimalValues))
      expectNear(valueIteration(model, Number(gamma)), values, 1e-8, `optimalValues at γ = ${gamma}`);
    return { kind: 'passed', what: `${recorded.nS} states × ${recorded.nA} actions, optimal values` };
  },
};

/** The reference's id and arguments as ours. */
function here({ gymnasium, kwargs, maxSteps }: ModelRecording): {
  world: string;
  params: Record<string, unknown>;
} {
  const limit = { maxSteps: maxSteps ?? 0 };
  const given = camelKeys(kwargs);
  const family = gymnasium.replace(/-v\d+$/, '');
  if (family === 'FrozenLake' || family === 'FrozenLake8x8') {
    const { mapName, isSlippery, desc, rewardSchedule: _, ...rest } = given;
    const map = desc ? 'own' : (mapName ?? (family === 'FrozenLake' ? '4x4' : '8x8'));
    const rows = desc ? { rows: desc } : {};
    return {
      world: 'frozen-lake',
      params: { map, ...rows, slippery: isSlippery ?? true, ...rest, ...limit },
    };
  }
  const renamed = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key.replace(/^is([A-Z])/, (_, a: string) => a.toLowerCase()),
      value,
    ]),
  );
  // The reference's P is the same whatever the passenger's mind; ours has no model while he may change it.
  delete renamed['ficklePassenger'];
  delete renamed['fickleProbability'];
  const world = { CliffWalking: 'cliff-walking', CliffWalkingSlippery: 'cliff-walking', Taxi: 'taxi' }[
    family
  ];
  if (family === 'CliffWalkingSlippery') renamed['slippery'] ??= true;
  return { world: world ?? gymnasium, params: { ...renamed, ...limit } };
}

/** The frozen lake's model with other rewards for goal, hole and ice, which are our weights; absorbing states pay none. */
function repriced(model: TransitionModel, schedule: unknown): TransitionModel {
  if (!Array.isArray(schedule)) return model;
  const [goal, hole, ice] = schedule as readonly number[];
  const price = (state: number, { next, reward, terminated }: Transition) =>
    terminated && next === state ? 0 : reward === 1 ? goal : terminated ? hole : ice;
  return {
    ...model,
    transitions: (state, action) =>
      model.transitions(state, action).map((one) => ({ ...one, reward: price(state, one) })),
  };
}

function compareTransitions(model: TransitionModel, recorded: ModelRecording): void {
  for (let s = 0; s < model.states; s++)
    for (let a = 0; a < model.actions; a++) {
      const ours = distribution(model.transitions(s, a));
      const theirs = distribution(
        recorded.P[s][a].map(([probability, next, reward, terminated]) => ({
          probability,
          next,
          reward,
          terminated,
        })),
      );
      expect([...ours.keys()].sort(), `outcomes of P[${s}][${a}]`).toEqual([...theirs.keys()].sort());
      for (const [outcome, probability] of theirs)
        expect(
          Math.abs(ours.get(outcome)! - probability),
          `P[${s}][${a}]: probability of ${outcome}`,
        ).toBeLessThan(1e-9);
    }
}

/** Probabilities by outcome: the reference lists some outcomes more than once. */
function distribution(transitions: readonly Transition[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { probability, next, reward, terminated } of transitions) {
    const outcome = `state ${next}, reward ${reward}, terminated ${terminated}`;
    if (probability > 0) sum.set(outcome, (sum.get(outcome) ?? 0) + probability);
  }
  return sum;
}

/** V*(s) = max over a of Σ p (r + γ V*(s′)), nothing beyond a terminal transition; swept until it stands still. */
function valueIteration(model: TransitionModel, gamma: number): Float64Array {
  const values = new Float64Array(model.states);
  for (let change = 1; change > 1e-12;) {
    change = 0;
    for (let s = 0; s < model.states; s++) {
      let best = -Infinity;
      for (let a = 0; a < model.actions; a++) {
        let value = 0;
        for (const { probability, next, reward, terminated } of model.transitions(s, a))
          value += probability * (reward + (terminated ? 0 : gamma * values[next]));
        best = Math.max(best, value);
      }
      change = Math.max(change, Math.abs(best - values[s]));
      values[s] = best;
    }
  }
  return values;
}

function expectNear(
  ours: ArrayLike<number>,
  theirs: readonly number[],
  tolerance: number,
  what: string,
): void {
  expect(ours.length, `length of ${what}`).toBe(theirs.length);
  theirs.forEach((value, k) => {
    expect(Math.abs(ours[k] - value), `${what}[${k}]: expected ${value}, got ${ours[k]}`).toBeLessThan(
      tolerance,
    );
  });
}
