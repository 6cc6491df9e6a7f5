/**
 * Answers what the room asks about a fit: predictions, what is inside the model, and how it can be fooled. What takes long is a
 * generator, which pauses so that training and other commands get their turn. Models are synced before.
 */
import { argmax } from '#core/argmax.ts';
import { inputSize, type Examples } from '#core/data-set.ts';
import { refusal, type InputError } from '#core/errors.ts';
import type { Insight } from '#core/fit.ts';
import { rngStreams } from '#core/rng.ts';
import { along, fgsm, pgd, USUAL_WALK, type Range } from '#train/insight/attack.ts';
import { filterNormalised, gridOf, moveTo } from '#train/insight/landscape.ts';
import { occlusion, probabilities, saliency } from '#train/insight/saliency.ts';
import { centreOf, stimulus } from '#train/insight/stimulus.ts';
import { TopCollector, type TopExamples } from '#train/insight/top-examples.ts';
import type { ModelRun, Part } from '#train/runs/model.ts';
import { scorerFor } from '#train/runs/scores.ts';
import type { Pieces } from './analyses.ts';
import { number, whole } from './numbers.ts';
import type { Attacked, AttackCurve, ExampleRows, Stimulus } from './protocol.ts';

/** Examples that are looked at between two pauses: a power of two, for which models are compiled anyway. */
const CHUNK = 64;
/** Examples that are predicted at a time. */
const PREDICTED = 256;
/** Points of a landscape per side, and strengths of a curve, at most. */
const MOST_POINTS = 101;

type Inputs = Examples['inputs'];

export class Analyst {
  private readonly run: ModelRun;

  constructor(run: ModelRun) {
    this.run = run;
  }

  /** Probabilities of classes, or numbers, per input. */
  predict(inputs: Inputs): Float32Array {
    const { model } = this.run;
    const count = this.countOf(inputs);
    const outputs = new Float32Array(count * model.outputs);
    for (let first = 0; first < count; first += PREDICTED) {
      const n = Math.min(PREDICTED, count - first);
      const x = this.run.scaled(inputs.subarray(first * this.width, (first + n) * this.width));
      outputs.set(this.told(model.predict(x, n), n), first * model.outputs);
    }
    return outputs;
  }

  activations(inputs: Inputs): readonly Float32Array[] {
    this.countOf(inputs);
    return this.insight.activations(this.run.scaled(inputs).slice());
  }

  examples(part: 'train' | Part, rows: Int32Array): ExampleRows {
    const from = this.examplesOf(part);
    const wide = from.targets.length / from.count;
    const Inputs = from.inputs.constructor as new (length: number) => Inputs;
    const Targets = from.targets.constructor as new (length: number) => Examples['targets'];
    const inputs = new Inputs(rows.length * this.width);
    const targets = new Targets(rows.length * wide);
    rows.forEach((row, k) => {
      whole('rows', row, 0, from.count - 1);
      inputs.set(from.inputs.subarray(row * this.width, (row + 1) * this.width), k * this.width);
      targets.set(from.targets.subarray(row * wide, (row + 1) * wide), k * wide);
    });
    return { inputs, targets };
  }

  *saliency(input: Inputs, output: number, by: 'gradient' | 'occlusion'): Pieces<Float32Array> {
    const { model, data } = this.run;
    const x = this.one(input);
    whole('output', output, 0, model.outputs - 1);
    if (by === 'gradient') return saliency(this.insight, x, output, model.outputs);
    this.requirePictures();
    if (!this.classifies) throw mistake('model', 'a classifier', this.run.setup.model.id);
    return yield* occlusion(model, x, data.train.shape, output);
  }

  *attack(input: Inputs, label: number, epsilon: number, by: 'fgsm' | 'pgd'): Pieces<Attacked> {
    const { model } = this.run;
    this.requireClassifier();
    const x = this.one(input);
    whole('label', label, 0, model.outputs - 1);
    number('epsilon', epsilon, 0, 1);
    const range = this.range;
    const reach = epsilon * (range.most - range.least);
    const labels = Int32Array.of(label);
    // With the usual stride the walk gets as far as 0.4; for other strengths it keeps its proportion to that.
    const stride =
      Math.max(USUAL_WALK.stride, (2.5 * epsilon) / USUAL_WALK.steps) * (range.most - range.least);
    const moved =
      by === 'fgsm'
        ? fgsm(this.insight, x, labels, reach, range)
        : yield* pgd(this.insight, x, labels, reach, { steps: USUAL_WALK.steps, stride }, range);
    return {
      picture: this.asPicture(moved),
      before: this.told(model.predict(x, 1), 1),
      after: this.told(model.predict(moved, 1), 1),
    };
  }

  *robustness(epsilons: readonly number[], count: number): Pieces<AttackCurve> {
    const { model, data } = this.run;
    this.requireClassifier();
    whole('epsilons', epsilons.length, 1, MOST_POINTS);
    epsilons.forEach((epsilon) => number('epsilons', epsilon, 0, 1));
    const total = this.limited(count);
    const range = this.range;
    const right = epsilons.map(() => 0);
    for (const { x, first, n, skip } of this.chunks(total)) {
      const labels = Int32Array.from(data.test.targets.subarray(first, first + n));
      // The gradient is at the original, whatever ε is.
      const gradient = this.insight.lossGradient(x, labels);
      for (const [e, epsilon] of epsilons.entries()) {
        const moved = along(x, gradient, epsilon * (range.most - range.least), range);
        const outputs = model.predict(moved, n);
        for (let k = skip; k < n; k++)
          if (argmax(outputs, k * model.outputs, model.outputs) === labels[k]) right[e]++;
        yield;
      }
    }
    return { epsilons, accuracies: right.map((hits) => hits / total) };
  }

