/**
 * From what a user asked for (ids and raw values of flags, a link or a form) to a run that can start: everything that
 * can be wrong with it is found here, before a world or a network is made, and named by its field.
 */
import type { z } from 'zod';
import type { AgentDefinition } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';
import type { Compute } from '#compile/step.ts';
import { agents } from '../catalogue/agents.ts';
import { demonstrationProblems } from '../recordings/demonstrations.ts';
import { byId, collect } from '../catalogue/names.ts';
import { parseSeed, resolveWorld, type Played, type WorldRequest } from '../world/setup.ts';
import { checkRecording, type Recording } from '../recordings/recording.ts';
import {
  freshMoments,
  wrapForEvaluation,
  wrapForTraining,
  wrapperTable,
  wrappingProblems,
  type Moments,
  type View,
  type Wrapping,
} from '../world/wrappers.ts';

/** A run as the user gives it. Values may be texts; what is left out takes the preset's value, else the default. */
export interface RunRequest extends WorldRequest {
  /** Wrappers around the world: see wrapping.ts. */
  readonly wrappers?: Readonly<Record<string, unknown>>;
  readonly agent: string;
  readonly preset?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A whole number from 0; 1 if left out. */
  readonly seed?: number | string;
  /** A recording for an agent that learns from one, as plain data: a run holds it, so that it can go on anywhere. */
  readonly demonstrations?: unknown;
}

/** A request with everything in it that there is a value for. */
export type WholeRequest = Required<Omit<RunRequest, 'preset' | 'demonstrations'>> &
  Pick<RunRequest, 'preset'> & { readonly demonstrations?: Recording };

/** The same, validated and complete: plain data plus the two definitions. */
export interface Run extends Played {
  /** All values written out, so that a saved request means the same after a default has changed. Serialisable. */
  readonly request: WholeRequest;
  readonly wrappers: Wrapping;
  readonly agent: AgentDefinition<Compute>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly demonstrations?: Recording | undefined;
}

/** The run a request means. Throws an `InputError` that names every wrong field; unknown ids list the near ones. */
export function resolveRun(request: RunRequest): Run {
  const problems: Problem[] = [];
  const played = collect(problems, () => resolveWorld(request));
  const agent = collect(problems, () => findAgent(request.agent));
  const config = agent && collect(problems, () => agentConfig(agent, request));
  const seed = collect(problems, () => parseSeed(request.seed ?? 1));
  const wrappers = collect(problems, () => parseConfig(wrapperTable, request.wrappers ?? {}, 'wrap'));
  const demonstrations = collect(problems, () => demonstrationsOf(request, agent));
  if (played && agent && config && wrappers) {
    const found = mismatches(played, { agent, config, wrappers, demonstrations });
    problems.push(...found);
  }
  if (!played || !agent || !config || !wrappers || seed === undefined || problems.length > 0)
    throw new InputError(problems);
  const { world, params, rewards } = played;
  const { preset } = request;
  return assemble({ world, agent, params, config, rewards, wrappers, seed, demonstrations, preset });
}

/** What the run's normalising wrappers learn, nothing yet. */
export function createMoments(run: Run): Moments {
  return freshMoments(run.world.create(run.params), viewOf(run));
}

/** The rules of a run's world as its agent sees them: wrapped, and one-hot in place of a state index unless the agent is tabular. */
export function createKernel(run: Run, moments = createMoments(run)): EnvKernel {
  return wrapForTraining(run.world.create(run.params), viewOf(run), moments);
}

/** The same as `createKernel`, but with the rewards neither clipped nor normalised. */
export function createEvaluationKernel(run: Run, moments: Moments): EnvKernel {
  return wrapForEvaluation(run.world.create(run.params), viewOf(run), moments);
}

/** A run with other live values. They must have been validated. */
export function withValues(run: Run, change: Partial<Pick<Run, 'config' | 'rewards'>>): Run {
  return assemble({ ...run, ...change, preset: run.request.preset });
}

