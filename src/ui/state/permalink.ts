/**
 * The address holds the whole setup: `#world=cart-pole&agent=dqn&agent.learningRate=0.001&seed=7&speed=16`. Fields are
 * named as in errors (`world.…` parameters, `reward.…` weights, `wrap.…` wrappers, `agent.…` settings), so that a wrong field of a link
 * can be dropped by the name under which it was reported. Further runs to compare with have the same world and seed; their agents
 * are named with prefixes: `b.agent=ppo&b.agent.learningRate=0.01&c.agent=dqn`. A teacher may leave controls out with
 * `hide=preset,seed` and open a lesson with `lesson=exploration`.
 */
import type { Problem } from '#core/errors.ts';
import { BACKENDS, SPEEDS, type NamedRequest, type RunRequest, type Setup } from '#worker/protocol.ts';
import { LESSONS, type LessonId } from '../lessons/names.ts';
import { addHidden, HIDEABLE, readHidden, type Hideable } from './hiding.ts';
import { fromShow, toShow, type Shown } from './overlays.ts';
import { PART, text } from './values.ts';

/** The rooms of the page; the first opens where a link names none. */
export const ROOMS = ['arena', 'classifier', 'sweeps'] as const;
export type RoomId = (typeof ROOMS)[number];

/** Title of what is wrong with a link. */
export const MISTAKES = 'Parts of the link are not valid; defaults are used instead';

/** What opens without a link: something that visibly learns within seconds. */
export const FIRST: Setup = {
  request: { world: 'cart-pole', agent: 'dqn', preset: 'cart-pole' },
  backend: 'auto',
  speed: '16',
};

const AGENT_NAMES = ['agent', 'preset'];
const NAMES = ['world', ...AGENT_NAMES, 'seed', 'backend', 'speed', 'show', 'hide', 'lesson'];

/** Prefixes of the agents of the second, third and fourth run. */
const OTHERS = ['b.', 'c.', 'd.'] as const;

/** What a link holds; one that names no agent leaves it to the world. */
export interface Link<Request extends RunRequest = RunRequest> {
  readonly setup: Omit<Setup, 'request'> & { readonly request: Request };
  /** Runs to compare with, of the same world and seed; at most three. */
  readonly others?: readonly Request[];
  /** The overlays; absent: those that are shown first. */
  readonly shown?: Shown | undefined;
  /** Controls that are left out. */
  readonly hide?: readonly Hideable[];
}

/** What has been read of a link. */
interface OpenedLink extends Link {
  readonly others: readonly RunRequest[];
  /** The lesson to open. */
  readonly lesson?: LessonId;
  readonly problems: readonly Problem[];
}

/** The part of an address after `#`. */
export function toLink({ setup, others = [], shown, hide = [] }: Link<NamedRequest>): string {
  const { request, backend, speed } = setup;
  const link = new URLSearchParams({ world: request.world });
  addAgent(link, '', request);
  if (request.seed !== undefined) link.set('seed', String(request.seed));
  if (backend !== FIRST.backend) link.set('backend', backend);
  if (speed !== FIRST.speed) link.set('speed', speed);
  const show = shown && toShow(shown);
  if (show !== undefined) link.set('show', show);
  addHidden(link, hide);
  for (const prefix of ['world', 'reward', 'wrap'] as const) addValues(link, prefix, request[PART[prefix]]);
  addValues(link, 'agent', request.config);
  others.forEach((other, i) => {
    addAgent(link, OTHERS[i], other);
    addValues(link, `${OTHERS[i]}agent`, other.config);
  });
  return link.toString();
}

function addAgent(link: URLSearchParams, prefix: string, { agent, preset }: NamedRequest): void {
  link.set(`${prefix}agent`, agent);
  if (preset !== undefined) link.set(`${prefix}preset`, preset);
}

function addValues(link: URLSearchParams, prefix: string, values: Values = {}): void {
  for (const [key, value] of Object.entries(values)) link.set(`${prefix}.${key}`, text(value));
}

