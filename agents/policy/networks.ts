/**
 * The networks of actor-critic agents: a policy and a value, in two networks or as two outputs of one, over one flat block of
 * parameters.
 */
import type { AgentNetwork } from '#core/agent.ts';
import { actionSize, type ActionSpec, type EnvSpec } from '#core/env.ts';
import { refusal } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { initialise } from '#agents/nn/init.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Body, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';

export interface ActorCriticPlan {
  readonly action: ActionSpec;
  /** Outputs of the policy per observation: one per action, or one per dim of a box. */
  readonly outputs: number;
  readonly shared: boolean;
  /** False: a policy without a value. */
  readonly critic: boolean;
  /** In the block's order: actor and critic, or the shared network; then log σ where actions are continuous. */
  readonly plans: readonly NetworkPlan[];
  readonly size: number;
}

/** A recurrent layer after the body; with `none`, the body may still have its own. */
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

/** The policy alone, the same as it is beside a separate critic. */
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

/** The policy to improve has to be the one that acted, but dropout and batch statistics would change it. */
function refuseUnsteady(layers: readonly Layer[]): void {
  const index = layers.findIndex(({ kind }) => kind === 'batchNorm' || kind === 'dropout');
  if (index < 0) return;
  const { kind } = layers[index];
  const expected = 'layers that do the same when acting and when training, such as layerNorm';
  throw refusal(`network.${index} (${kind})`, expected, kind);
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

/** Width of each network's hidden state; 0 where it is not recurrent. */
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
