/** Worlds and agents of users: given by id, or as definitions, which are registered on the way. */
import type { EnvDefinition } from '#core/env.ts';
import { registerAgent, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { registerWorld } from '#train/catalogue/worlds.ts';

/** A world: its id, or a definition, which is registered under its id. */
export type OwnWorld = string | EnvDefinition;

/** An agent: its id, or a definition, which is registered under its id. */
export type OwnAgent = string | LearnerDefinition;

/** The id of a world, which is known from now on. */
export function worldId(world: OwnWorld): string {
  if (typeof world === 'string') return world;
  registerWorld(world);
  return world.id;
}

/** The id of an agent, which is known from now on. */
export function agentId(agent: OwnAgent): string {
  if (typeof agent === 'string') return agent;
  registerAgent(agent);
  return agent.id;
}

/** A request with ids. */
export function known<T extends { readonly world: OwnWorld; readonly agent?: OwnAgent }>(
  request: T,
): Omit<T, 'world' | 'agent'> & { readonly world: string; readonly agent?: string } {
  const { world, agent, ...rest } = request;
  return { ...rest, world: worldId(world), ...(agent === undefined ? {} : { agent: agentId(agent) }) };
}
