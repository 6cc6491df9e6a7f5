/** The whole contract of an agent, as a function. */
import { createCompute } from '#host/compute.ts';
import { findAgent } from '#train/request/resolve.ts';
import { findWorld } from '#train/world/setup.ts';
import { agentId, worldId, type OwnAgent, type OwnWorld } from '../own.ts';
import { agentRules, presetRules } from './agent-rules.ts';
import { worldFor, type AgentCase } from './agent-runs.ts';
import { conclude, lookAt, type ContractReport } from './rule.ts';

export interface CheckAgentOptions {
  /** The world to check it in; default: the first that it does not refuse. */
  readonly world?: OwnWorld;
  /** Settings under which it learns within a few dozen steps; those with the names of Ludus's own settings are small already. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Checks an agent against the contract that every agent of Ludus keeps: the same run from the same seed, greedy play without chance,
 * snapshots from which it goes on bit for bit, no tensors left behind, live settings, presets, and, unless it is tabular, values that
 * tell a terminated episode from a truncated one. Throws a `ContractError` that names every broken rule.
 */
export async function checkAgent(
  agent: OwnAgent,
  { world, config }: CheckAgentOptions = {},
): Promise<ContractReport> {
  const definition = findAgent(agentId(agent));
  using compute = await createCompute('simd', { threads: 1 });
  const common = { agent: definition, compute, ...(config && { config }) };
  const given = world === undefined ? undefined : findWorld(worldId(world)).id;
  const usual: AgentCase = { ...common, world: given ?? worldFor(definition, { config }) };
  const ofPresets = Object.keys(definition.presets).map((preset) => ({
    ...common,
    preset,
    world: worldFor(definition, { preset, config }),
  }));
  return conclude(
    await lookAt({ rules: agentRules, subjects: [usual], nameOf }),
    await lookAt({ rules: presetRules, subjects: ofPresets, nameOf }),
  );
}

function nameOf({ agent: { id }, preset, world }: AgentCase): string {
  return `${id}${preset === undefined ? '' : ` ${preset}`} on ${world}`;
}
