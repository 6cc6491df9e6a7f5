/**
 * The address holds the whole set-up: `#world=cart-pole&agent=dqn&agent.learningRate=0.001&seed=7&speed=16`. Fields are
 * named as in errors (`world.…` parameters, `reward.…` weights, `wrap.…` wrappers, `agent.…` settings), so that what a link says wrong can
 * be dropped by the name under which it was reported.
 */
import type { Problem } from '#core/errors.ts';
import { PART } from './values.ts';
import { BACKENDS, SPEEDS, type RunRequest, type Setup } from '#worker/protocol.ts';

/** What opens without a link: something that visibly learns within seconds. */
export const FIRST: Setup = {
  request: { world: 'cart-pole', agent: 'dqn' },
  backend: 'auto',
  speed: '16',
};

const NAMES = ['world', 'agent', 'preset', 'seed', 'backend', 'speed'];

/** The set-up as the part of an address after `#`. */
export function toLink(setup: Setup): string {
  const { request, backend, speed } = setup;
  const link = new URLSearchParams({ world: request.world, agent: request.agent });
  if (request.preset !== undefined) link.set('preset', request.preset);
  if (request.seed !== undefined) link.set('seed', String(request.seed));
  if (backend !== FIRST.backend) link.set('backend', backend);
  if (speed !== FIRST.speed) link.set('speed', speed);
  for (const [prefix, section] of Object.entries(PART))
    for (const [key, value] of Object.entries(request[section] ?? {}))
      link.set(`${prefix}.${key}`, typeof value === 'string' ? value : JSON.stringify(value));
  return link.toString();
}

/** Reads a link. What this side can tell to be wrong is reported and left at its default; the worker judges the rest. */
export function fromLink(link: string): { readonly setup: Setup; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const given: Record<(typeof PART)[keyof typeof PART], Record<string, unknown>> = {
    params: {},
    rewards: {},
    wrappers: {},
    config: {},
  };
  const words: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(link.replace(/^#/, ''))) {
    const [, prefix, key] = /^(world|reward|wrap|agent)\.(.+)$/.exec(name) ?? [];
    if (prefix && key) given[PART[prefix as keyof typeof PART]][key] = value;
    else if (NAMES.includes(name)) words[name] = value;
    else problems.push({ field: name, expected: `one of ${NAMES.join(', ')}`, got: 'an unknown name' });
  }
  const oneOf = <T extends string>(name: string, options: readonly T[], otherwise: T): T => {
    const value = words[name];
    const found = options.find((option) => option === value);
    if (value !== undefined && found === undefined)
      problems.push({ field: name, expected: `one of ${options.join(', ')}`, got: JSON.stringify(value) });
    return found ?? otherwise;
  };
  const request: RunRequest = {
    world: words['world'] ?? FIRST.request.world,
    agent: words['agent'] ?? FIRST.request.agent,
    ...(words['preset'] !== undefined && { preset: words['preset'] }),
    ...(words['seed'] !== undefined && { seed: words['seed'] }),
    ...given,
  };
  const backend = oneOf('backend', BACKENDS, FIRST.backend);
  const speed = oneOf('speed', SPEEDS, FIRST.speed);
  return { setup: { request, backend, speed }, problems };
}

/**
 * The request without the fields that the problems name: they go back to their defaults. The request itself if it has
 * none of them.
 */
export function without(request: RunRequest, problems: readonly Problem[]): RunRequest {
  return problems.reduce(withoutOne, request);
}

function withoutOne(request: RunRequest, { field }: Problem): RunRequest {
  const { seed, preset, params, rewards, wrappers, config, ...ids } = request;
  const kept = {
    ...(seed !== undefined && { seed }),
    ...(preset !== undefined && { preset }),
    ...(wrappers && { wrappers }),
  };
  const [section, key] = field.split('.');
  if (field === 'world') return { ...ids, ...kept, world: FIRST.request.world, ...(config && { config }) };
  if (field === 'seed') return omit(request, 'seed');
  if (field === 'preset') return omit(request, 'preset');
  // The agent of a link without one, as it comes: there is no better guess here.
  if (field === 'agent' && ids.agent === FIRST.request.agent && !config && preset === undefined)
    return request;
  if (field === 'agent')
    return {
      ...ids,
      agent: FIRST.request.agent,
      ...(seed !== undefined && { seed }),
      ...(params && { params }),
      ...(rewards && { rewards }),
      ...(wrappers && { wrappers }),
    };
  if (section === undefined || key === undefined || !(section in PART)) return request;
  const name = PART[section as keyof typeof PART];
  const { [name]: values = {} } = request;
  return key in values ? { ...request, [name]: omit(values, key) } : request;
}

/** A copy without one key. */
export function omit<T extends object, K extends string>(record: T, key: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key)) as Omit<T, K>;
}
