/**
 * The networks of actor-critic agents: a policy and a value, in two networks or as two ends of one, over one flat block of
 * parameters. It knows both sides: tensors for learning, plain arrays for acting.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Inspection } from '#core/agent.ts';
import type { AgentNetwork } from '#core/agent.ts';
import { actionSize, type ActionSpec, type EnvSpec } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#agents/nn/choose.ts';
import {
  categorical,
  categoricalLogProb,
  gaussian,
  normalLogProb,
  probabilities,
  sampleCategorical,
  type PolicyTensors,
} from '#agents/nn/distributions.ts';
import { initialise } from '#agents/nn/init.ts';
import type { Learner } from '#agents/nn/learner.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { apply, type Weights } from '#agents/nn/network.ts';
import type { Recall } from '#agents/nn/recurrent.ts';
import { Hidden } from './hidden.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Body, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';

export interface ActorCriticPlan {
  readonly action: ActionSpec;
  /** Actions, or dims of a box: what the policy's network gives per observation. */
  readonly outputs: number;
  readonly shared: boolean;
  /** False: a policy without a value. */
  readonly critic: boolean;
  /** In the block's order: actor and critic, or the shared network; then log σ where actions are numbers. */
  readonly plans: readonly NetworkPlan[];
  readonly size: number;
}

/** A recurrent layer behind the body; `none` leaves it at those that the body has. */
export interface Recurrence {
  readonly memory: 'none' | 'gru' | 'lstm';
  readonly memorySize: number;
}

/**
 * `auto` is two tanh layers of 64 for vectors (CleanRL) and the DQN's body for planes. Initial weights are orthogonal, √2
 * in the body, 0.01 at the policy, 1 at the value (Andrychowicz et al. 2021). Without `recurrence`, recurrent layers are
 * refused.
 */
export function planActorCritic(
  spec: EnvSpec,
  body: Body,
  shared: boolean,
  recurrence?: Recurrence,
): ActorCriticPlan {
  const outputs = actionSize(spec);
  const net = networksOver(spec, body, recurrence);
  const networks = shared ? [net(outputs + 1, 0.01)] : [net(outputs, 0.01), net(1, 1)];
  return assemble(spec, networks, { shared, critic: true });
}

/** The policy alone, the same as the one beside a critic of its own. */
export function planPolicy(spec: EnvSpec, body: Body): ActorCriticPlan {
  const policy = networksOver(spec, body)(actionSize(spec), 0.01);
  return assemble(spec, [policy], { shared: false, critic: false });
}

/** Makes networks that differ in their last layer. */
function networksOver(
  spec: EnvSpec,
  body: Body,
  recurrence?: Recurrence,
): (units: number, gain: number) => NetworkPlan {
  const input = spec.observation.shape;
  const layers = [...bodyOf(body, input), ...memoryLayer(recurrence)];
  refuseUnsteady(layers);
  const remembers = recurrence !== undefined;
  return (units, gain) =>
    planNetwork([...layers, { kind: 'dense', units, init: 'orthogonal', gain }], input, 'network', {
      remembers,
    });
}

function assemble(
  { action, ...spec }: EnvSpec,
  networks: readonly NetworkPlan[],
  kind: Pick<ActorCriticPlan, 'shared' | 'critic'>,
): ActorCriticPlan {
  const outputs = actionSize({ action, ...spec });
  const plans = action.kind === 'box' ? [...networks, logStdPlan(outputs)] : networks;
  return { action, outputs, ...kind, plans, size: plans.reduce((sum, { size }) => sum + size, 0) };
}

function memoryLayer(recurrence: Recurrence | undefined): readonly Layer[] {
  if (!recurrence || recurrence.memory === 'none') return [];
  return [{ kind: recurrence.memory, units: recurrence.memorySize }];
}

/** The policy that is improved has to be the one that played, not what it would do without masks or by other statistics. */
function refuseUnsteady(layers: readonly Layer[]): void {
  const index = layers.findIndex(({ kind }) => kind === 'batchNorm' || kind === 'dropout');
  if (index < 0) return;
  const { kind } = layers[index];
  const expected = 'layers that do the same when acting and when training, such as layerNorm';
  throw new InputError([{ field: `network.${index} (${kind})`, expected, got: kind }]);
}

function bodyOf(body: Body, input: readonly number[]): readonly Layer[] {
  if (body === 'auto' && input.length === 1) {
    const layer = {
      kind: 'dense',
      units: 64,
      activation: 'tanh',
      init: 'orthogonal',
      gain: Math.SQRT2,
    } as const;
    return [layer, layer];
  }
  return bodyFor(body, input).map((layer) =>
    (layer.kind === 'dense' || layer.kind === 'conv2d') && layer.init === undefined
      ? { ...layer, init: 'orthogonal', gain: layer.gain ?? Math.SQRT2 }
      : layer,
  );
}

/** The networks as data, for `AgentDefinition.networks`; `parts` of the agent's snapshot hold the whole block as `params`. */
export function actorCriticNetworks(
  { plans, shared, critic }: ActorCriticPlan,
  parts: readonly string[] = ['learner'],
): readonly AgentNetwork[] {
  const [first, second] = plans;
  const at = (offset: number): AgentNetwork['blocks'] =>
    parts.map((part) => ({ part, name: 'params', offset }));
  if (shared) return [networkData('policy-value', first, ...at(0))];
  const policy = networkData('policy', first, ...at(0));
  return critic ? [policy, networkData('value', second, ...at(first.size))] : [policy];
}

