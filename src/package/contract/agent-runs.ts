/** Short runs of an agent, for the rules of its contract. */
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { problemOf } from '#core/errors.ts';
import type { Compute } from '#compile/step.ts';
import type { LearnerDefinition } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { resolveRun, type RunRequest, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import { quick } from './quick.ts';
import { givenTo } from './random-recording.ts';

/** An agent in a world, with small settings. */
export interface AgentCase {
  readonly agent: LearnerDefinition;
  readonly world: string;
  readonly preset?: string;
  /** Settings beside the small ones. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The compiled executor, which is what runs by default. */
  readonly compute: Compute;
}

export interface CaseOptions {
  readonly preset?: string | undefined;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

export type CreatedRun = Awaited<ReturnType<typeof createRun>>;

/** The request of a short run. */
function requestOf(
  agent: LearnerDefinition,
  world: string,
  { preset, config }: CaseOptions = {},
): RunRequest {
  const chosen = preset === undefined ? {} : { preset };
  return { world, agent: agent.id, config: quick(agent, config), ...chosen, ...givenTo(agent, world) };
}

/** Its steps have rewards, so that a run of a few dozen learns something of which a snapshot may lack a part. */
const REWARDING = 'cliff-walking';

/** The first registered world that the agent plays, but for tabular agents one with rewards. Throws if there is none. */
export function worldFor(agent: LearnerDefinition, options: CaseOptions = {}): string {
  const ids = worlds.map(({ id }) => id);
  const [first] = ids;
  for (const id of [first, REWARDING, ...ids])
    if (!problemOf(() => resolveRun(requestOf(agent, id, options)))) return id;
  throw new Error(`${agent.id}: no registered world suits it`);
}

/** A run of a case. */
export async function startCase(
  { agent, world, compute, ...options }: AgentCase,
  { seed = 1, on = compute }: { readonly seed?: number; readonly on?: Compute } = {},
): Promise<CreatedRun> {
  return createRun(resolveRun({ ...requestOf(agent, world, options), seed }), on);
}

export async function advance(run: Run, steps: number): Promise<void> {
  const until = run.progress + steps;
  await run.advance(() => run.finished || run.progress >= until);
}

/** A run in a world that is not registered, under its defaults. */
export async function startIn(
  world: EnvDefinition,
  agent: LearnerDefinition,
  settings: Readonly<Record<string, unknown>>,
  compute: Compute,
): Promise<CreatedRun> {
  const config = parseConfig(agent.config, settings, 'agent');
  const params = parseConfig(world.params, {}, 'world');
  const { spec } = world.create(params);
  const rewards = Object.fromEntries(spec.rewards.map(({ id, weight }) => [id, weight]));
  const wrappers = wrapperTable.parse({});
  const parts = { params, rewards, wrappers, config, seed: 1 };
  const request = { ...parts, world: world.id, agent: agent.id };
  const setup: RunSetup = { ...parts, request, edits: {}, world, agent };
  return createRun(setup, compute);
}
