/** All worlds, agents and wrappers as plain data, for the page's pickers and forms. */
import { describe, type FieldDescription } from '#core/config.ts';
import { agents } from './agents.ts';
import { describeAgent, describeWorld, type AgentEntry, type WorldEntry } from './entries.ts';
import { worlds } from './worlds.ts';
import { wrapperTable } from './wrappers.ts';

export interface Catalogue {
  readonly worlds: readonly WorldEntry[];
  readonly agents: readonly AgentEntry[];
  /** Wrappers, the same for all worlds. */
  readonly wrappers: readonly FieldDescription[];
}

/** Creates each world's kernel once for its spec, so keep the result. */
export function catalogue(): Catalogue {
  return {
    worlds: worlds.map(describeWorld),
    agents: agents.map(describeAgent),
    wrappers: describe(wrapperTable),
  };
}
