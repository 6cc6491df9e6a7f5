/** Repairs a request that cannot start, with as few changes as possible, and reports what was wrong. */
import { currentKeys, isOff, type FieldDescription } from '#core/config.ts';
import type { Problem } from '#core/errors.ts';
import type { Catalogue, RunRequest } from '#worker/protocol.ts';
import { FIRST, omit, without } from './permalink.ts';
import { problemAt } from './values.ts';

export interface Advice {
  /** One that can start. */
  readonly request: RunRequest;
  readonly problems: readonly Problem[];
  /** The original request, if only a recording to learn from is missing. */
  readonly asked?: RunRequest;
}

type Check = (request: RunRequest) => Promise<readonly Problem[]>;

/** A link's request without its wrong fields, and with another agent if its own cannot play its world. */
export async function repair(given: RunRequest, catalogue: Catalogue, check: Check): Promise<Advice> {
  const all: Problem[] = [];
  let request = inFormTerms(given, catalogue);
  // A wrong world hides problems of its parameters, so the check is repeated until nothing is left to drop.
  for (let round = 0; round < 8; round++) {
    const problems = await check(request);
    if (problems.length === 0) break;
    const substitute = async (): Promise<RunRequest> =>
      (await agentFor(request, catalogue, check)) ?? FIRST.request;
    const isNew = ({ field }: Problem): boolean =>
      // Of several agents that are tried, the reader chose only the first.
      field !== 'demonstrations' && !(field === 'agent' && problemAt(all, 'agent'));
    // Not an error: a link cannot hold a recording.
    if (lacksRecording(problems)) return { request: await substitute(), problems: all, asked: request };
    all.push(...problems.filter(isNew));
    const repaired = without(request, problems);
    // Nothing to drop: the agent itself cannot play the world.
    request = repaired === request ? await substitute() : repaired;
  }
  return { request, problems: all };
}

/** The request with values under the keys that forms know, and numbers for `off`. */
function inFormTerms(request: RunRequest, { agents, worlds, wrappers }: Catalogue): RunRequest {
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

/** The request, or one with another agent if its own cannot play the world. */
export async function playable(request: RunRequest, catalogue: Catalogue, check: Check): Promise<Advice> {
  const problems = await check(request);
  const lacks = lacksRecording(problems);
  const substitute =
    lacks || problemAt(problems, 'agent') ? await agentFor(request, catalogue, check) : undefined;
  if (!substitute) return { request, problems: [] };
  return lacks ? { request: substitute, problems: [], asked: request } : { request: substitute, problems };
}

function lacksRecording(problems: readonly Problem[]): boolean {
  return problems.length > 0 && problems.every(({ field }) => field === 'demonstrations');
}

/** The request with the first agent that can play its world. */
async function agentFor(
  request: RunRequest,
  { agents }: Catalogue,
  check: Check,
): Promise<RunRequest | undefined> {
  const bare = omit(omit(omit(request, 'config'), 'preset'), 'demonstrations');
  for (const { id } of agents) {
    const other = { ...bare, agent: id };
    const problems = await check(other);
    if (problems.length === 0) return other;
  }
  return undefined;
}
