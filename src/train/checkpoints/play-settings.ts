/**
 * Under which settings exported networks play: the world and the wrappers that decide what they see and how long their actions
 * last. A file of weights says them, and a run with such weights takes them over, is refused or says what differs.
 */
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import { wrapperTable, type Wrappers } from '../catalogue/wrappers.ts';
import type { RunSetup } from '../request/resolve.ts';
import { findWorld } from '../world/setup.ts';

/** The wrappers that playing needs; the others transform rewards, for learning only. */
const PLAYING = [
  'actionRepeat',
  'timeLimit',
  'pixels',
  'oneHotPlanes',
  'frameStack',
  'normaliseObservation',
] as const;
/** Those that decide what a network's inputs mean: under others it plays at random. */
const INPUTS: ReadonlySet<string> = new Set(['pixels', 'oneHotPlanes', 'frameStack', 'normaliseObservation']);

export interface PlaySettings {
  readonly world: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly wrappers: Readonly<Record<string, unknown>>;
  /** Whether a state's index is a vector with a 1 at that index. */
  readonly oneHot: boolean;
}

export function playSettings({ world, params, wrappers }: RunSetup): PlaySettings {
  const { spec } = world.create(params);
  return {
    world: world.id,
    version: spec.version,
    params,
    wrappers: Object.fromEntries(PLAYING.map((key) => [key, wrappers[key]])),
    // Agents with a network never read the index itself.
    oneHot: spec.observation.kind === 'discrete' && !wrappers.pixels,
  };
}

/** Reads settings that were written as JSON. Throws an `InputError` below `field`. */
export function readPlaySettings(text: string, field: string): PlaySettings {
  const { world, version, params, wrappers, oneHot } = asRecord(parseJson(text, field), field);
  if (typeof world !== 'string') throw refusal(`${field}.world`, 'a world id', show(world));
  return {
    world,
    version: Number(version),
    params: asRecord(params, `${field}.params`),
    wrappers: asRecord(wrappers, `${field}.wrappers`),
    oneHot: oneHot === true,
  };
}

/** Parameters and wrappers of a request that leaves them to the weights; the world's only if it is the same. */
export function settingsFor(
  settings: PlaySettings | undefined,
  world: string,
): { readonly params: PlaySettings['params']; readonly wrappers: Partial<Wrappers> } {
  const known = PLAYING.filter((key) => settings && Object.hasOwn(settings.wrappers, key));
  const wrappers = Object.fromEntries(known.map((key) => [key, settings?.wrappers[key]]));
  return { params: settings?.world === world ? settings.params : {}, wrappers };
}

/**
 * What is to be said about weights under a run's settings: whence they are, and what is different. Throws an `InputError` that
 * names each wrapper under which their inputs would mean something else.
 */
export function compareSettings(setup: RunSetup, settings: PlaySettings): readonly string[] {
  const own = playSettings(setup);
  const problems: Problem[] = [];
  const notes: string[] = [];
  const differs: string[] = [];
  if (settings.world !== own.world) differs.push(`${own.world} instead of ${settings.world}`);
  else if (settings.version !== own.version)
    differs.push(`${own.world} ${own.version} instead of ${settings.version}`);
  const compare = (
    prefix: string,
    kept: PlaySettings['params'],
    now: PlaySettings['params'],
    usual: PlaySettings['params'],
  ): void => {
    for (const key of Object.keys(now).filter((name) => Object.hasOwn(kept, name))) {
      const value = kept[key];
      const field = `${prefix}.${key}`;
      if (JSON.stringify(now[key]) === JSON.stringify(value)) {
        if (JSON.stringify(usual[key]) !== JSON.stringify(value)) notes.push(`${field}=${plain(value)}`);
      } else if (prefix === 'wrap' && INPUTS.has(key))
        problems.push({
          field,
          expected: `${plain(value)}, as when the weights were trained`,
          got: plain(now[key]),
        });
      else differs.push(`${field}=${plain(now[key])} instead of ${plain(value)}`);
    }
  };
  if (settings.world === own.world)
    compare('world', settings.params, own.params, findWorld(own.world).params.parse({}));
  compare('wrap', settings.wrappers, own.wrappers, wrapperTable.parse({}));
  if (problems.length > 0) throw new InputError(problems);
  return [
    ...(notes.length > 0 ? [`as the weights were trained: ${notes.join(', ')}`] : []),
    ...(differs.length > 0 ? [`not as the weights were trained: ${differs.join(', ')}`] : []),
  ];
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : show(value);
}