  *stimulus(layer: number, feature: number): Pieces<Stimulus> {
    this.requirePictures();
    const { output, features, width } = this.layer(layer);
    whole('feature', feature, 0, features - 1);
    const wanted = { layer, width, at: centreOf(output, feature) };
    const { input, value } = yield* stimulus(this.insight, this.run.data.train.shape, wanted, this.range);
    return { picture: this.asPicture(input), value };
  }

  *topExamples(layer: number, kept: number, count: number): Pieces<TopExamples> {
    const { insight } = this;
    const { features, width } = this.layer(layer);
    const total = this.limited(count);
    whole('kept', kept, 1, 100);
    const collector = new TopCollector(features, kept);
    for (const { x, first, n, skip } of this.chunks(total)) {
      const seen = insight.activations(x)[layer];
      for (let k = skip; k < n; k++) collector.add(first + k, seen.subarray(k * width, (k + 1) * width));
      yield;
    }
    return collector.top;
  }

  /** Tells after every piece which share of the points is measured. */
  *landscape(side: number, count: number, seed: number): Pieces<Float32Array> {
    const { data, network, setup } = this.run;
    whole('side', side, 1, MOST_POINTS);
    whole('seed', seed, 0, 2 ** 32 - 1);
    const total = this.limited(count);
    const copy = this.insight.copy();
    try {
      const kernels = network.params
        .filter(({ name }) => name.toLowerCase().endsWith('kernel'))
        .map(({ offset, size, shape }) => ({ offset, size, filters: shape[shape.length - 1] }));
      const solution = copy.weights.slice();
      const streams = rngStreams(seed);
      const directions = [0, 1].map((k) => filterNormalised(solution, kernels, streams('landscape', k)));
      const losses = new Float32Array(side * side);
      for (const [k, at] of gridOf(side, 1).entries()) {
        moveTo(copy.weights, solution, [directions[0], directions[1]], at);
        const scorer = scorerFor(
          data.task,
          { ...data.test, count: total },
          setup.model.reconstructs ?? false,
        );
        for (let first = 0; first < total; first += CHUNK) {
          const n = Math.min(CHUNK, total - first);
          const rows = data.test.inputs.subarray(first * this.width, (first + n) * this.width);
          const x = this.run.scaled(rows).slice();
          scorer.add(first, n, copy.predict(x, n), x);
          yield (k + (first + n) / total) / losses.length;
        }
        losses[k] = scorer.scores().loss;
      }
      return losses;
    } finally {
      copy.dispose();
    }
  }

  /**
   * The first `total` test examples as the model sees them, always as many at a time, since models are compiled for a number of rows:
   * the last ones overlap with those before, of which the first `skip` have been seen.
   */
  private *chunks(total: number) {
    const { test } = this.run.data;
    const n = Math.min(CHUNK, total);
    for (let next = 0; next < total; next += n) {
      const first = Math.min(next, total - n);
      const rows = test.inputs.subarray(first * this.width, (first + n) * this.width);
      yield { x: this.run.scaled(rows).slice(), first, n, skip: next - first };
    }
  }

  private get width(): number {
    return inputSize(this.run.data.train);
  }

  private get classifies(): boolean {
    return this.run.data.task.kind === 'classes' && !this.run.setup.model.reconstructs;
  }

  private get insight(): Insight {
    const { insight } = this.run.model;
    if (insight) return insight;
    throw mistake('model', 'a model with layers to look into', this.run.setup.model.id);
  }

  /** What black and white pixels are to the model. */
  private get range(): Range {
    const { width } = this;
    const ends = this.run.scaled(new Uint8Array(2 * width).fill(255, width));
    return { least: ends[0], most: ends[width] };
  }

  private asPicture(x: Float32Array): Float32Array {
    const { least, most } = this.range;
    return x.map((value) => (value - least) / (most - least));
  }

  private layer(index: number) {
    void this.insight;
    const { layers } = this.run.network;
    whole('layer', index, 0, layers.length - 1);
    const { output } = layers[index];
    const width = output.reduce((product, length) => product * length, 1);
    return { output, features: output[output.length - 1], width };
  }

  /** Outputs of the model, logits as probabilities. */
  private told(outputs: Float32Array, n: number): Float32Array {
    const { outputs: classes } = this.run.model;
    const own = outputs.slice(0, n * classes);
    return this.classifies ? probabilities(own, classes) : own;
  }

  private countOf(inputs: Inputs): number {
    const count = inputs.length / this.width;
    if (Number.isInteger(count) && count > 0) return count;
    throw mistake('inputs', `a multiple of ${this.width} numbers`, String(inputs.length));
  }

  /** A single input as the model sees it. */
  private one(input: Inputs): Float32Array {
    if (input.length !== this.width) throw mistake('input', `${this.width} numbers`, String(input.length));
    return this.run.scaled(input).slice();
  }

  /** So many test examples, or as many as there are. */
  private limited(count: number): number {
    return Math.min(whole('count', count, 1), this.run.data.test.count);
  }

  private examplesOf(part: 'train' | Part): Examples {
    if (part === 'validation') return this.run.heldOut;
    return part === 'train' ? this.run.data.train : this.run.data.test;
  }

  private requirePictures(): void {
    if (this.run.data.train.shape.length !== 3) throw mistake('data', 'pictures', this.run.data.id);
  }

  private requireClassifier(): void {
    this.requirePictures();
    if (!this.classifies) throw mistake('model', 'a classifier', this.run.setup.model.id);
  }
}

function mistake(field: string, expected: string, got: string): InputError {
  return refusal(field, expected, got);
}
