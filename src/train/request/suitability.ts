/** Checks, before anything is created, whether an agent, its settings and the wrappers suit a world. */
import { isSuited, scopeText } from '#core/agent.ts';
import type { EnvKernel } from '#core/env.ts';
import { show, type Problem } from '#core/errors.ts';
import type { LearnerDefinition } from '../catalogue/agents.ts';
import type { Wrappers } from '../catalogue/wrappers.ts';
import { demonstrationProblems } from '../recordings/demonstrations.ts';
import type { Recording } from '../recordings/recording.ts';
import type { resolveWorld, WorldSetup } from '../world/setup.ts';
import { wrapperProblems, wrapWorld, type WrapperSetup } from '../world/wrappers.ts';

/** What a request selects in addition to the world. */
interface Chosen {
  readonly agent: LearnerDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly wrappers: Wrappers;
  readonly preset?: string | undefined;
  readonly demonstrations?: Recording | undefined;
}

/** Threads that learn together. */
export function workersOf({ agent, config }: Pick<Chosen, 'agent' | 'config'>): number {
  return (agent.kind === 'agent' && agent.workers?.(config)) || 1;
}

/** How a run's agent observes its world. */
export function wrapperSetup({ agent, wrappers }: Pick<Chosen, 'agent' | 'wrappers'>): WrapperSetup {
  return { wrappers, oneHot: agent.group !== 'tabular' };
}

/** Why this agent cannot play this world with these wrappers. */
export function mismatches(
  world: ReturnType<typeof resolveWorld>,
  { agent, config, wrappers, preset, demonstrations }: Chosen,
): readonly Problem[] {
  const { kernel } = world;
  const setup = wrapperSetup({ agent, wrappers });
  const workers = workersOf({ agent, config });
  const problems = wrapperProblems(kernel, setup, workers);
  if (problems.length > 0) return problems;
  const wrapped = wrapWorld(kernel, setup);
  const refusal = agent.refuses(wrapped.spec, config);
  if (refusal?.field === 'world') return [unplayable(agent, world.world.id, refusal.expected)];
  const unsuited = presetProblem(agent, preset, wrapped.spec);
  if (unsuited) return [unsuited];
  if (refusal) return [{ ...refusal, field: `agent.${refusal.field}` }];
  if (agent.needs === 'model' && !wrapped.model)
    return [unplayable(agent, world.world.id, 'a world that offers its transition model, as wrapped')];
  if (agent.needs === 'model') return weightProblems(wrapped, world);
  return demonstrations ? demonstrationProblems(demonstrations, world, setup, wrapped.spec) : [];
}

/** Why a preset is not for this world, wrappers included. */
function presetProblem(
  { presets }: LearnerDefinition,
  name: string | undefined,
  spec: EnvKernel['spec'],
): Problem | undefined {
  const suits = name !== undefined && Object.hasOwn(presets, name) ? presets[name].suits : undefined;
  if (!suits || isSuited(suits, spec)) return undefined;
  return {
    field: 'preset',
    expected: `one for this world (${name} is for ${scopeText(suits)})`,
    got: show(name),
  };
}

function unplayable({ id }: LearnerDefinition, world: string, needed: string): Problem {
  return { field: 'agent', expected: `one that can play ${world} (${id} needs ${needed})`, got: show(id) };
}

/** A model has the default weights and nothing added, so a planner would optimise another reward. */
export function weightProblems(
  { spec }: Pick<EnvKernel, 'spec'>,
  { rewards, edits }: Pick<WorldSetup, 'rewards' | 'edits'>,
): readonly Problem[] {
  const added = Object.entries(edits).map(([key, value]) => ({
    field: `reward.${key}`,
    expected: "nothing for an agent that plans: the world's model does not know it",
    got: show(value),
  }));
  const weighted = spec.rewards
    .filter((term) => rewards[term.id] !== term.weight)
    .map((term) => ({
      field: `reward.${term.id}`,
      expected: `${term.weight} for an agent that plans: the world's model knows no other weight`,
      got: show(rewards[term.id]),
    }));
  return [...weighted, ...added];
}
