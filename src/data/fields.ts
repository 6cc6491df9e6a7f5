/** Settings that several data sets share. */
import { integer, number } from '#core/config.ts';

export const dataSeed = integer({
  label: 'Data seed',
  help: 'Seeds what is random in the data and their split: the same seed gives the same data, whatever the seed of the run.',
  default: 1,
  min: 0,
  max: 4294967295,
});

export const testShare = number({
  label: 'Test share',
  help: 'Share of the examples that is held out for testing.',
  default: 0.2,
  min: 0.01,
  max: 0.9,
});

export const trainLimit = integer({
  label: 'Training examples',
  help: 'How many of the training examples are used at most, from the first on; fewer make overfitting visible.',
  default: 60_000,
  min: 10,
  max: 1_000_000,
  scale: 'log',
});
