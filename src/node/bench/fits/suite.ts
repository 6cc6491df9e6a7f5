/**
 * The rows of docs/classifier.md: a model and preset on a data set, trained to its last epoch on seeds 1, 2, … Settings are chosen
 * on other seeds, from 101 on: for pictures and curves by a sixth of the training examples, which is held out, for Iris and the
 * spiral by other draws of the data. Older ones were not chosen in this way: the defaults, MNIST's preset of the MLP, and
 * MNIST-1D's presets of the linear model and the CNN.
 */
import { resolveFit, type FitRequest, type FitSetup } from '#train/request/resolve-fit.ts';

export interface FitExperiment extends Pick<FitRequest, 'data' | 'model' | 'preset'> {
  /** Instead of the preset's or the model's own. */
  readonly epochs?: number;
  /** Seeds 1 to this number. */
  readonly seeds: number;
}

type Row = Omit<FitExperiment, 'data' | 'model' | 'seeds'> & { readonly seeds?: number };

function on(data: string, model: string, row: Row = {}): FitExperiment {
  return { seeds: 5, ...row, data, model };
}

/** In the order of training, the cheapest first. */
export const suite: readonly FitExperiment[] = [
  on('iris', 'linear', { preset: 'iris' }),
  on('iris', 'mlp', { preset: 'iris' }),
  on('spiral', 'mlp', { preset: 'points' }),
  on('mnist-1d', 'linear', { preset: 'mnist-1d' }),
  on('mnist-1d', 'mlp', { preset: 'mnist-1d' }),
  on('mnist-1d', 'cnn', { preset: 'mnist-1d' }),
  on('mnist-1d', 'gru', { preset: 'mnist-1d' }),
  on('mnist', 'linear'),
  on('mnist', 'mlp'),
  on('mnist', 'mlp', { preset: 'mnist' }),
  on('mnist', 'lenet', { preset: 'ten-seconds' }),
  on('mnist', 'lenet', { preset: 'sixty-seconds' }),
  on('mnist', 'lenet', { epochs: 1 }),
  on('mnist', 'lenet'),
  on('mnist', 'cnn', { epochs: 1 }),
  on('mnist', 'cnn', { preset: 'mnist' }),
  on('fashion-mnist', 'cnn', { preset: 'fashion-mnist' }),
];

/** The fit of one seed. */
export function fitOf(experiment: FitExperiment, seed: number): FitSetup {
  const { data, model, preset, epochs } = experiment;
  return resolveFit({
    data,
    model,
    seed,
    config: epochs === undefined ? {} : { epochs },
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
  const { data, model, preset, epochs } = experiment;
  return [
    `npm run ludus -- fit ${data} --model ${model}`,
    ...(preset === undefined ? [] : [`--preset ${preset}`]),
    ...(epochs === undefined ? [] : [`--epochs ${epochs}`]),
    `--seed ${seed}`,
    ...(needsFiles(experiment) ? ['--from <files>'] : []),
  ].join(' ');
}

/** Whether the data are read from files that do not come with the project. */
export function needsFiles(experiment: FitExperiment): boolean {
  const { data } = fitOf(experiment, 1);
  return data.kind === 'files' && data.takes !== undefined;
}
