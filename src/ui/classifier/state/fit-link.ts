/**
 * The address of the classifier's room: `#room=classifier&tab=draw&data=mnist&model=cnn&model.learningRate=0.01&seed=7`. Fields
 * are named as in errors: `data.…`, `augment.…` and `model.…`. A lesson may leave controls out with `hide=preset,seed` and
 * begin paused with `paused=1`.
 */
import type { Problem } from '#core/errors.ts';
import type { FitRequest } from '#worker/classifier/protocol.ts';
import { BACKENDS, type BackendChoice } from '#worker/protocol.ts';
import { addHidden, readHidden } from '../../state/hiding.ts';
import { omit, oneOf } from '../../state/permalink.ts';
import { text } from '../../state/values.ts';

export const TABS = ['train', 'draw', 'inside', 'playground', 'tour'] as const;
export type Tab = (typeof TABS)[number];

/** Controls that a lesson can leave out: of the forms of Train, and of the playground. */
const HIDEABLE = [
  ...(['data', 'model', 'preset', 'seed', 'backend', 'dataConfig', 'augment', 'config', 'sixty'] as const),
  ...(['reset', 'play', 'step', 'speed', 'learningRate', 'activation', 'optimizer'] as const),
  ...(['regularisation', 'rate', 'formula', 'train', 'noise', 'batch', 'regenerate'] as const),
  ...(['features', 'layers', 'showTest', 'discretize'] as const),
] as const;
export type Hideable = (typeof HIDEABLE)[number];

/** A setting by its name, as text. */
export type Setting = readonly [name: string, value: string];

/** Tabs that make fits of their own, so that the room's may wait. */
export const OWN_FITS: ReadonlySet<Tab> = new Set(['playground', 'tour']);

/** The config tables behind the forms; also the first word of their fields' names. */
export type FitSection = 'data' | 'augment' | 'model';

/** A change of a field. */
export interface FitChange {
  readonly section: FitSection;
  readonly key: string;
  readonly value: unknown;
  readonly live: boolean;
}

/** The part of a request that holds a section's values. */
export const FIT_PART = { data: 'dataConfig', augment: 'augment', model: 'config' } as const;
const SECTIONS = ['data', 'augment', 'model'] as const satisfies readonly FitSection[];

/** What opens without a link; a tenth is held out, so that overfitting can be seen. */
export const FIRST_FIT: FitRequest = { data: 'mnist', model: 'mlp', config: { validation: 0.1 } };

export interface FitLink {
  readonly tab: Tab;
  readonly request: FitRequest;
  /** Settings of the playground, which has a fit of its own: `play.data=spiral`. */
  readonly play: readonly Setting[];
  readonly backend: BackendChoice;
  /** Names of controls that a lesson leaves out. */
  readonly hide: readonly Hideable[];
  readonly paused: boolean;
}

/** The part of an address after `#`. */
export function toFitLink({ tab, request, play, backend, hide, paused }: FitLink): string {
  const link = new URLSearchParams({ room: 'classifier' });
  if (tab !== 'train') link.set('tab', tab);
  for (const [name, value] of play) link.set(`play.${name}`, value);
  // Of a fit that waits, a lesson's link says nothing.
  if (request !== FIRST_FIT) addRequest(link, request);
  if (backend !== 'auto') link.set('backend', backend);
  addHidden(link, hide);
  if (paused) link.set('paused', '1');
  return link.toString();
}

function addRequest(link: URLSearchParams, request: FitRequest): void {
  link.set('data', request.data);
  link.set('model', request.model);
  if (request.preset !== undefined) link.set('preset', request.preset);
  if (request.seed !== undefined) link.set('seed', String(request.seed));
  for (const section of SECTIONS)
    for (const [key, value] of Object.entries(request[FIT_PART[section]] ?? {}))
      link.set(`${section}.${key}`, text(value));
}

/** Reads a link. What the page can detect is reported and left at its default; the worker checks the rest. */
export function fromFitLink(address: string): FitLink & { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values: Record<FitSection, Record<string, unknown>> = { data: {}, augment: {}, model: {} };
  const words: Partial<Record<string, string>> = {};
  const play: Setting[] = [];
  for (const [name, value] of new URLSearchParams(address.replace(/^#/, ''))) {
    const [, section, key] = /^(data|augment|model)\.(.+)$/.exec(name) ?? [];
    if (section && key) values[section as FitSection][key] = value;
    else if (name.startsWith('play.')) play.push([name.slice('play.'.length), value]);
    else if (NAMES.includes(name)) words[name] = value;
    else
      problems.push({
        field: name || 'link',
        expected: `one of ${NAMES.join(', ')}`,
        got: 'an unknown name',
      });
  }
  const { data = FIRST_FIT.data, model = FIRST_FIT.model, preset, seed, hide, paused } = words;
  if (words['model'] === undefined) values.model = { ...FIRST_FIT.config, ...values.model };
  const request: FitRequest = {
    data,
    model,
    ...(preset !== undefined && { preset }),
    ...(seed !== undefined && { seed }),
    ...given('dataConfig', values.data),
    ...given('augment', values.augment),
    ...given('config', values.model),
  };
  return {
    tab: oneOf(words, 'tab', { options: TABS, otherwise: 'train', problems }),
    request,
    play,
    backend: oneOf(words, 'backend', { options: BACKENDS, otherwise: 'auto', problems }),
    hide: readHidden(hide, HIDEABLE, problems),
    paused: paused !== undefined && paused !== '0',
    problems,
  };
}

const NAMES = ['room', 'tab', 'data', 'model', 'preset', 'seed', 'backend', 'hide', 'paused'];

function given(part: (typeof FIT_PART)[FitSection], values: Readonly<Record<string, unknown>>) {
  return Object.keys(values).length > 0 ? { [part]: values } : {};
}

/** Whether an address belongs to this room. */
export function isFitLink(address: string): boolean {
  return new URLSearchParams(address.replace(/^#/, '')).get('room') === 'classifier';
}

/** The request without the fields that the problems name, which revert to their defaults; the same object if it has none. */
export function withoutFields(request: FitRequest, problems: readonly Problem[]): FitRequest {
  return problems.reduce(withoutField, request);
}

function withoutField(request: FitRequest, { field }: Problem): FitRequest {
  const [section, key] = field.split('.');
  if (field === 'seed' || field === 'preset') return omit(request, field);
  if (field === 'data') return { ...omit(request, 'dataConfig'), data: FIRST_FIT.data };
  if (field === 'model') return { ...omit(omit(request, 'config'), 'preset'), model: FIRST_FIT.model };
  const part = SECTIONS.find((each) => each === section);
  if (part === undefined || key === undefined) return request;
  const { [FIT_PART[part]]: values = {} } = request;
  return key in values ? { ...request, [FIT_PART[part]]: omit(values, key) } : request;
}
