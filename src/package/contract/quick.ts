/** Settings under which every agent learns something within a few dozen steps. */
import { describe as describeTable } from '#core/config.ts';
import type { LearnerDefinition } from '#train/catalogue/agents.ts';

/** Small and eager settings, used by whatever agent has the field. */
const QUICK: Readonly<Record<string, unknown>> = {
  network: [{ kind: 'flatten' }, { kind: 'dense', units: 8, activation: 'relu' }],
  learningStarts: 20,
  batchSize: 8,
  trainEvery: 4,
  gradientSteps: 1,
  targetEvery: 20,
  replaySize: 128,
  numEnvs: 2,
  steps: 8,
  minibatches: 2,
  epochs: 1,
  // Alone it repeats; several race, see tests/node/workers.test.ts.
  workers: 1,
};

export function quick(
  agent: LearnerDefinition,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const known = new Set(describeTable(agent.config).map(({ key }) => key));
  // Enough epochs for a fit not to be over before the test is.
  const epochs = agent.kind === 'cloner' ? { epochs: 50 } : {};
  const all = { ...QUICK, ...epochs, ...more };
  const small = Object.entries(all).filter(([key]) => known.has(key));
  // A table of a user's may have other limits.
  return Object.fromEntries(
    small.filter(([key, value]) => key in more || agent.config.shape[key].safeParse(value).success),
  );
}
