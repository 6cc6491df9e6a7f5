/** What the Q-network says of observations, on plain arrays: for acting, and for who looks at the agent. */
import type { BatchUpdate, Estimates } from '#core/agent.ts';
import { argmax, maxima } from '#core/argmax.ts';
import type { SavableRng } from '#core/rng.ts';
import type { Actor } from '#agents/nn/actor.ts';
import type { Inspector } from '#agents/nn/inspector.ts';
import type { Learner } from '#agents/nn/learner.ts';
import { drawNoise } from '#agents/nn/noise.ts';
import { saliencyOf } from '#agents/nn/saliency.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import type { ValueHead } from './q-network.ts';

/** Transitions, as the step's inputs hold them. */
interface Batch {
  readonly obs: Float32Array;
  readonly actions: Float32Array | Int32Array;
  readonly rewards: Float32Array;
  readonly discounts: Float32Array;
  readonly nextObs: Float32Array;
}

function errorOf({ target, expected }: BatchUpdate): number {
  return Math.abs(target - expected);
}

export class QValues {
  readonly actions: number;
  private readonly plan: NetworkPlan;
  private readonly head: ValueHead;
  private readonly learner: Learner;
  /** The noise that both networks multiply by; zeros act with the mean network. */
  private readonly noise: Float32Array;
  private values: Float32Array; // [n, A]
  /** The network that explores, and the moving average of its weights, which plays greedily. */
  private readonly online: Actor;
  private readonly average: Actor;
  /** Made when it is first asked for. */
  private inspector: Inspector | undefined;

  /** The learner's weights are the online block and the average. */
  constructor(plan: NetworkPlan, head: ValueHead, learner: Learner, slots: number) {
    this.plan = plan;
    this.head = head;
    this.learner = learner;
    this.actions = plan.output[0] / head.atoms;
    this.noise = new Float32Array(plan.noise);
    this.values = new Float32Array(slots * this.actions);
    this.online = learner.actor(plan, slots, 0, this.noise);
    this.average = learner.actor(plan, slots, plan.size, this.noise);
  }

  /** Q(s, a) [n, A] of the online network under fresh noise; valid until the next call. */
  exploring(obs: Float32Array, n: number, rng: SavableRng): Float32Array {
    drawNoise(this.noise, rng);
    return this.run(this.online, obs, n);
  }

  /** The same of the average network without noise. */
  greedy(obs: Float32Array, n: number): Float32Array {
    this.noise.fill(0);
    return this.run(this.average, obs, n);
  }

  /** Q and max Q as it plays greedily. */
  estimates(obs: Float32Array, n: number): Required<Pick<Estimates, 'actionValues' | 'values'>> {
    const actionValues = this.greedy(obs, n).slice(0, n * this.actions);
    return { actionValues, values: maxima(actionValues, this.actions) };
  }

  /** |∂ max Q / ∂ input| as it plays greedily. */
  saliency(obs: Float32Array): Float32Array {
    const { plan, head, actions } = this;
    this.noise.fill(0);
    const outputs = this.average.run(obs, 1).slice(0, actions * head.atoms);
    head.valuesOf(outputs, actions, this.values);
    const from = argmax(this.values, 0, actions) * head.atoms;
    const chosen = new Float32Array(outputs.length);
    chosen.set(head.slopes(outputs.subarray(from, from + head.atoms)), from);
    this.inspector ??= this.learner.inspector(plan, plan.size);
    return saliencyOf(this.inspector, obs, chosen);
  }

  /** The transition of a batch of which Q(s, a) is furthest off, all by the average network. */
  surprise({ obs, actions, rewards, discounts, nextObs }: Batch): BatchUpdate {
    const size = rewards.length;
    const { actionValues } = this.estimates(obs, size);
    const { values: next } = this.estimates(nextObs, size);
    const updates = Array.from(rewards, (reward, k): BatchUpdate => {
      const expected = actionValues[k * this.actions + actions[k]];
      const target = reward + discounts[k] * next[k];
      return { kind: 'batch', size, action: actions[k], expected, reward, target };
    });
    return updates.reduce((worst, each) => (errorOf(each) > errorOf(worst) ? each : worst));
  }

  private run(network: Actor, obs: Float32Array, n: number): Float32Array {
    if (this.values.length < n * this.actions) this.values = new Float32Array(n * this.actions);
    this.head.valuesOf(network.run(obs, n), n * this.actions, this.values);
    return this.values;
  }
}
