/** Repairs a request that cannot start, with as few changes as possible, and reports what was wrong. */
import { currentKeys, isOff, type FieldDescription } from '#core/config.ts';
import type { Problem } from '#core/errors.ts';
import type { Catalogue, NamedRequest, RunRequest } from '#worker/protocol.ts';
import { FIRST, without, withoutAgent } from './permalink.ts';
import { problemAt } from './values.ts';

export interface Advice {
  /** One that can start. */
  readonly request: NamedRequest;
  readonly problems: readonly Problem[];
  /** The original request, if only a recording to learn from is missing. */
  readonly asked?: NamedRequest;
}

type Check = (request: NamedRequest) => Promise<readonly Problem[]>;

/** A link's request without its wrong fields, and with another agent if its own cannot play its world. */
export async function repair(given: RunRequest, catalogue: Catalogue, check: Check): Promise<Advice> {
  const all: Problem[] = [];
  let request = inFormTerms(named(given, catalogue), catalogue);
  // A wrong world hides problems of its parameters, so the check is repeated until nothing is left to drop.
  for (let round = 0; round < 8; round++) {
    const problems = await check(request);
    if (problems.length === 0) break;
    const substitute = async (): Promise<NamedRequest> =>
      (await agentFor(request, catalogue, check)) ?? FIRST.request;
    // Of several agents that are tried, the reader chose only the first, or none.
    const isChosen = given.agent !== undefined && !problemAt(all, 'agent');
    const isSaid = ({ field }: Problem): boolean =>
      field !== 'demonstrations' && (field !== 'agent' || isChosen);
    // Not an error: a link cannot hold a recording.
    if (lacksRecording(problems)) return { request: await substitute(), problems: all, asked: request };
    all.push(...problems.filter(isSaid));
    const reduced = without(request, problems);
    const repaired = named(reduced, catalogue);
    // Nothing to drop: the world's own agent cannot play it as wrapped.
    const isStuck = reduced === request || (problems.length === 1 && isOwn(request, catalogue));
    request = isStuck ? await substitute() : repaired;
  }
  return { request, problems: all };
}

/** The request with the agent that its world starts with, if it names none. */
export function named(request: RunRequest, catalogue: Catalogue): NamedRequest {
  const { agent } = request;
  return agent === undefined ? { ...startOf(request.world, catalogue), ...request } : { ...request, agent };
}

/** Whether the agent is the one that the world starts with, unchanged. */
export function isOwn({ world, agent, preset, config = {} }: NamedRequest, catalogue: Catalogue): boolean {
  const start = startOf(world, catalogue);
  return agent === start.agent && preset === start.preset && Object.keys(config).length === 0;
}

function startOf(world: string, { worlds }: Catalogue): Pick<NamedRequest, 'agent' | 'preset'> {
  return worlds.find(({ id }) => id === world)?.start ?? { agent: FIRST.request.agent };
}

/** The request with values under the keys that forms know, and numbers for `off`. */
function inFormTerms(request: NamedRequest, { agents, worlds, wrappers }: Catalogue): NamedRequest {
  const tables = {
    config: agents.find(({ id }) => id === request.agent)?.fields,
    params: worlds.find(({ id }) => id === request.world)?.fields,
    wrappers,
  };
  const parts = (['config', 'params', 'wrappers'] as const).flatMap((part) => {
    const [fields, values] = [tables[part], request[part]];
    return fields && values ? [[part, asNumbers(fields, currentKeys(fields, values))]] : [];
  });
  return { ...request, ...Object.fromEntries(parts) };
}

function asNumbers(
  fields: readonly FieldDescription[],
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const field = fields.find((each) => each.key === key);
      return [key, field && isOff(field, value) ? field.off : value];
    }),
  );
}

/** The request, without a preset that is not for its world, or with another agent if its own cannot play it. */
export async function playable(request: NamedRequest, catalogue: Catalogue, check: Check): Promise<Advice> {
  const problems = await check(request);
  const lacks = lacksRecording(problems);
  if (problemAt(problems, 'preset'))
    return { request: named(without(request, problems), catalogue), problems };
  const substitute =
    lacks || problemAt(problems, 'agent') ? await agentFor(request, catalogue, check) : undefined;
  if (!substitute) return { request, problems: [] };
  return lacks ? { request: substitute, problems: [], asked: request } : { request: substitute, problems };
}

function lacksRecording(problems: readonly Problem[]): boolean {
  return problems.length > 0 && problems.every(({ field }) => field === 'demonstrations');
}

/** PPO plays every world, whatever its wrappers. */
const ANY_WORLD = { agent: 'ppo' };

/** The request with the agent that its world starts with, or else the first that can play it. */
async function agentFor(
  request: RunRequest,
  catalogue: Catalogue,
  check: Check,
): Promise<NamedRequest | undefined> {
  const bare = withoutAgent(request);
  for (const choice of [
    startOf(request.world, catalogue),
    ANY_WORLD,
    ...catalogue.agents.map(({ id }) => ({ agent: id })),
  ]) {
    const other = { ...bare, ...choice };
    const problems = await check(other);
    if (problems.length === 0) return other;
  }
  return undefined;
}