/** Reads a link. Errors that the page can detect are reported and left at their defaults; the worker checks the rest. */
export function fromLink(address: string): OpenedLink {
  const problems: Problem[] = [];
  const first = new Parts(['room', ...NAMES], /^(world|reward|wrap|agent)\.(.+)$/);
  const others = new Map<string, Parts>();
  for (const [name, value] of new URLSearchParams(address.replace(/^#/, ''))) {
    const prefix = OTHERS.find((each) => name.startsWith(each));
    const parts = prefix === undefined ? first : partsOf(others, prefix);
    const known = parts.put(name.slice(prefix?.length ?? 0), value);
    if (!known)
      problems.push({
        field: name || 'link',
        expected: `one of ${NAMES.join(', ')}`,
        got: 'an unknown name',
      });
  }
  const { words } = first;
  oneOf(words, 'room', { options: ROOMS, otherwise: 'arena', problems });
  const { params, rewards, wrappers } = first.values;
  const { world = FIRST.request.world, seed } = words;
  const shared = { world, ...(seed !== undefined && { seed }), params, rewards, wrappers };
  const setup = {
    request: { ...shared, ...first.agent },
    backend: oneOf(words, 'backend', { options: BACKENDS, otherwise: FIRST.backend, problems }),
    speed: oneOf(words, 'speed', { options: SPEEDS, otherwise: FIRST.speed, problems }),
  };
  const show = first.words['show'] === undefined ? undefined : fromShow(first.words['show']);
  if (show) problems.push(...show.problems);
  const hide = readHidden(words['hide'], HIDEABLE, problems);
  const lesson = oneOf(words, 'lesson', { options: LESSONS, otherwise: undefined, problems });
  const named = OTHERS.flatMap((prefix) => others.get(prefix) ?? []);
  return {
    setup,
    problems,
    ...(show && { shown: show.shown }),
    ...(hide.length > 0 && { hide }),
    ...(lesson && { lesson }),
    others: named.map(({ agent }) => ({ ...shared, ...agent })),
  };
}

function partsOf(others: Map<string, Parts>, prefix: string): Parts {
  const parts = others.get(prefix) ?? new Parts(AGENT_NAMES, /^(agent)\.(.+)$/);
  others.set(prefix, parts);
  return parts;
}

/** A word of a link that names one of some options; another one is reported and means `otherwise`. */
export function oneOf<T extends string, Otherwise extends T | undefined>(
  words: Partial<Record<string, string>>,
  name: string,
  {
    options,
    otherwise,
    problems,
  }: { readonly options: readonly T[]; readonly otherwise: Otherwise; readonly problems: Problem[] },
): T | Otherwise {
  const { [name]: value } = words;
  const found = options.find((option) => option === value);
  if (value !== undefined && found === undefined)
    problems.push({ field: name, expected: `one of ${options.join(', ')}`, got: JSON.stringify(value) });
  return found ?? otherwise;
}

type Values = Readonly<Record<string, unknown>>;

/** The names of one run in a link, sorted into single words and the values of the config tables. */
class Parts {
  readonly words: Partial<Record<string, string>> = {};
  readonly values: Record<(typeof PART)[keyof typeof PART], Record<string, unknown>> = {
    params: {},
    rewards: {},
    wrappers: {},
    config: {},
  };
  private readonly names: readonly string[];
  private readonly fields: RegExp;

  constructor(names: readonly string[], fields: RegExp) {
    this.names = names;
    this.fields = fields;
  }

  /** False if the name means nothing here. */
  put(name: string, value: string): boolean {
    const [, prefix, key] = this.fields.exec(name) ?? [];
    if (prefix && key) this.values[PART[prefix as keyof typeof PART]][key] = value;
    else if (this.names.includes(name)) this.words[name] = value;
    else return false;
    return true;
  }

  get agent(): Pick<RunRequest, 'agent' | 'preset' | 'config'> {
    const { agent, preset } = this.words;
    return {
      ...(agent !== undefined && { agent }),
      ...(preset !== undefined && { preset }),
      config: this.values.config,
    };
  }
}

/**
 * The request without the fields named by the problems, which revert to their defaults. The same object if it has none of
 * them.
 */
export function without(request: RunRequest, problems: readonly Problem[]): RunRequest {
  return problems.reduce(withoutOne, request);
}

function withoutOne(request: RunRequest, { field }: Problem): RunRequest {
  const [section, key] = field.split('.');
  if (field === 'world') return omit(omit({ ...request, world: FIRST.request.world }, 'params'), 'rewards');
  if (field === 'seed') return omit(request, 'seed');
  if (field === 'preset') return omit(request, 'preset');
  if (field === 'agent') return withoutAgent(request);
  if (section === undefined || key === undefined || !(section in PART)) return request;
  const name = PART[section as keyof typeof PART];
  const { [name]: values = {} } = request;
  return key in values ? { ...request, [name]: omit(values, key) } : request;
}

/** The request without its agent, the agent's settings and its recording. */
export function withoutAgent(request: RunRequest): RunRequest {
  return omit(omit(omit(omit(request, 'agent'), 'preset'), 'config'), 'demonstrations');
}

/** A copy without one key. */
export function omit<T extends object, K extends string>(record: T, key: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key)) as Omit<T, K>;
}