/** The agent with this id; else an `InputError` that lists the near ones. */
export function findAgent(id: string): AgentDefinition<Compute> {
  return byId(agents, id, 'agent');
}

function assemble(parts: Omit<Run, 'request'> & { readonly preset: string | undefined }): Run {
  const { world, agent, params, config, rewards, wrappers, seed, demonstrations, preset } = parts;
  const request = {
    world: world.id,
    params,
    rewards,
    wrappers,
    agent: agent.id,
    ...(preset === undefined ? {} : { preset }),
    config,
    seed,
    ...(demonstrations && { demonstrations }),
  };
  return { request, world, params, rewards, wrappers, agent, config, seed, demonstrations };
}

/** How a run's agent sees its world. */
export function viewOf({ agent, wrappers }: Pick<Run, 'agent' | 'wrappers'>): View {
  return { wrapping: wrappers, oneHot: agent.group !== 'tabular' };
}

/** Why this agent cannot play this world, so wrapped. */
function mismatches(
  played: ReturnType<typeof resolveWorld>,
  { agent, config, wrappers, demonstrations }: Pick<Run, 'agent' | 'config' | 'wrappers' | 'demonstrations'>,
): readonly Problem[] {
  const { kernel } = played;
  const view = viewOf({ agent, wrappers });
  const workers = agent.crew?.(config) ?? 1;
  const problems = wrappingProblems(kernel, view, workers);
  if (problems.length > 0) return problems;
  const wrapped = wrapForTraining(kernel, view, freshMoments(kernel, view));
  const refusal = agent.refuses(wrapped.spec, config);
  if (refusal?.field === 'world') return [unsuited(agent, played.world.id, refusal.expected)];
  if (refusal) return [{ ...refusal, field: `agent.${refusal.field}` }];
  if (agent.needs === 'model' && !wrapped.model)
    return [unsuited(agent, played.world.id, 'a world that offers its transition model, as wrapped')];
  if (agent.needs === 'model') return weightProblems(wrapped, played.rewards);
  return demonstrations ? demonstrationProblems(demonstrations, played, view, wrapped.spec) : [];
}

function unsuited({ id }: AgentDefinition<Compute>, world: string, needed: string): Problem {
  return { field: 'agent', expected: `one that can play ${world} (${id} needs ${needed})`, got: show(id) };
}

/** A model knows the default rewards only: what a planner makes of it would be the best for another reward. */
export function weightProblems(
  { spec }: Pick<EnvKernel, 'spec'>,
  rewards: Run['rewards'],
): readonly Problem[] {
  return spec.rewards
    .filter((term) => rewards[term.id] !== term.weight)
    .map((term) => ({
      field: `reward.${term.id}`,
      expected: `${term.weight} for an agent that plans: the world's model knows no other weight`,
      got: show(rewards[term.id]),
    }));
}

/** The recording of a request. Who learns from one must have it; to all others it says nothing. */
function demonstrationsOf(
  { demonstrations }: RunRequest,
  agent: AgentDefinition<Compute> | undefined,
): Recording | undefined {
  const needed = agent?.needs === 'demonstrations';
  const field = 'demonstrations';
  if (demonstrations !== undefined) {
    if (!agent || needed) return checkRecording(demonstrations);
    const expected = `nothing for ${agent.id}, which learns from its own steps`;
    throw new InputError([{ field, expected, got: 'a recording' }]);
  }
  if (!needed) return undefined;
  const expected = 'a recording to learn from (see `ludus play --record`)';
  throw new InputError([{ field, expected, got: 'nothing' }]);
}

function agentConfig(agent: AgentDefinition<Compute>, request: RunRequest): z.output<z.ZodObject> {
  const { preset: name } = request;
  const preset = name !== undefined && Object.hasOwn(agent.presets, name) ? agent.presets[name] : undefined;
  if (name !== undefined && !preset) {
    const expected = known(name, Object.keys(agent.presets));
    throw new InputError([{ field: 'preset', expected, got: show(name) }]);
  }
  return parseConfig(agent.config, request.config ?? {}, 'agent', preset?.config);
}
