/**
 * Turns a user's request (ids and raw values of options, a link or a form) into the setup of a run that can start. All
 * mistakes are found here, before a world or a network is created, and named by their field.
 */
import type { z } from 'zod';
import { parseConfig } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { InputError, problemOf, refusal, show, type Problem } from '#core/errors.ts';
import { isSpelling, known } from '#core/near.ts';
import { agents, type LearnerDefinition } from '../catalogue/agents.ts';
import { ANY_WORLD, defaultAgent } from '../catalogue/defaults.ts';
import { byId, collect } from '../catalogue/names.ts';
import { parseSeed, resolveWorld, type WorldSetup, type WorldRequest } from '../world/setup.ts';
import { checkRecording, type Recording } from '../recordings/recording.ts';
import { freshMoments, wrapWorld, type Moments } from '../world/wrappers.ts';
import { wrapperTable, type Wrappers } from '../catalogue/wrappers.ts';
import { checkShape } from './shape.ts';
import { mismatches, wrapperSetup } from './suitability.ts';

/** A run as the user describes it. Values may be text; a missing one takes the preset's value, else the default. */
export interface RunRequest extends WorldRequest {
  /** Wrappers around the world: see catalogue/wrappers.ts. */
  readonly wrappers?: Readonly<Record<string, unknown>>;
  /** Missing: the one that the world starts with, in its preset unless another is given. */
  readonly agent?: string;
  readonly preset?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A whole number from 0; default 1. */
  readonly seed?: number | string;
  /** A recording for an agent that learns from one, as plain data: part of the run, so that it can be resumed anywhere. */
  readonly demonstrations?: unknown;
}

/** A request that names its agent. */
export type NamedRequest = RunRequest & { readonly agent: string };

/** A request with every value written out. */
export type CompleteRequest = Required<Omit<RunRequest, 'preset' | 'demonstrations'>> &
  Pick<RunRequest, 'preset'> & { readonly demonstrations?: Recording };

/** A request, validated and complete: plain data plus the definitions of world and agent. */
export interface RunSetup extends WorldSetup {
  /** With all values written out, so that a saved request keeps its meaning when a default changes. Serialisable. */
  readonly request: CompleteRequest;
  readonly wrappers: Wrappers;
  readonly agent: LearnerDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly demonstrations?: Recording | undefined;
}

/** The setup that a request describes. Throws an `InputError` that names every wrong field. */
export function resolveRun(request: RunRequest): RunSetup {
  checkShape(request);
  return resolveNamed(withAgent(request));
}

function resolveNamed(request: NamedRequest): RunSetup {
  const problems: Problem[] = [];
  const world = collect(problems, () => resolveWorld(request));
  const agent = collect(problems, () => findAgent(request.agent));
  const config = agent && collect(problems, () => agentConfig(agent, request));
  const seed = collect(problems, () => parseSeed(request.seed ?? 1));
  const wrappers = collect(problems, () =>
    parseConfig(wrapperTable, request.wrappers ?? {}, 'wrap', {}, 'ludus envs <world>'),
  );
  const demonstrations = collect(problems, () => demonstrationsOf(request, agent));
  if (world && agent && config && wrappers)
    problems.push(...mismatches(world, { agent, config, wrappers, preset: request.preset, demonstrations }));
  if (!world || !agent || !config || !wrappers || seed === undefined || problems.length > 0)
    throw new InputError(problems);
  const { kernel: _, ...setup } = world;
  return assemble({ ...setup, agent, config, wrappers, seed, demonstrations, preset: request.preset });
}

/** The request with the agent that its world starts with, or PPO where parameters or wrappers rule that one out. */
function withAgent(request: RunRequest): NamedRequest {
  const { agent } = request;
  if (agent !== undefined) return { ...request, agent };
  const own = { ...defaultAgent(request.world), ...request };
  const isRuledOut = problemOf(() => resolveNamed(own))?.field === 'agent';
  return isRuledOut ? { ...ANY_WORLD, ...request } : own;
}

/** Empty statistics for the run's normalising wrappers. */
export function createMoments(setup: RunSetup): Moments {
  return freshMoments(setup.world.create(setup.params), wrapperSetup(setup));
}

/** The kernel of a run's world as its agent observes it: wrapped, and one-hot unless the agent is tabular. */
export function createKernel(setup: RunSetup): EnvKernel {
  return wrapWorld(setup.world.create(setup.params), wrapperSetup(setup));
}

/** A setup with other live values, already validated. */
export function withValues(
  setup: RunSetup,
  change: Partial<Pick<RunSetup, 'config' | 'rewards' | 'edits'>>,
): RunSetup {
  return assemble({ ...setup, ...change, preset: setup.request.preset });
}

/** The agent with this id. Throws an `InputError` with similar ids, or with the presets that are called so. */
export function findAgent(id: string): LearnerDefinition {
  const presets = typeof id === 'string' ? presetsCalled(id) : [];
  if (presets.length > 0) {
    const expected = `an agent (near: ${presets.join(', ')})`;
    throw refusal('agent', expected, show(id));
  }
  return byId(agents, id, { field: 'agent', all: 'ludus agents' });
}

/** The presets of a name that no agent has, as options. */
function presetsCalled(name: string): readonly string[] {
  if (agents.some(({ id }) => isSpelling(id, name))) return [];
  return agents.flatMap(({ id, presets }) =>
    Object.keys(presets)
      .filter((preset) => isSpelling(preset, name))
      .map((preset) => `--agent ${id} --preset ${preset}`),
  );
}

function assemble(parts: Omit<RunSetup, 'request'> & { readonly preset: string | undefined }): RunSetup {
  const { world, agent, params, config, rewards, edits, wrappers, seed, demonstrations, preset } = parts;
  const request = {
    world: world.id,
    params,
    rewards: { ...rewards, ...edits },
    wrappers,
    agent: agent.id,
    ...(preset === undefined ? {} : { preset }),
    config,
    seed,
    ...(demonstrations && { demonstrations }),
  };
  return { request, world, params, rewards, edits, wrappers, agent, config, seed, demonstrations };
}

/** The recording of a request: required by agents that learn from one, refused by all others. */
function demonstrationsOf(
  { demonstrations }: RunRequest,
  agent: LearnerDefinition | undefined,
): Recording | undefined {
  const needed = agent?.needs === 'demonstrations';
  const field = 'demonstrations';
  if (demonstrations !== undefined) {
    if (!agent || needed) return checkRecording(demonstrations);
    const expected = `nothing for ${agent.id}, which learns from its own steps`;
    throw refusal(field, expected, 'a recording');
  }
  if (!needed) return undefined;
  const expected = 'a recording to learn from (see `ludus play --record`)';
  throw refusal(field, expected, 'nothing');
}

function agentConfig(agent: LearnerDefinition, request: NamedRequest): z.output<z.ZodObject> {
  const { preset: name } = request;
  const preset = name !== undefined && Object.hasOwn(agent.presets, name) ? agent.presets[name] : undefined;
  if (name !== undefined && !preset) {
    const expected = known(name, Object.keys(agent.presets));
    throw refusal('preset', expected, show(name));
  }
  return parseConfig(agent.config, request.config ?? {}, 'agent', preset?.config, `ludus agents ${agent.id}`);
}
