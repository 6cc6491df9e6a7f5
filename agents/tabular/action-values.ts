/**
 * Tables of action values and the policies that read them. A table is one flat array [states, actions]; the pair (s, a) is
 * entry s · actions + a. What each function computes has one right answer, so every tabular agent takes it from here.
 */
import { actionSize, type EnvSpec } from '#core/env.ts';
import type { Estimates, Inspection } from '#core/agent.ts';
import type { SavableRng } from '#core/rng.ts';
import { restoreColumns, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Progress } from './schedules.ts';

/** Entries above which a table is refused: 16 Mi, also the largest index that a float32 observation holds exactly. */
const MAX_ENTRIES = 2 ** 24;

/** Why `copies` tables cannot hold a world, or undefined if they can. `field` is relative to the agent's. */
export function refusesTable(
  spec: EnvSpec,
  copies = 1,
): { field: string; expected: string; got: string } | undefined {
  const { observation, action } = spec;
  if (observation.kind !== 'discrete')
    return {
      field: 'world',
      expected: 'a world with discrete observations',
      got: `${spec.id}, whose observations are ${observation.kind} [${observation.shape.join(' × ')}]`,
    };
  if (action.kind !== 'discrete')
    return {
      field: 'world',
      expected: 'a world with discrete actions',
      got: `${spec.id}, whose actions are a box of ${action.low.length}`,
    };
  if (observation.states * action.names.length * copies > MAX_ENTRIES)
    return {
      field: 'world',
      expected: `at most ${MAX_ENTRIES} table entries`,
      got: `${copies} × ${observation.states} states × ${action.names.length} actions in ${spec.id}`,
    };
  return undefined;
}

/** How many states a world has that passed `refusesTable`. */
export function stateCount(spec: EnvSpec): number {
  if (spec.observation.kind !== 'discrete') throw new Error(`${spec.id}: expected discrete observations`);
  return spec.observation.states;
}

/** A table [states, actions] for a world. */
export function actionValues(spec: EnvSpec, initial: number): Float64Array {
  return new Float64Array(stateCount(spec) * actionSize(spec)).fill(initial);
}

/** max over a of q[state, a]. */
export function maxValue(q: Float64Array, state: number, actions: number): number {
  const base = state * actions;
  let max = q[base];
  for (let a = 1; a < actions; a++) if (q[base + a] > max) max = q[base + a];
  return max;
}

/** The best action; of equals, the one of lowest index. */
export function argmax(q: Float64Array, state: number, actions: number): number {
  const base = state * actions;
  let best = 0;
  for (let a = 1; a < actions; a++) if (q[base + a] > q[base + best]) best = a;
  return best;
}

/** The best action; of equals, any with the same chance (reservoir sampling: draws only where there is a tie). */
export function randomArgmax(q: Float64Array, state: number, actions: number, rng: SavableRng): number {
  const base = state * actions;
  let best = 0;
  let equals = 1;
  for (let a = 1; a < actions; a++) {
    const value = q[base + a];
    if (value > q[base + best]) {
      best = a;
      equals = 1;
    } else if (value === q[base + best] && rng.integer(++equals) === 0) best = a;
  }
  return best;
}

/** π(· | state) of the ε-greedy policy, ties sharing the greedy part (S&B 2018, §5.4). */
export function epsilonGreedy(
  q: Float64Array,
  state: number,
  actions: number,
  epsilon: number,
): Float32Array {
  const max = maxValue(q, state, actions);
  const row = q.subarray(state * actions, (state + 1) * actions);
  const ties = row.reduce((count, value) => count + (value === max ? 1 : 0), 0);
  return Float32Array.from(row, (value) => epsilon / actions + (value === max ? (1 - epsilon) / ties : 0));
}

/** The rows of a table [states, actions] for n states, as [n, actions]. */
export function rowsOf(
  table: Float64Array | Int32Array,
  actions: number,
  states: Float32Array,
  n: number,
): Float32Array {
  const rows = new Float32Array(n * actions);
  for (let i = 0; i < n; i++)
    rows.set(table.subarray(states[i] * actions, (states[i] + 1) * actions), i * actions);
  return rows;
}

/** The first of n rows of estimates as an inspection. */
export function firstRow({ actionValues, probabilities, values }: Estimates): Inspection {
  return {
    ...(actionValues && { actionValues }),
    ...(probabilities && { probabilities }),
    ...(values && { value: values[0] }),
  };
}

/** The ε-greedy policy over a table that others write. */
export class EpsilonGreedy {
  private readonly q: Float64Array;
  private readonly actions: number;
  private readonly progress: Progress;
  private readonly rng: SavableRng;

  constructor(q: Float64Array, actions: number, progress: Progress, rng: SavableRng) {
    this.q = q;
    this.actions = actions;
    this.progress = progress;
    this.rng = rng;
  }

  /** Chooses for n states [n]: `explore` is ε-greedy with ties broken at random, `greedy` draws nothing. */
  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    for (let i = 0; i < n; i++)
      out.discrete[i] = mode === 'greedy' ? argmax(this.q, obs[i], this.actions) : this.sample(obs[i]);
  }

  /** One action of the ε-greedy policy. */
  sample(state: number): number {
    const { q, actions, rng } = this;
    return rng.uniform() < this.progress.epsilon(state)
      ? rng.integer(actions)
      : randomArgmax(q, state, actions, rng);
  }

  /** Σ_a π(a | state) q[state, a]. */
  expectedValue(state: number): number {
    const { q, actions } = this;
    const epsilon = this.progress.epsilon(state);
    const base = state * actions;
    let sum = 0;
    for (let a = 0; a < actions; a++) sum += q[base + a];
    return (epsilon * sum) / actions + (1 - epsilon) * maxValue(q, state, actions);
  }

  /** Q(s, ·), π(· | s) as it explores now, V(s) = max Q(s, ·), the value of the greedy policy's action, and N(s, ·). */
  estimates(states: Float32Array, n: number): Required<Omit<Estimates, 'traces'>> {
    const { q, actions, progress } = this;
    const probabilities = new Float32Array(n * actions);
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const state = states[i];
      probabilities.set(epsilonGreedy(q, state, actions, progress.epsilon(state)), i * actions);
      values[i] = maxValue(q, state, actions);
    }
    const visits = rowsOf(progress.allVisits(), actions, states, n);
    return { actionValues: rowsOf(q, actions, states, n), probabilities, values, visits };
  }

  snapshot(): Snapshot {
    return { rng: this.rng.state.slice() };
  }

  restore(saved: Snapshot): void {
    restoreColumns({ rng: this.rng.state }, saved, 'policy');
  }
}
