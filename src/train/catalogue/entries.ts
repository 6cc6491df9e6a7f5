/** Worlds and agents as plain data, for pickers, forms and lists; it can be sent to another thread. */
import { describe, type FieldDescription } from '#core/config.ts';
import type { PresetScope } from '#core/agent.ts';
import type { EnvDefinition, EnvSpec } from '#core/env.ts';
import type { LearnerDefinition } from './agents.ts';
import { knownScores, type KnownScores } from './known-scores.ts';
import { defaultAgent, worldNeeds, type DefaultAgent } from './defaults.ts';

export interface WorldEntry extends Pick<EnvDefinition, 'id' | 'title' | 'group' | 'summary'> {
  /** Its parameters. */
  readonly fields: readonly FieldDescription[];
  /** Under default parameters: observation, actions, reward terms with their default weights, keys. */
  readonly spec: EnvSpec;
  /** The agent with which it starts where none is chosen. */
  readonly start: DefaultAgent;
  /** What it takes to see it learn, where that agent and a minute are not enough. */
  readonly needs?: string;
  /** Returns to compare with, under default parameters and reward weights. */
  readonly scores?: KnownScores;
}

export interface AgentEntry extends Pick<LearnerDefinition, 'id' | 'title' | 'group' | 'summary' | 'main'> {
  readonly fields: readonly FieldDescription[];
  readonly presets: readonly PresetEntry[];
  /** The source that it requires, e.g. a recording. */
  readonly needs?: LearnerDefinition['needs'];
}

export interface PresetEntry {
  readonly id: string;
  readonly source: string;
  /** The worlds that it is for; absent: all that the agent plays. */
  readonly suits?: PresetScope;
  /** The values that differ from the defaults. */
  readonly config: Readonly<Record<string, unknown>>;
}

export function describeWorld(world: EnvDefinition): WorldEntry {
  const { id, title, group, summary } = world;
  const { spec } = world.create(world.params.parse({}));
  const needs = Object.hasOwn(worldNeeds, id) ? worldNeeds[id] : undefined;
  const scores = Object.hasOwn(knownScores, id) ? knownScores[id] : undefined;
  return {
    id,
    title,
    group,
    summary,
    fields: describe(world.params),
    spec,
    start: defaultAgent(id),
    ...(needs !== undefined && { needs }),
    ...(scores && { scores }),
  };
}

export function describeAgent(agent: LearnerDefinition): AgentEntry {
  const { id, title, group, summary, main, needs } = agent;
  const presets = Object.entries(agent.presets).map(([name, preset]) => ({
    id: name,
    source: preset.source,
    config: preset.config,
    ...(preset.suits && { suits: preset.suits }),
  }));
  const fields = describe(agent.config);
  return { id, title, group, summary, main, fields, presets, ...(needs && { needs }) };
}
