/**
 * What the playground is set to: one table from which the controls, the link and the request for a fit follow. Names and choices
 * are those of TensorFlow Playground (its state.ts, 2016) where it has them.
 */
import type { Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';
import type { FitRequest } from '#worker/classifier/protocol.ts';
import type { Setting } from '../state/fit-link.ts';

export const DATA = ['circle', 'xor', 'gauss', 'spiral', 'formula', 'plane', 'gauss-regression'] as const;
export type DataId = (typeof DATA)[number];

/** In the order of the data's columns. */
export const FEATURES = ['x1', 'x2', 'x1Squared', 'x2Squared', 'product', 'sinX1', 'sinX2'] as const;
export type Feature = (typeof FEATURES)[number];
export const FEATURE_LABELS: Readonly<Record<Feature, string>> = {
  x1: 'X₁',
  x2: 'X₂',
  x1Squared: 'X₁²',
  x2Squared: 'X₂²',
  product: 'X₁X₂',
  sinX1: 'sin(X₁)',
  sinX2: 'sin(X₂)',
};

export const ACTIVATIONS = ['tanh', 'relu', 'sigmoid', 'linear'] as const;
export const OPTIMIZERS = [
  'sgd',
  'momentum',
  'nesterov',
  'adagrad',
  'adadelta',
  'rmsprop',
  'adam',
  'adamw',
] as const;
export const LEARNING_RATES = [1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const;
export const REGULARISATIONS = ['none', 'l1', 'l2'] as const;
export const RATES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const;
export const MOST_LAYERS = 6;
export const MOST_NEURONS = 8;

export interface Settings {
  readonly data: DataId;
  readonly formula: string;
  /** In percent, from 0 to 50, and the share that is learned from, from 10 to 90. */
  readonly noise: number;
  readonly train: number;
  readonly batch: number;
  readonly features: readonly Feature[];
  /** Neurons of each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation: (typeof ACTIVATIONS)[number];
  readonly learningRate: number;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  readonly regularisation: (typeof REGULARISATIONS)[number];
  readonly rate: number;
  readonly seed: number;
  /** Seed of the points. */
  readonly points: number;
  readonly showTest: boolean;
  readonly discretize: boolean;
}

export const DEFAULTS: Settings = {
  data: 'circle',
  formula: '2 * sin(x)',
  noise: 0,
  train: 50,
  batch: 10,
  features: ['x1', 'x2'],
  hidden: [4, 2],
  activation: 'tanh',
  learningRate: 0.03,
  optimizer: 'sgd',
  regularisation: 'none',
  rate: 0,
  seed: 1,
  points: 1,
  showTest: false,
  discretize: false,
};

/** Settings that show the same fit in another way, and those that change it while it runs; all others begin a new one. */
export const VIEWS: ReadonlySet<keyof Settings> = new Set(['showTest', 'discretize']);
export const LIVE: ReadonlySet<keyof Settings> = new Set(['learningRate']);

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** How a setting is written in a link. */
interface Codec<T> {
  /** In words, for the error. */
  readonly expected: string;
  write(value: T): string;
  /** Undefined for a text that means no such value. */
  read(text: string): T | undefined;
}

const CODECS: { readonly [K in keyof Settings]: Codec<Settings[K]> } = {
  data: oneOf(DATA),
  formula: { expected: 'a formula of x', write: String, read: (text) => (text === '' ? undefined : text) },
  noise: within(0, 50),
  train: within(10, 90),
  batch: within(1, 30),
  features: {
    expected: `some of ${FEATURES.join(', ')}`,
    write: (features) => features.join(','),
    read: (text) => {
      const named = text.split(',');
      const known = FEATURES.filter((feature) => named.includes(feature));
      return known.length > 0 && known.length === named.length ? known : undefined;
    },
  },
  hidden: {
    expected: `at most ${MOST_LAYERS} numbers from 1 to ${MOST_NEURONS}`,
    write: (hidden) => hidden.join(','),
    read: (text) => {
      const neurons = text === '' ? [] : text.split(',').map(Number);
      const fits = neurons.every((n) => Number.isInteger(n) && n >= 1 && n <= MOST_NEURONS);
      return fits && neurons.length <= MOST_LAYERS ? neurons : undefined;
    },
  },
  activation: oneOf(ACTIVATIONS),
  learningRate: number('a number from 0.000001 to 10', (rate) => rate >= 1e-6 && rate <= 10),
  optimizer: oneOf(OPTIMIZERS),
  regularisation: oneOf(REGULARISATIONS),
  rate: number('a number from 0 to 10', (rate) => rate >= 0 && rate <= 10),
  seed: within(0, 2 ** 32 - 1),
  points: within(0, 2 ** 32 - 1),
  showTest: toggle(),
  discretize: toggle(),
};
const NAMES = Object.keys(CODECS) as readonly (keyof Settings)[];

function oneOf<T extends string>(options: readonly T[]): Codec<T> {
  return {
    expected: `one of ${options.join(', ')}`,
    write: String,
    read: (text) => options.find((option) => option === text),
  };
}

function number(expected: string, fits: (value: number) => boolean): Codec<number> {
  const read = (text: string): number | undefined => {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) && fits(value) ? value : undefined;
  };
  return { expected, write: String, read };
}

function within(least: number, most: number): Codec<number> {
  const fits = (value: number): boolean => Number.isInteger(value) && value >= least && value <= most;
  return number(`a whole number from ${least} to ${most}`, fits);
}

function toggle(): Codec<boolean> {
  return { expected: 'true or false', write: String, read: (text) => SWITCH.get(text) };
}

/** The settings as the parameters of a link, those at their defaults left out. */
export function toParams(settings: Settings): readonly Setting[] {
  return NAMES.map((name) => [name, written(name, settings)] as const).filter(
    ([name, value]) => value !== written(name, DEFAULTS),
  );
}

/** The settings that a link's parameters hold; unknown names are reported, and so are wrong values, left at their defaults. */
export function fromParams(params: URLSearchParams): {
  readonly settings: Settings;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [...params.keys()]
    .filter((name) => !NAMES.some((each) => each === name))
    .map((field) => ({ field, expected: known(field, NAMES), got: 'an unknown name' }));
  const read = (name: keyof Settings): Partial<Settings> => {
    const text = params.get(name);
    if (text === null) return {};
    const value = CODECS[name].read(text);
    if (value !== undefined) return { [name]: value };
    problems.push({ field: name, expected: CODECS[name].expected, got: JSON.stringify(text) });
    return {};
  };
  const settings = Object.assign({ ...DEFAULTS }, ...NAMES.map(read)) as Settings;
  return { settings, problems };
}

function written(name: keyof Settings, settings: Settings): string {
  return (CODECS[name] as Codec<unknown>).write(settings[name]);
}

/** Whether the data are classes rather than numbers. */
export function classifies({ data }: Pick<Settings, 'data'>): boolean {
  return data !== 'plane' && data !== 'gauss-regression';
}

/** The fit that the settings describe. Its head puts out a logit per class, or a number. */
export function toRequest(settings: Settings): FitRequest {
  const { data, formula, noise, train, batch, features, hidden, activation, seed, points } = settings;
  const { learningRate, optimizer, regularisation, rate } = settings;
  const chosen = Object.fromEntries(FEATURES.map((feature) => [feature, features.includes(feature)]));
  return {
    data,
    dataConfig: {
      noise: noise / 100,
      trainShare: train / 100,
      seed: points,
      ...chosen,
      ...(data === 'formula' && { formula }),
    },
    model: 'mlp',
    config: {
      network: hidden.map((units) => ({ kind: 'dense', units, activation })),
      batchSize: batch,
      optimizer,
      learningRate,
      l1: regularisation === 'l1' ? rate : 0,
      l2: regularisation === 'l2' ? rate : 0,
      epochs: 100_000,
    },
    seed,
  };
}
