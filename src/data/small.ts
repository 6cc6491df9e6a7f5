/** Data sets small enough to follow every step: a line, and the truth tables of logic gates. */
import { z } from 'zod';
import { choice, integer, number, toggle } from '#core/config.ts';
import { defineGenerated } from '#core/data-set.ts';
import { rngStreams } from '#core/rng.ts';
import { OWN } from './attributions.ts';
import { splitRows, takeRows } from './examples.ts';
import { dataSeed, testShare } from './fields.ts';

export const line = defineGenerated(
  {
    id: 'line',
    title: 'Line',
    summary: 'Points around a straight line, for linear regression: y = slope · x + intercept + noise.',
    attribution: OWN,
    config: z.object({
      slope: number({
        label: 'Slope',
        help: 'Slope of the line, which a model should find as its weight.',
        default: 2,
        min: -10,
        max: 10,
      }),
      intercept: number({
        label: 'Intercept',
        help: 'Height of the line at x = 0, which a model should find as its bias.',
        default: 0.5,
        min: -10,
        max: 10,
      }),
      noise: number({
        label: 'Noise',
        help: 'Standard deviation of y around the line.',
        default: 0.2,
        min: 0,
        max: 10,
        scale: 'log',
      }),
      samples: integer({
        label: 'Points',
        help: 'Number of points, for training and testing together.',
        default: 100,
        min: 2,
        max: 100_000,
        scale: 'log',
      }),
      testShare,
      seed: dataSeed,
    }),
  },
  ({ slope, intercept, noise, samples, testShare, seed }) => {
    const streams = rngStreams(seed);
    const rng = streams('data/line');
    const inputs = Float32Array.from({ length: samples }, () => 2 * rng.uniform() - 1);
    const targets = inputs.map((x) => slope * x + intercept + noise * rng.normal());
    const all = { count: samples, shape: [1], inputs, targets };
    const [train, test] = splitRows(samples, 1 - testShare, streams('data/split'));
    return {
      task: { kind: 'regression', names: ['y'] },
      features: ['x'],
      train: takeRows(all, train),
      test: takeRows(all, test),
    };
  },
);

/** What the gates put out for 00, 01, 10 and 11. */
const GATES = {
  and: [0, 0, 0, 1],
  or: [0, 1, 1, 1],
  nand: [1, 1, 1, 0],
  nor: [1, 0, 0, 0],
  xor: [0, 1, 1, 0],
  xnor: [1, 0, 0, 1],
} as const;

export const logic = defineGenerated(
  {
    id: 'logic',
    title: 'Logic gate',
    summary: 'The four rows of a truth table: one neuron learns AND and OR, XOR needs a hidden layer.',
    attribution: OWN,
    config: z.object({
      gate: choice({
        label: 'Gate',
        help: 'The logic gate whose truth table is to be learned; a single line cannot separate xor and xnor (Minsky & Papert 1969).',
        options: ['and', 'or', 'nand', 'nor', 'xor', 'xnor'],
        default: 'and',
      }),
      descending: toggle({
        label: 'Descending',
        help: 'Takes the rows from 11 down to 00 instead of from 00 up, an order that decides every step of the perceptron.',
        default: false,
      }),
    }),
  },
  ({ gate, descending }) => {
    const inputs = descending
      ? Float32Array.of(1, 1, 1, 0, 0, 1, 0, 0)
      : Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
    const targets = Int32Array.from(descending ? GATES[gate].toReversed() : GATES[gate]);
    const all = { count: 4, shape: [2], inputs, targets };
    return { task: { kind: 'classes', names: ['0', '1'] }, features: ['a', 'b'], train: all, test: all };
  },
);
