/** The data sets of TensorFlow Playground: points of a plane, in two classes or with a number each, after its rules. */
import { z } from 'zod';
import { integer, json, number } from '#core/config.ts';
import { defineGenerated, type DataContent, type GeneratedDefinition } from '#core/data-set.ts';
import { shuffle } from '#core/minibatches.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { OWN, PLAYGROUND } from './attributions.ts';
import { allRows, takeRows } from './examples.ts';
import { dataSeed } from './fields.ts';
import { isFormula, readFormula } from './formula.ts';
import { featureFields, PlaneFeatures } from './plane-features.ts';
import * as rules from './plane-rules.ts';
import type { Points } from './plane-rules.ts';

const noise = number({
  label: 'Noise',
  help: 'Moves points across the border between the classes, or blurs them; 0.5 is the most that TensorFlow Playground offers.',
  default: 0,
  min: 0,
  max: 0.5,
});

const trainShare = number({
  label: 'Training share',
  help: 'Share of the points that is learned from; the others are for testing.',
  default: 0.5,
  min: 0.1,
  max: 0.9,
});

function samples(count: number) {
  return integer({
    label: 'Points',
    help: 'Number of points, for training and testing together.',
    default: count,
    min: 10,
    max: 100_000,
    scale: 'log',
  });
}

const formula = json(z.union([z.string(), z.number()]).transform(String).refine(isFormula), {
  label: 'Formula',
  help: 'Points above this curve are in class 1: y > f(x).',
  default: '2 * sin(x)',
  expected: 'a formula of x, such as 2 * sin(x) or x^2 / 4 - 3',
});

const shared = { noise, trainShare, seed: dataSeed, ...featureFields };
const pointsOfClasses = z.object({ samples: samples(500), ...shared });
const pointsWithNumbers = z.object({ samples: samples(1200), ...shared });

type Config = z.output<typeof pointsOfClasses>;
type Rule = (count: number, noise: number, rng: Rng) => Points;

export const planeSets: readonly GeneratedDefinition[] = [
  twoClasses('circle', 'Circle', 'A disc of one class inside a ring of the other.', rules.circle),
  twoClasses('xor', 'Exclusive or', 'Opposite quadrants share a class.', rules.xor),
  twoClasses('gauss', 'Gaussians', 'Two clouds that a straight line separates.', rules.gauss),
  twoClasses('spiral', 'Spiral', 'Two spirals wound into each other, the hardest of the four.', rules.spiral),
  defineGenerated(
    {
      id: 'formula',
      title: 'Formula',
      summary: 'Two classes, above and below a curve of your own.',
      attribution: OWN,
      config: pointsOfClasses.extend({ formula }),
    },
    (config) => {
      const curve = readFormula(config.formula);
      return content('classes', config, (count, noise, rng) => rules.above(curve, count, noise, rng));
    },
  ),
  numbers('plane', 'Plane', 'A number that rises evenly in one direction.', rules.plane),
  numbers('gauss-regression', 'Bumps', 'Six bumps up and down, a number at every point.', rules.bumps),
];

function twoClasses(id: string, title: string, summary: string, rule: Rule): GeneratedDefinition {
  const about = { id, title, summary, attribution: PLAYGROUND, config: pointsOfClasses };
  return defineGenerated(about, (config) => content('classes', config, rule));
}

function numbers(id: string, title: string, summary: string, rule: Rule): GeneratedDefinition {
  const about = { id, title, summary, attribution: PLAYGROUND, config: pointsWithNumbers };
  return defineGenerated(about, (config) => content('regression', config, rule));
}

/** Points by a rule, shuffled and split. Class 0 is Playground's −1 and orange, class 1 its 1 and blue. */
function content(kind: 'classes' | 'regression', config: Config, rule: Rule): DataContent {
  const streams = rngStreams(config.seed);
  const { x, y, label } = rule(config.samples, config.noise, streams('data/plane'));
  const count = label.length;
  const features = new PlaneFeatures(config);
  const width = features.names.length;
  const inputs = new Float32Array(count * width);
  for (let k = 0; k < count; k++) features.write(x[k], y[k], inputs, k * width);
  const targets = kind === 'classes' ? Int32Array.from(label, (sign) => (sign > 0 ? 1 : 0)) : label;
  const all = { count, shape: [width], inputs, targets };
  const order = allRows(count);
  shuffle(order, streams('data/split'));
  const at = Math.floor(count * config.trainShare);
  return {
    task: kind === 'classes' ? { kind, names: ['-1', '1'] } : { kind, names: ['value'] },
    features: features.names,
    train: takeRows(all, order.subarray(0, at)),
    test: takeRows(all, order.subarray(at)),
  };
}
