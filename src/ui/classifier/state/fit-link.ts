/**
 * The address of the classifier's room: `#room=classifier&tab=draw&data=mnist&model=cnn&model.learningRate=0.01&seed=7`. Fields
 * are named as in errors: `data.…`, `augment.…` and `model.…`. A lesson may leave controls out with `hide=preset,seed` and
 * begin paused with `paused=1`.
 */
import type { Problem } from '#core/errors.ts';
import type { FitRequest } from '#worker/classifier/protocol.ts';
import { BACKENDS, type BackendChoice } from '#worker/protocol.ts';
import { omit } from '../../state/permalink.ts';
import { text } from '../../state/values.ts';

export const TABS = ['train', 'draw', 'inside', 'playground', 'tour'] as const;
export type Tab = (typeof TABS)[number];

/** The config tables behind the forms; also the first word of their fields' names. */
export type FitSection = 'data' | 'augment' | 'model';

/** The part of a request that holds a section's values. */
export const FIT_PART = { data: 'dataConfig', augment: 'augment', model: 'config' } as const;
const SECTIONS = ['data', 'augment', 'model'] as const satisfies readonly FitSection[];

/** What opens without a link; a tenth is held out, so that overfitting can be seen. */
export const FIRST_FIT: FitRequest = { data: 'mnist', model: 'mlp', config: { validation: 0.1 } };

export interface FitLink {
  readonly tab: Tab;
  readonly request: FitRequest;
  readonly backend: BackendChoice;
  /** Names of controls that a lesson leaves out. */
  readonly hide: readonly string[];
  readonly paused: boolean;
}

/** The part of an address after `#`. */
export function toFitLink({ tab, request, backend, hide, paused }: FitLink): string {
  const link = new URLSearchParams({ room: 'classifier' });
  if (tab !== 'train') link.set('tab', tab);
  link.set('data', request.data);
  link.set('model', request.model);
  if (request.preset !== undefined) link.set('preset', request.preset);
  if (request.seed !== undefined) link.set('seed', String(request.seed));
  if (backend !== 'auto') link.set('backend', backend);
  for (const section of SECTIONS)
    for (const [key, value] of Object.entries(request[FIT_PART[section]] ?? {}))
      link.set(`${section}.${key}`, text(value));
  if (hide.length > 0) link.set('hide', hide.join(','));
  if (paused) link.set('paused', '1');
  return link.toString();
}

/** Reads a link. What the page can detect is reported and left at its default; the worker checks the rest. */
export function fromFitLink(address: string): FitLink & { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values: Record<FitSection, Record<string, unknown>> = { data: {}, augment: {}, model: {} };
  const words: Partial<Record<string, string>> = {};
  for (const [name, value] of new URLSearchParams(address.replace(/^#/, ''))) {
    const [, section, key] = /^(data|augment|model)\.(.+)$/.exec(name) ?? [];
    if (section && key) values[section as FitSection][key] = value;
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
    tab: oneOf('tab', TABS, 'train'),
    request,
    backend: oneOf('backend', BACKENDS, 'auto'),
    hide: hide?.split(',').filter(Boolean) ?? [],
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
