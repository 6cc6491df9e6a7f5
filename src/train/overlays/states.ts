/** The states of a tabular world as its agent observes them: which are on the picture, and what the agent makes of each. */
import { observationSize, type EnvKernel, type Place } from '#core/env.ts';
import type { Estimates, Player } from '#core/agent.ts';
import type { Normaliser } from '#core/moments.ts';
import type { Range, StateLook } from '#core/overlay.ts';
import type { VectorEnv } from '#core/vector-env.ts';

/** Most numbers that all states are as one-hot vectors: above it, a network would take too long to answer for all. */
const MOST_NUMBERS = 2 ** 20;

/** Of Q, whose lowest values are often those of a few disasters: the share of numbers below the scale. */
const BELOW = 0.1;

interface Parts {
  readonly env: VectorEnv;
  /** Places its states. */
  readonly kernel: EnvKernel;
  readonly normaliser: Normaliser | undefined;
  /** How many states there are. */
  readonly count: number;
  /** Whether the agent observes the index of its state, not a vector with a 1 there. */
  readonly isIndex: boolean;
}

export class StateViewer {
  private readonly parts: Parts;

  private constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Undefined where the states have no places, or are not what the agent observes. */
  static of(env: VectorEnv, kernel: EnvKernel, normaliser: Normaliser | undefined): StateViewer | undefined {
    const { observation } = env.spec;
    if (!kernel.place) return undefined;
    if (observation.kind === 'discrete')
      return new StateViewer({ env, kernel, normaliser, count: observation.states, isIndex: true });
    const [count] = observation.shape;
    if (observation.kind !== 'vector' || !observation.oneHot || count ** 2 > MOST_NUMBERS) return undefined;
    return new StateViewer({ env, kernel, normaliser, count, isIndex: false });
  }

  /** What the player makes of every state that has a place. */
  look(player: Player): StateLook | undefined {
    const { env, kernel, count } = this.parts;
    const current = this.current();
    const out: Place = { x: 0, y: 0, width: 0, height: 0 };
    const states: number[] = [];
    const cells: number[] = [];
    for (let state = 0; state < count; state++) {
      if (!kernel.place?.(state, current, out)) continue;
      states.push(state);
      cells.push(out.x, out.y, out.width, out.height);
    }
    const estimates = player.estimates?.(this.observations(states), states.length);
    if (!estimates) return undefined;
    const actions = env.spec.action.kind === 'discrete' ? env.spec.action.names.length : 0;
    const whole = withPolicy(estimates, actions);
    return {
      states: Int32Array.from(states),
      cells: Float32Array.from(cells),
      estimates: whole,
      current,
      ranges: rangesOf(whole, actions),
    };
  }

  private current(): number {
    const { env, isIndex, count } = this.parts;
    return isIndex ? env.raw.obs[0] : env.raw.obs.subarray(0, count).indexOf(1);
  }

  private observations(states: readonly number[]): Float32Array {
    const { env, isIndex, normaliser } = this.parts;
    if (isIndex) return Float32Array.from(states);
    const size = observationSize(env.spec);
    const rows = new Float32Array(states.length * size);
    states.forEach((state, i) => (rows[i * size + state] = 1));
    normaliser?.normalise(rows, rows);
    return rows;
  }
}

/** An agent that only values actions plays the best ones. */
function withPolicy(estimates: Estimates, actions: number): Estimates {
  const { actionValues, probabilities } = estimates;
  if (!actionValues || probabilities) return estimates;
  const greedy = new Float32Array(actionValues.length);
  for (let from = 0; from < greedy.length; from += actions) {
    const row = actionValues.subarray(from, from + actions);
    const most = Math.max(...row);
    const ties = row.filter((value) => value === most).length;
    row.forEach((value, a) => (greedy[from + a] = value === most ? 1 / ties : 0));
  }
  return { ...estimates, probabilities: greedy };
}

function rangesOf({ values, actionValues, visits }: Estimates, actions: number): StateLook['ranges'] {
  return {
    ...(values && { values: rangeOf(values) }),
    ...(actionValues && { actions: rangeOf(actionValues, BELOW) }),
    ...(visits && { visits: { low: 0, high: Math.max(...rowSums(visits, actions)) } }),
  };
}

/** N(s) of every row. */
export function rowSums(rows: Float32Array, width: number): Float32Array {
  const sums = new Float32Array(rows.length / width);
  for (let k = 0; k < rows.length; k++) sums[Math.floor(k / width)] += rows[k];
  return sums;
}

function rangeOf(numbers: Float32Array | Float64Array, below = 0): Range {
  const sorted = numbers.filter(Number.isFinite).sort();
  if (sorted.length === 0) return { low: 0, high: 0 };
  return { low: sorted[Math.floor(below * (sorted.length - 1))], high: sorted[sorted.length - 1] };
}
