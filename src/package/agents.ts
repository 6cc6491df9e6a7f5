/**
 * `ludus/agents`: the agents. List them, or define one of your own and register it: it is then known by its id wherever those that
 * come with Ludus are.
 */
import { describeAgent, type AgentEntry } from '#train/catalogue/entries.ts';
import { agents, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { findAgent } from '#train/request/resolve.ts';
import { agentId, type OwnAgent } from './own.ts';

/** The zod that tables of settings are made with: `z.object({ … })` over the fields below. */
export { z } from 'zod';
export { choice, integer, json, number, toggle } from '#core/config.ts';
export { defineAgent } from '#core/agent.ts';
export type {
  Agent,
  AgentDefinition,
  AgentPreset,
  AgentSources,
  Estimates,
  Inspection,
  Metrics,
  Player,
  StepBuffers,
} from '#core/agent.ts';
export { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
export type { Rng, RngStreams, SavableRng } from '#core/rng.ts';
export { restoreColumns, type Columns, type Snapshot } from '#core/snapshot.ts';
export type { ActionBuffer } from '#core/vector-env.ts';
export { whenReady } from '#compile/step.ts';
export type { Compute, MaybePromise, NamedValues, Runner, Step, StepShapes, Tensors } from '#compile/step.ts';
export { gamma, numEnvs } from '#agents/fields.ts';
export { registerAgent, type LearnerDefinition } from '#train/catalogue/agents.ts';
export type { AgentEntry } from '#train/catalogue/entries.ts';
export type { OwnAgent } from './own.ts';

/** The ids of all agents, registered ones included. */
export function agentIds(): readonly string[] {
  return agents.map(({ id }) => id);
}

/** The definition of an agent. Throws an `InputError` that suggests similar ids. */
export function agent(id: string): LearnerDefinition {
  return findAgent(id);
}

/** What an agent is, as plain data: settings with their ranges and defaults, and presets with their sources. */
export function agentEntry(id: OwnAgent): AgentEntry {
  return describeAgent(findAgent(agentId(id)));
}
