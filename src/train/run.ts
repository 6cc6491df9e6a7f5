/**
 * From what a user asked for (ids and raw values of flags, a link or a form) to a run that can start: everything that
 * can be wrong with it is found here, before a world or a network is made, and named by its field.
 */
import leven from 'leven';
import type { z } from 'zod';
import type { AgentDefinition } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import { oneHot } from '#core/wrappers.ts';
import type { Compute } from '#compile/step.ts';
import { agents, worlds } from './registry.ts';

/** A run as the user gives it. Values may be texts; what is left out takes the preset's value, else the default. */
export interface RunRequest {
  readonly world: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Weights of the world's reward terms, by term id. */
  readonly rewards?: Readonly<Record<string, unknown>>;
  readonly agent: string;
  readonly preset?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A whole number from 0; 1 if left out. */
  readonly seed?: number | string;
}

/** The same, validated and complete: plain data plus the two definitions. */
export interface Run {
  /** All values written out, so that a saved request means the same after a default has changed. Serialisable. */
  readonly request: Required<Omit<RunRequest, 'preset'>> & Pick<RunRequest, 'preset'>;
  readonly world: EnvDefinition;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rewards: Readonly<Record<string, number>>;
  readonly agent: AgentDefinition<Compute>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** The world's half of a run: enough to play it by hand. */
export interface Played extends Pick<Run, 'world' | 'params' | 'rewards'> {
  readonly kernel: EnvKernel;
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

/** The world of a request with its parameters and reward weights. Throws an `InputError` like `resolveRun`. */
export function resolveWorld(request: Pick<RunRequest, 'world' | 'params' | 'rewards'>): Played {
  const world = findWorld(request.world);
  const params = parseConfig(world.params, request.params ?? {}, 'world');
  const kernel = world.create(params);
  return { world, params, rewards: parseRewards(kernel, request.rewards ?? {}), kernel };
}

/** The rules of a run's world as its agent sees them: a bare state index becomes a one-hot vector unless the agent is tabular. */
export function createKernel(run: Run): EnvKernel {
  return asSeenBy(run.agent, run.world.create(run.params));
}

/** Puts the run's reward weights in force, from the start: the first episode counts them too. */
export function setWeights(env: VectorEnv, run: Pick<Run, 'rewards'>): void {
  env.spec.rewards.forEach((term, k) => (env.weights[k] = run.rewards[term.id]));
}

/** A run with other live values. They must have been validated. */
export function withValues(run: Run, change: Partial<Pick<Run, 'config' | 'rewards'>>): Run {
  return assemble({ ...run, ...change, preset: run.request.preset });
}

/** The world with this id; else an `InputError` that lists the near ones. */
export function findWorld(id: string): EnvDefinition {
  return byId(worlds, id, 'world');
}

/** The agent with this id; else an `InputError` that lists the near ones. */
export function findAgent(id: string): AgentDefinition<Compute> {
  return byId(agents, id, 'agent');
}

/** Reads a seed: a whole number that a double holds exactly. */
export function parseSeed(given: number | string): number {
  const seed = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  const expected = `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
  throw new InputError([{ field: 'seed', expected, got: show(given) }]);
}

/** What to expect in place of an unknown name: the near ones where there are any, else all. */
export function known(name: string, names: readonly string[]): string {
  const distances = new Map(names.map((candidate) => [candidate, distance(name, candidate)]));
  // Two letters that changed places count as two errors.
  const allowed = Math.max(name.length < 4 ? 1 : 2, name.length / 3);
  const near = names
    .filter((candidate) => (distances.get(candidate) ?? Infinity) <= allowed)
    .toSorted((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0))
    .slice(0, 4);
  if (near.length > 0) return `a known name (near: ${near.join(', ')})`;
  return names.length > 0 ? `one of ${names.join(', ')}` : 'none: there are none yet';
}

/** Typing errors between two names; 0.5 where one is the beginning or the end of the other. */
function distance(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const part = short.length >= 3 && (long.startsWith(short) || long.endsWith(short));
  return part ? 0.5 : leven(a, b);
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

function byId<T extends { readonly id: string }>(list: readonly T[], id: string, field: string): T {
  const found = list.find((entry) => entry.id === id);
  if (found) return found;
  const names = list.map((entry) => entry.id);
  throw new InputError([{ field, expected: known(id, names), got: show(id) }]);
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

function parseRewards(rules: EnvKernel, raw: Readonly<Record<string, unknown>>): Record<string, number> {
  const problems: Problem[] = [];
  const weights = Object.fromEntries(rules.spec.rewards.map((term) => [term.id, term.weight]));
  for (const [id, given] of Object.entries(raw)) {
    const weight = collect(problems, () => parseWeight(rules, id, given));
    if (weight !== undefined) weights[id] = weight;
  }
  if (problems.length > 0) throw new InputError(problems);
  return weights;
}

/** One reward weight, of a term that the world has. */
export function parseWeight(rules: Pick<EnvKernel, 'spec'>, id: string, given: unknown): number {
  const field = `reward.${id}`;
  const terms = rules.spec.rewards.map((term) => term.id);
  if (!terms.includes(id))
    throw new InputError([{ field, expected: `one of ${terms.join(', ')}`, got: 'an unknown reward term' }]);
  const weight = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof weight === 'number' && Number.isFinite(weight)) return weight;
  throw new InputError([{ field, expected: 'a finite number', got: show(given) }]);
}

/** The value, or undefined with its problems kept: so that one message names all wrong fields. */
function collect<T>(problems: Problem[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
