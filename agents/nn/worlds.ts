/** Which action spaces an agent can play, as the problem of a run that cannot start. */
import type { EnvSpec } from '#core/env.ts';
import type { Problem } from '#core/errors.ts';

/** For agents that compare all actions. */
export function needsDiscrete(spec: EnvSpec): Problem | undefined {
  if (spec.action.kind === 'discrete') return undefined;
  const got = `${spec.id}, whose actions are continuous`;
  return { field: 'world', expected: 'a world with discrete actions', got };
}

/** For agents with continuous actions. */
export function needsBox(spec: EnvSpec): Problem | undefined {
  if (spec.action.kind === 'box') return undefined;
  return {
    field: 'world',
    expected: 'a world with continuous actions',
    got: `${spec.id}, whose actions are discrete`,
  };
}
