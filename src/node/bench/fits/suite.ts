/**
 * The rows of docs/classifier.md: a model and preset on a data set, trained to its last epoch on seeds 1, 2, … The settings of
 * Iris and the spiral were chosen among six on these very seeds.
 */
import { resolveFit, type FitRequest, type FitSetup } from '#train/request/resolve-fit.ts';

export interface FitExperiment extends Pick<FitRequest, 'data' | 'model' | 'preset'> {
  readonly dataConfig?: Readonly<Record<string, unknown>>;
  readonly augment?: Readonly<Record<string, unknown>>;
  /** Settings of the model beside its preset. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Instead of the preset's or the model's own. */
  readonly epochs?: number;
  /** Seeds 1 to this number. */
  readonly seeds: number;
}

type Row = Omit<FitExperiment, 'data' | 'model' | 'seeds'> & { readonly seeds?: number };

function on(data: string, model: string, row: Row = {}): FitExperiment {
  return { seeds: 5, ...row, data, model };
}

const dense = (units: number, activation: string) => ({ kind: 'dense', units, activation });

/** In the order of training, the cheapest first. */
export const suite: readonly FitExperiment[] = [
  on('iris', 'linear', { config: { standardise: true, learningRate: 0.01, batchSize: 16 }, epochs: 100 }),
  on('iris', 'mlp', { config: { standardise: true, batchSize: 16 }, epochs: 50 }),
  on('spiral', 'mlp', {
    config: { network: [dense(32, 'relu'), dense(32, 'relu')], learningRate: 0.01, batchSize: 16 },
    epochs: 100,
  }),
  on('mnist-1d', 'linear', { preset: 'mnist-1d' }),
  on('mnist-1d', 'mlp', { preset: 'mnist-1d' }),
  on('mnist-1d', 'cnn', { preset: 'mnist-1d' }),
  on('mnist-1d', 'gru', { preset: 'mnist-1d' }),
  on('mnist', 'linear'),
  on('mnist', 'mlp'),
  on('mnist', 'mlp', { preset: 'mnist' }),
  on('mnist', 'lenet', { preset: 'sixty-seconds' }),
  on('mnist', 'lenet', { epochs: 1 }),
  on('mnist', 'lenet'),
  on('mnist', 'cnn', { epochs: 1 }),
  on('mnist', 'cnn'),
  on('fashion-mnist', 'cnn'),
];

/** The fit of one seed. */
export function fitOf(experiment: FitExperiment, seed: number): FitSetup {
  const { data, model, preset, dataConfig = {}, augment = {}, config = {}, epochs } = experiment;
  return resolveFit({
    data,
    model,
    seed,
    dataConfig,
    augment,
    config: { ...config, ...(epochs === undefined ? {} : { epochs }) },
    ...(preset === undefined ? {} : { preset }),
  });
}

/** The unique name of a row in records and on the command line. */
export function nameOf(experiment: FitExperiment): string {
  const { data, model, preset = 'default' } = experiment;
  return `${data} ${model} ${preset} ${epochsOf(experiment)}`;
}

export function epochsOf(experiment: FitExperiment): number {
  return Number(fitOf(experiment, 1).config['epochs']);
}

/** What trains a seed of a row, as it is typed. */
export function commandOf(experiment: FitExperiment, seed: number): string {
  const { data, model, preset, dataConfig, augment, config, epochs } = experiment;
  return [
    `npm run ludus -- fit ${data} --model ${model}`,
    ...(preset === undefined ? [] : [`--preset ${preset}`]),
    ...pairs('--data', dataConfig),
    ...pairs('--augment', augment),
    ...pairs('--set', config),
    ...(epochs === undefined ? [] : [`--epochs ${epochs}`]),
    `--seed ${seed}`,
    ...(needsFiles(experiment) ? ['--from <files>'] : []),
  ].join(' ');
}

/** Values as repeated options. */
function pairs(flag: string, values: Readonly<Record<string, unknown>> = {}): readonly string[] {
  return Object.entries(values).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${flag} ${/^[\w.-]+$/.test(text) ? `${key}=${text}` : `'${key}=${text}'`}`;
  });
}

/** Whether the data are read from files that do not come with the project. */
export function needsFiles(experiment: FitExperiment): boolean {
  const { data } = fitOf(experiment, 1);
  return data.kind === 'files' && data.takes !== undefined;
}
