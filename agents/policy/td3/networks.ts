/** The networks of TD3: a deterministic policy, and one or two critics of observation and action together. */
import type { AgentNetwork } from '#core/agent.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { needsBox } from '#agents/nn/worlds.ts';
import type { Td3Config } from './config.ts';

export interface Td3Plan {
  readonly dims: number;
  readonly actor: NetworkPlan;
  readonly critic: NetworkPlan;
  /** One critic, or two. */
  readonly critics: readonly NetworkPlan[];
}

export function planTd3(spec: EnvSpec, config: Td3Config): Td3Plan {
  const dims = actionSize(spec);
  const input = spec.observation.shape;
  const small: Layer = { kind: 'dense', units: 64, activation: 'relu' };
  const body = config.network === 'auto' ? [small, small] : bodyFor(config.network, input);
  const network = (head: Layer, shape: readonly number[]): NetworkPlan =>
    needsRows(planNetwork([...body, head], shape, 'network'), config.batchSize);
  const actor = network({ kind: 'dense', units: dims, activation: 'tanh' }, input);
  const critic = network({ kind: 'dense', units: 1 }, [observationSize(spec) + dims]);
  return { dims, actor, critic, critics: config.twin ? [critic, critic] : [critic] };
}

/** Why TD3 cannot play a world: its actions are continuous, and its critics take observation and action as one vector. */
export function refusesTd3(spec: EnvSpec, config: Td3Config): Problem | undefined {
  if (spec.observation.kind === 'planes')
    return { field: 'world', expected: 'observations that are a vector', got: `${spec.id}, with planes` };
  return needsBox(spec) ?? problemOf(() => planTd3(spec, config));
}

export function td3Networks(spec: EnvSpec, config: Td3Config): readonly AgentNetwork[] {
  const { actor, critics } = planTd3(spec, config);
  const policy = networkData(
    'policy',
    actor,
    { name: 'actor', offset: 0 },
    { name: 'targetActor', offset: 0 },
  );
  const values = critics.map((critic, k) => {
    const offset = k * critic.size;
    const online = { name: 'critics', offset };
    return networkData(`critic-${k + 1}`, critic, online, { name: 'targetCritics', offset });
  });
  return [policy, ...values];
}
