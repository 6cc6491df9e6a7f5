/**
 * From what a user asked for (ids and raw values of flags, a link or a form) to a run that can start: everything that
 * can be wrong with it is found here, before a world or a network is made, and named by its field.
 */
import type { z } from 'zod';
import type { AgentDefinition } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import type { Compute } from '#compile/step.ts';
import { agents } from './agents.ts';
import { byId, collect, known } from './names.ts';
import { parseSeed, resolveWorld, type Played, type WorldRequest } from './played.ts';
import {
  freshMoments,
  wrapForEvaluation,
  wrapForTraining,
  wrapperTable,
  wrappingProblems,
  type Moments,
  type View,
  type Wrapping,
} from './wrapping.ts';

/** A run as the user gives it. Values may be texts; what is left out takes the preset's value, else the default. */
export interface RunRequest extends WorldRequest {
  /** Wrappers around the world: see wrapping.ts. */
  readonly wrappers?: Readonly<Record<string, unknown>>;
  readonly agent: string;
  readonly preset?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A whole number from 0; 1 if left out. */
  readonly seed?: number | string;
}

/** The same, validated and complete: plain data plus the two definitions. */
export interface Run extends Played {
  /** All values written out, so that a saved request means the same after a default has changed. Serialisable. */
  readonly request: Required<Omit<RunRequest, 'preset'>> & Pick<RunRequest, 'preset'>;
  readonly wrappers: Wrapping;
  readonly agent: AgentDefinition<Compute>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** The run a request means. Throws an `InputError` that names every wrong field; unknown ids list the near ones. */
export function resolveRun(request: RunRequest): Run {
  const problems: Problem[] = [];
  const played = collect(problems, () => resolveWorld(request));
  const agent = collect(problems, () => findAgent(request.agent));
  const config = agent && collect(problems, () => agentConfig(agent, request));
  const seed = collect(problems, () => parseSeed(request.seed ?? 1));
  const wrappers = collect(problems, () => parseConfig(wrapperTable, request.wrappers ?? {}, 'wrap'));
  if (played && agent && config && wrappers) {
    const found = mismatches(played.kernel, { agent, config, wrappers });
    problems.push(...found);
  }
  if (!played || !agent || !config || !wrappers || seed === undefined || problems.length > 0)
    throw new InputError(problems);
  const { world, params, rewards } = played;
  return assemble({ world, agent, params, config, rewards, wrappers, seed, preset: request.preset });
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
  const { world, agent, params, config, rewards, wrappers, seed, preset } = parts;
  const request = {
    world: world.id,
    params,
    rewards,
    wrappers,
    agent: agent.id,
    ...(preset === undefined ? {} : { preset }),
    config,
    seed,
  };
  return { request, world, params, rewards, wrappers, agent, config, seed };
}

function viewOf({ agent, wrappers }: Pick<Run, 'agent' | 'wrappers'>): View {
  return { wrapping: wrappers, oneHot: agent.group !== 'tabular' };
}

/** Why this agent cannot play this world, so wrapped. */
function mismatches(
  kernel: EnvKernel,
  { agent, config, wrappers }: Pick<Run, 'agent' | 'config' | 'wrappers'>,
): readonly Problem[] {
  const view = viewOf({ agent, wrappers });
  const workers = agent.crew?.(config) ?? 1;
  const problems = wrappingProblems(kernel, view, workers);
  if (problems.length > 0) return problems;
  const refusal = agent.refuses(wrapForTraining(kernel, view, freshMoments(kernel, view)).spec, config);
  return refusal ? [{ ...refusal, field: `agent.${refusal.field}` }] : [];
}

function agentConfig(agent: AgentDefinition<Compute>, request: RunRequest): z.output<z.ZodObject> {
  const { preset: name } = request;
  const preset = name !== undefined && Object.hasOwn(agent.presets, name) ? agent.presets[name] : undefined;
  if (name !== undefined && !preset) {
    const expected = known(name, Object.keys(agent.presets));
    throw new InputError([{ field: 'preset', expected, got: show(name) }]);
  }
  return parseConfig(agent.config, { ...preset?.config, ...request.config }, 'agent');
}
