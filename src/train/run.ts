/**
 * From what a user asked for (ids and raw values of flags, a link or a form) to a run that can start: everything that
 * can be wrong with it is found here, before a world or a network is made, and named by its field.
 */
import type { z } from 'zod';
import type { AgentDefinition } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import { oneHot } from '#core/wrappers.ts';
import type { Compute } from '#compile/step.ts';
import { agents } from './agents.ts';
import { byId, collect, known } from './names.ts';
import { parseSeed, resolveWorld, type Played, type WorldRequest } from './played.ts';

/** A run as the user gives it. Values may be texts; what is left out takes the preset's value, else the default. */
export interface RunRequest extends WorldRequest {
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
  if (played && agent && config) {
    const refusal = agent.refuses(asSeenBy(agent, played.kernel).spec, config);
    if (refusal) problems.push({ ...refusal, field: `agent.${refusal.field}` });
  }
  if (!played || !agent || !config || seed === undefined || problems.length > 0)
    throw new InputError(problems);
  const { world, params, rewards } = played;
  return assemble({ world, agent, params, config, rewards, seed, preset: request.preset });
}

/** The rules of a run's world as its agent sees them: a bare state index becomes a one-hot vector unless the agent is tabular. */
export function createKernel(run: Run): EnvKernel {
  return asSeenBy(run.agent, run.world.create(run.params));
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
  const { world, agent, params, config, rewards, seed, preset } = parts;
  const request = {
    world: world.id,
    params,
    rewards,
    agent: agent.id,
    ...(preset === undefined ? {} : { preset }),
    config,
    seed,
  };
  return { request, world, params, rewards, agent, config, seed };
}

function asSeenBy(agent: AgentDefinition<Compute>, kernel: EnvKernel): EnvKernel {
  return kernel.spec.observation.kind === 'discrete' && agent.group !== 'tabular' ? oneHot(kernel) : kernel;
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
