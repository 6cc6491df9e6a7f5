/** The policy and the value of actor-critic agents: as tensors over a batch for learning, on plain arrays for acting. */
import * as tf from '@tensorflow/tfjs-core';
import type { Estimates, Inspection } from '#core/agent.ts';
import type { Rng } from '#core/rng.ts';
import { copyColumns, restoreColumns, type Columns, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#core/argmax.ts';
import {
  categorical,
  categoricalLogProb,
  gaussian,
  normalLogProb,
  probabilities,
  sampleCategorical,
  type PolicyTensors,
} from '#agents/nn/distributions.ts';
import type { Inspector } from '#agents/nn/inspector.ts';
import type { Learner } from '#agents/nn/learner.ts';
import { apply, type Weights } from '#agents/nn/network.ts';
import { eachMean, logProbSlopes, saliencyOf } from '#agents/nn/saliency.ts';
import { sizeOf } from '#agents/nn/spec.ts';
import type { Recall } from '#agents/nn/recurrent.ts';
import { intoBox } from './box.ts';
import { memoriesOf, type ActorCriticPlan } from './networks.ts';

/** log π(a | s) and entropy of the policy, and V(s), all [B]. `recalls`: the hidden state of each recurrent network. */
export function evaluateBatch(
  plan: ActorCriticPlan,
  weights: readonly Weights[],
  obs: tf.Tensor,
  actions: tf.Tensor,
  recalls: readonly (Recall | undefined)[] = [],
): { readonly policy: PolicyTensors; readonly values: tf.Tensor1D } {
  const batch = obs.shape[0];
  const first = apply(plan.plans[0], weights[0], obs, undefined, recalls[0]);
  const outputs = plan.shared ? tf.slice2d(first as tf.Tensor2D, [0, 0], [batch, plan.outputs]) : first;
  const values = plan.shared
    ? tf.slice2d(first as tf.Tensor2D, [0, plan.outputs], [batch, 1])
    : apply(plan.plans[1], weights[1], obs, undefined, recalls[1]);
  const policy =
    plan.action.kind === 'discrete'
      ? categorical(outputs, actions)
      : gaussian(outputs, weights[weights.length - 1][0], actions);
  return { policy, values: tf.reshape(values, [batch]) };
}

/** Acting: the policy and the value of n observations, without allocating. */
export class ActorCritic {
  readonly plan: ActorCriticPlan;
  /** Outputs of the policy for the last `forward`, [n, outputs]; rows are `stride` apart. */
  policy: Float32Array = new Float32Array(0);
  /** [n] V(s) of the last `forward`. */
  values: Float32Array;
  readonly stride: number;
  /** The policy's network, and the critic's if it has one of its own. */
  private readonly networks: readonly Actor[];
  private readonly learner: Learner;
  /** Made when it is first asked for. */
  private inspector: Inspector | undefined;
  private readonly weights: Float32Array;
  /** The hidden state of the training environments, of those that are played greedily, and a row for a look ahead. */
  readonly hidden: HiddenState;
  private greedyHidden: HiddenState;
  private readonly scratch: HiddenState;

  /** The learner's weights are the plan's block. */
  constructor(plan: ActorCriticPlan, learner: Learner, slots: number) {
    this.plan = plan;
    this.learner = learner;
    this.weights = learner.weights;
    this.stride = plan.shared ? plan.outputs + 1 : plan.outputs;
    const [first, second] = plan.plans;
    const policy = learner.actor(first, slots);
    this.networks =
      plan.shared || !plan.critic ? [policy] : [policy, learner.actor(second, slots, first.size)];
    this.values = new Float32Array(slots);
    this.hidden = new HiddenState(memoriesOf(plan), slots);
    this.greedyHidden = new HiddenState(memoriesOf(plan), slots);
    this.scratch = new HiddenState(memoriesOf(plan), 1);
  }

  /** Runs the networks on obs [n, observation] and advances the hidden state by a step. */
  forward(obs: Float32Array, n: number, { blocks }: HiddenState = this.hidden): void {
    if (this.values.length < n) this.values = new Float32Array(n);
    this.policy = this.networks[0].run(obs, n, blocks[0]);
    if (this.plan.shared) {
      for (let i = 0; i < n; i++) this.values[i] = this.policy[i * this.stride + this.plan.outputs];
    } else if (this.plan.critic) {
      const values = this.networks[1].run(obs, n, blocks[1]);
      for (let i = 0; i < n; i++) this.values[i] = values[i];
    }
  }

  /** The hidden state of n environments that are played greedily, reset where an episode begins: in all, if unsaid. */
  greedyState(n: number, begins?: Uint8Array): HiddenState {
    if (this.greedyHidden.slots < n) this.greedyHidden = new HiddenState(memoriesOf(this.plan), n);
    for (let i = 0; i < n; i++) if (begins?.[i] !== 0) this.greedyHidden.forget(i);
    return this.greedyHidden;
  }

  /** V(s) of the observation that follows in a training environment; overwrites `policy` and `values`, keeps no state. */
  value(obs: Float32Array, slot = 0): number {
    this.peek(obs, slot);
    return this.values[0];
  }

  private peek(obs: Float32Array, slot: number): void {
    this.scratch.copyRow(0, this.hidden, slot);
    this.forward(obs, 1, this.scratch);
  }

  /**
   * Draws actions for the last `forward`: the world's go to `out`; what was drawn (an index, or dims in units of half the
   * box, before they are clipped to it) to `drawn`, and its log probability to `logProbs`.
   */
  sample(n: number, rng: Rng, out: ActionBuffer, drawn: Float32Array, logProbs: Float32Array): void {
    const { action, outputs } = this.plan;
    for (let i = 0; i < n; i++) {
      const from = i * this.stride;
      if (action.kind === 'discrete') {
        const index = sampleCategorical(this.policy, from, outputs, rng);
        out.discrete[i] = index;
        drawn[i] = index;
        logProbs[i] = categoricalLogProb(this.policy, from, outputs, index);
        continue;
      }
      logProbs[i] = 0;
      for (let d = 0; d < outputs; d++) {
        const mean = this.policy[from + d];
        const logStd = this.logStd(d);
        const x = Math.fround(mean + Math.exp(logStd) * rng.normal());
        drawn[i * outputs + d] = x;
        logProbs[i] += normalLogProb(x, mean, logStd);
        out.box[i * outputs + d] = intoBox(action, d, x);
      }
    }
  }

  /** The most probable actions for the last `forward`. */
  greedy(n: number, out: ActionBuffer): void {
    const { action, outputs } = this.plan;
    for (let i = 0; i < n; i++)
      if (action.kind === 'discrete') out.discrete[i] = argmax(this.policy, i * this.stride, outputs);
      else
        for (let d = 0; d < outputs; d++)
          out.box[i * outputs + d] = intoBox(action, d, this.policy[i * this.stride + d]);
  }

  /** V(s), and π(a | s) where actions are discrete, of an observation that follows in the first environment. */
  inspect(obs: Float32Array): Inspection {
    this.peek(obs, 0);
    const { plan, policy, values } = this;
    return {
      ...(plan.critic && { value: values[0] }),
      ...(plan.action.kind === 'discrete' && { probabilities: probabilities(policy, plan.outputs) }),
    };
  }

  /** The same of n observations with which episodes begin, [n, actions] and [n]. */
  estimates(obs: Float32Array, n: number): Estimates {
    this.forward(obs, n, new HiddenState(memoriesOf(this.plan), n));
    const { plan, policy, values, stride } = this;
    const { outputs, action, critic } = plan;
    if (action.kind !== 'discrete') return critic ? { values: values.slice(0, n) } : {};
    const rows = new Float32Array(n * outputs);
    for (let i = 0; i < n; i++)
      rows.set(probabilities(policy.subarray(i * stride, i * stride + outputs), outputs), i * outputs);
    return { probabilities: rows, ...(critic && { values: values.slice(0, n) }) };
  }

  /** Of the policy in the first environment: see `Player.saliency`. */
  saliency(obs: Float32Array): Float32Array {
    this.peek(obs, 0);
    const { plan, policy, hidden } = this;
    const { action, outputs } = plan;
    const [network] = plan.plans;
    const all = sizeOf(network.output);
    const [rows, chosen] =
      action.kind === 'discrete'
        ? ([1, logProbSlopes(probabilities(policy, outputs), argmax(policy, 0, outputs), all)] as const)
        : ([outputs, eachMean(outputs, all)] as const);
    const memory = network.memory > 0 ? hidden.blocks[0].subarray(0, network.memory) : undefined;
    this.inspector ??= this.learner.inspector(network);
    return saliencyOf(this.inspector, obs, chosen, rows, memory);
  }

  /** log σ of a dim, in units of half the box. */
  logStd(dim: number): number {
    return this.weights[this.weights.length - this.plan.outputs + dim];
  }
}

/** The hidden state of recurrent networks in several environments: a row each, in a block per network; else empty. */
export class HiddenState {
  readonly slots: number;
  /** Per network [slots, its width]. */
  readonly blocks: readonly Float32Array[];
  readonly widths: readonly number[];

  /** `widths`: numbers per row that each network remembers. */
  constructor(widths: readonly number[], slots: number) {
    this.slots = slots;
    this.widths = widths;
    this.blocks = widths.map((width) => new Float32Array(slots * width));
  }

  /** An episode begins in this world. */
  forget(slot: number): void {
    for (let k = 0; k < this.blocks.length; k++) {
      const width = this.widths[k];
      this.blocks[k].fill(0, slot * width, (slot + 1) * width);
    }
  }

  /** Copies a row of another one, of the same networks. */
  copyRow(slot: number, from: HiddenState, fromSlot: number): void {
    for (let k = 0; k < this.blocks.length; k++) {
      const width = this.widths[k];
      for (let j = 0; j < width; j++) this.blocks[k][slot * width + j] = from.blocks[k][fromSlot * width + j];
    }
  }

  snapshot(): Snapshot {
    return copyColumns(this.columns());
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.columns(), saved, 'hidden');
  }

  private columns(): Columns {
    return Object.fromEntries(this.blocks.map((block, k) => [`network${k}`, block]));
  }
}
