/** What critics say of states: the least of them, as the policy's own target has it. */
import type { Actor } from '#agents/nn/actor.ts';
import type { Learner } from '#agents/nn/learner.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';

interface Place {
  readonly learner: Learner;
  /** One or two, whose blocks follow each other from this place of the learner's weights on. */
  readonly plans: readonly NetworkPlan[];
  readonly offset: number;
}

export class Critics {
  private readonly place: Place;
  /** Compiled when it is first asked for: nothing but looks needs it. */
  private actors: readonly Actor[] | undefined;

  constructor(place: Place) {
    this.place = place;
  }

  /** [n] min Q(s, a) for observations [n × observation] and actions [n × dims] in −1 … 1. */
  ofActions(obs: Float32Array, actions: Float32Array, n: number): Float32Array {
    const [size, dims] = [obs.length / n, actions.length / n];
    const input = new Float32Array(obs.length + actions.length);
    for (let i = 0; i < n; i++) {
      input.set(obs.subarray(i * size, (i + 1) * size), i * (size + dims));
      input.set(actions.subarray(i * dims, (i + 1) * dims), i * (size + dims) + size);
    }
    return this.least(input, n, n);
  }

  /** [n] Σ π(a | s) min Q(s, a) for observations and the probabilities of all actions [n × actions]. */
  ofPolicy(obs: Float32Array, probabilities: Float32Array, n: number): Float32Array {
    const least = this.least(obs, n, probabilities.length);
    const values = new Float32Array(n);
    const actions = probabilities.length / n;
    for (let k = 0; k < probabilities.length; k++)
      values[Math.floor(k / actions)] += probabilities[k] * least[k];
    return values;
  }

  private least(input: Float32Array, n: number, count: number): Float32Array {
    const { learner, plans, offset } = this.place;
    this.actors ??= plans.map((plan, k) => learner.actor(plan, 1, offset + k * plan.size));
    const [first, ...others] = this.actors;
    const least = first.run(input, n).slice(0, count);
    for (const other of others) {
      const values = other.run(input, n);
      for (let k = 0; k < count; k++) least[k] = Math.min(least[k], values[k]);
    }
    return least;
  }
}
