/** Which worlds an agent can play, in the words of an error message. */
import type { EnvSpec } from '#core/env.ts';
import type { Problem } from '#core/errors.ts';

/** For agents that compare or weigh all actions. */
export function needsDiscrete(spec: EnvSpec): Problem | undefined {
  if (spec.action.kind === 'discrete') return undefined;
  const got = `${spec.id}, whose actions are numbers`;
  return { field: 'world', expected: 'a world with a list of actions', got };
}

/** For agents whose actions are numbers. */
export function needsBox(spec: EnvSpec): Problem | undefined {
  if (spec.action.kind === 'box') return undefined;
  return {
    field: 'world',
    expected: 'a world whose actions are numbers',
    got: `${spec.id}, which has a list of actions`,
  };
}
