/** A world of one state, in which what an agent expects after the end of an episode shows in what it expects before it. */
import { z } from 'zod';
import { parseConfig } from '#core/config.ts';
import { defineEnv, type EnvDefinition, type EnvKernel } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import type { LearnerDefinition } from '#train/catalogue/agents.ts';
import { advance, startIn } from './agent-runs.ts';
import { quick } from './quick.ts';

/** One state, reward 1 per step, episodes of one step: worth 1 if they terminate, 1/(1 − γ) if they are only cut off. */
function oneStepWorld(terminates: boolean): EnvDefinition {
  const kernel: EnvKernel<Readonly<Record<string, never>>, number> = {
    spec: {
      id: 'one-step',
      version: 1,
      title: 'One step',
      observation: { kind: 'vector', shape: [1] },
      action: { kind: 'discrete', names: ['a', 'b'] },
      rewards: [{ id: 'step', label: 'Step', weight: 1, help: 'Every step.' }],
      maxSteps: terminates ? 0 : 1,
      fps: 1,
      keys: {},
    },
    allocate: () => ({}),
    reset: () => {},
    step: (_, __, ___, ____, out) => {
      out.events[0] = 1;
      out.terminated = terminates;
    },
    observe: (_, __, into, offset) => {
      into[offset] = 1;
    },
    draw: () => {},
  };
  return defineEnv({
    id: 'one-step',
    title: 'One step',
    group: 'sanity',
    summary: 'One state and steps worth 1.',
    params: z.object({}),
    create: () => kernel,
  });
}

/** γ = 0.5, and whatever lets an agent learn the value soon and without limits to it. */
const SETTINGS = {
  learningRate: 0.01,
  averageRate: 1,
  targetRate: 0.1,
  gamma: 0.5,
  entropyCoefficient: 0,
  lowestReturn: -4,
  highestReturn: 4,
};

/** Whether an agent learns by reinforcement in a world of vectors; tables need an index instead. */
export function judgesEnds(agent: LearnerDefinition): boolean {
  if (agent.group === 'tabular' || agent.needs) return false;
  const config = parseConfig(agent.config, quick(agent, SETTINGS), 'agent');
  return config['gamma'] === SETTINGS.gamma && !agent.refuses(oneStepWorld(true).create({}).spec, config);
}

/** What an agent thinks the one state is worth, after enough learning that γ = 0.5 has had its say. */
export async function worth(
  agent: LearnerDefinition,
  terminates: boolean,
  compute: Compute,
): Promise<number | undefined> {
  const run = await startIn(oneStepWorld(terminates), agent, quick(agent, SETTINGS), compute);
  try {
    await advance(run, 1600);
    return run.agent.inspect(Float32Array.of(1)).value;
  } finally {
    run.dispose();
  }
}