/** Parameters that belong to no layer: one log σ per dim, the same in every state, from 0. */
function logStdPlan(dims: number): NetworkPlan {
  const param = {
    name: 'logStd',
    shape: [dims],
    offset: 0,
    size: dims,
    start: { kind: 'constant', value: 0 },
  } as const;
  return {
    input: [],
    output: [dims],
    layers: [],
    params: [param],
    size: dims,
    noise: 0,
    dropout: 0,
    memory: 0,
  };
}

/** Numbers that each network remembers of a world; zeros where none is recurrent. */
export function memoriesOf({ plans }: ActorCriticPlan): readonly number[] {
  return plans.map(({ memory }) => memory);
}

export function initialBlock(plan: ActorCriticPlan, rng: Rng): Float32Array {
  const block = new Float32Array(plan.size);
  let offset = 0;
  for (const part of plan.plans) {
    block.set(initialise(part, rng), offset);
    offset += part.size;
  }
  return block;
}

/**
 * The policy's view of the actions taken and the values [B], from the weights of `plan.plans`. `recalls`: what each network
 * remembers, where they are recurrent.
 */
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
  /** Of the last `look`: [n × outputs] and [n]. Rows of `policy` are `stride` apart. */
  policy: Float32Array = new Float32Array(0);
  values: Float32Array;
  readonly stride: number;
  /** The policy's network, and the critic's if it has one of its own. */
  private readonly networks: readonly Actor[];
  private readonly weights: Float32Array;
  /** What is remembered of the worlds that are trained in, of those that are played greedily, and a row to look aside with. */
  readonly hidden: Hidden;
  private played: Hidden;
  private readonly aside: Hidden;

  /** The learner's weights are the plan's block. */
  constructor(plan: ActorCriticPlan, learner: Learner, slots: number) {
    this.plan = plan;
    this.weights = learner.weights;
    this.stride = plan.shared ? plan.outputs + 1 : plan.outputs;
    const [first, second] = plan.plans;
    const policy = learner.actor(first, slots);
    this.networks =
      plan.shared || !plan.critic ? [policy] : [policy, learner.actor(second, slots, first.size)];
    this.values = new Float32Array(slots);
    this.hidden = new Hidden(memoriesOf(plan), slots);
    this.played = new Hidden(memoriesOf(plan), slots);
    this.aside = new Hidden(memoriesOf(plan), 1);
  }

  /** Runs the networks on obs [n × observation], and moves on what they remember. */
  look(obs: Float32Array, n: number, { blocks }: Hidden = this.hidden): void {
    if (this.values.length < n) this.values = new Float32Array(n);
    this.policy = this.networks[0].run(obs, n, blocks[0]);
    if (this.plan.shared) {
      for (let i = 0; i < n; i++) this.values[i] = this.policy[i * this.stride + this.plan.outputs];
    } else if (this.plan.critic) {
      const values = this.networks[1].run(obs, n, blocks[1]);
      for (let i = 0; i < n; i++) this.values[i] = values[i];
    }
  }

  /** What is remembered of n worlds that are played greedily, without those in which an episode begins: all, if unsaid. */
  recall(n: number, begins?: Uint8Array): Hidden {
    if (this.played.slots < n) this.played = new Hidden(memoriesOf(this.plan), n);
    for (let i = 0; i < n; i++) if (begins?.[i] !== 0) this.played.forget(i);
    return this.played;
  }

  /** V(s) of one observation that follows in a world that is trained in; forgets the last `look`, remembers nothing. */
  value(obs: Float32Array, slot = 0): number {
    this.lookAside(obs, slot);
    return this.values[0];
  }

  private lookAside(obs: Float32Array, slot: number): void {
    this.aside.copyRow(0, this.hidden, slot);
    this.look(obs, 1, this.aside);
  }

  /**
   * Draws the actions of the last `look`: what the world gets goes to `out`, what was drawn to `drawn` (an index, or dims
   * in units of half the box, before they are cut off at its edge) and its log probability to `logProbs`.
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

  /** The likeliest actions of the last `look`. */
  greedy(n: number, out: ActionBuffer): void {
    const { action, outputs } = this.plan;
    for (let i = 0; i < n; i++)
      if (action.kind === 'discrete') out.discrete[i] = argmax(this.policy, i * this.stride, outputs);
      else
        for (let d = 0; d < outputs; d++)
          out.box[i * outputs + d] = intoBox(action, d, this.policy[i * this.stride + d]);
  }

  /** V(s), and π(a | s) where actions are discrete, of one observation, as the first world goes on to it. */
  inspect(obs: Float32Array): Inspection {
    this.lookAside(obs, 0);
    const { plan, policy, values } = this;
    return {
      ...(plan.critic && { value: values[0] }),
      ...(plan.action.kind === 'discrete' && { probabilities: probabilities(policy, plan.outputs) }),
    };
  }

  /** log σ of a dim, in units of half the box. */
  logStd(dim: number): number {
    return this.weights[this.weights.length - this.plan.outputs + dim];
  }
}

/** The box onto −1 … 1: what a policy would have drawn to do this. */
export function fromBox({ low, high }: ActionSpec & { kind: 'box' }, dim: number, x: number): number {
  return (2 * x - low[dim] - high[dim]) / (high[dim] - low[dim]);
}

/** −1 … 1 onto the box, cut off at its edges. */
function intoBox(action: ActionSpec & { kind: 'box' }, dim: number, x: number): number {
  const { low, high } = action;
  const middle = (low[dim] + high[dim]) / 2;
  const half = (high[dim] - low[dim]) / 2;
  return Math.min(high[dim], Math.max(low[dim], middle + half * x));
}
