/**
 * The world's half of a run, which is enough for human play: the world, its parameters and its reward weights. Imports no
 * agent, so that none is loaded.
 */
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import { byId, collect } from '../catalogue/names.ts';
import { worlds } from '../catalogue/worlds.ts';
import { isRewardEdit, REWARD_EDITS } from '#core/shaping.ts';
import { parseEdit, withEdit, type RewardEdits } from './reward-edits.ts';

/** A world as the user describes it. Values may be text; a missing one takes its default. */
export interface WorldRequest {
  readonly world: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Weights of the world's reward terms, by term id, and what is added to it: see reward-edits.ts. */
  readonly rewards?: Readonly<Record<string, unknown>>;
}

/** A request, validated and complete. */
export interface WorldSetup {
  readonly world: EnvDefinition;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rewards: Readonly<Record<string, number>>;
  readonly edits: RewardEdits;
}

/** The world of a request with its parameters and reward weights. Throws an `InputError` like `resolveRun`. */
export function resolveWorld(request: WorldRequest): WorldSetup & { readonly kernel: EnvKernel } {
  const world = findWorld(request.world);
  const params = parseConfig(world.params, request.params ?? {}, 'world', {}, `ludus envs ${world.id}`);
  const kernel = world.create(params);
  return { world, params, ...parseRewards(kernel, request.rewards ?? {}), kernel };
}

/** The world with this id. Throws an `InputError` with similar ids. */
export function findWorld(id: string): EnvDefinition {
  return byId(worlds, id, { field: 'world', all: 'ludus envs' });
}

/** Reads a seed: a whole number that a double represents exactly. */
export function parseSeed(given: number | string): number {
  const seed = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  const expected = `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
  throw refusal('seed', expected, show(given));
}

/** Applies the reward weights before the first episode. */
export function setWeights(env: VectorEnv, setup: Pick<WorldSetup, 'rewards'>): void {
  env.spec.rewards.forEach((term, k) => (env.weights[k] = setup.rewards[term.id]));
}

function parseRewards(
  rules: EnvKernel,
  raw: Readonly<Record<string, unknown>>,
): Pick<WorldSetup, 'rewards' | 'edits'> {
  const problems: Problem[] = [];
  const weights = Object.fromEntries(rules.spec.rewards.map((term) => [term.id, term.weight]));
  let edits: RewardEdits = {};
  for (const [id, given] of Object.entries(raw)) {
    if (isRewardEdit(id)) {
      edits = withEdit(
        edits,
        id,
        collect(problems, () => parseEdit(rules.spec, id, given)),
      );
      continue;
    }
    const weight = collect(problems, () => parseWeight(rules, id, given));
    if (weight !== undefined) weights[id] = weight;
  }
  if (problems.length > 0) throw new InputError(problems);
  return { rewards: weights, edits };
}

/** One reward weight, of a term that the world has. */
export function parseWeight(rules: Pick<EnvKernel, 'spec'>, id: string, given: unknown): number {
  const field = `reward.${id}`;
  const terms = rules.spec.rewards.map((term) => term.id);
  if (!terms.includes(id))
    throw refusal(field, known(id, [...terms, ...REWARD_EDITS]), 'an unknown reward term');
  const weight = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  // Agents learn from rewards of 32 bits.
  if (typeof weight === 'number' && Number.isFinite(Math.fround(weight))) return weight;
  const expected = 'a number of at most 3.4e38, the largest of 32 bits';
  throw refusal(field, expected, show(given));
}
