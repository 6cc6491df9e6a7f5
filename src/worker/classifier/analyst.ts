/** Answers what the room asks about a fit at rest: predictions, what is inside the model, and how it can be fooled. */
import type { Examples } from '#core/data-set.ts';
import { InputError } from '#core/errors.ts';
import type { Insight } from '#core/fit.ts';
import { rngStreams } from '#core/rng.ts';
import { fgsm, pgd } from '#train/insight/attack.ts';
import { filterNormalised, gridOf, moveTo } from '#train/insight/landscape.ts';
import { occlusion, probability, saliency } from '#train/insight/saliency.ts';
import { cellsOf, stimulus } from '#train/insight/stimulus.ts';
import { TopCollector } from '#train/insight/top-examples.ts';
import type { ModelRun, Part } from '#train/runs/model.ts';
import { scorerFor } from '#train/runs/scores.ts';
import type { AttackCurve, ExampleRows } from './protocol.ts';

/** Examples that are looked at between two chances for other messages. */
const CHUNK = 50;

type Inputs = Examples['inputs'];

export class Analyst {
  private readonly run: ModelRun;
  /** Lets messages and slices pass. */
  private readonly giveWay: () => Promise<void>;

  constructor(run: ModelRun, giveWay: () => Promise<void>) {
    this.run = run;
    this.giveWay = giveWay;
  }

  /** Probabilities of classes, or numbers, per input. */
  async predict(inputs: Inputs): Promise<Float32Array> {
    const { model } = await this.ready();
    const x = this.run.scaled(inputs);
    const n = x.length / this.width;
    const outputs = model.predict(x, n).slice(0, n * model.outputs);
    if (!this.classifies) return outputs;
    return outputs.map((_, k) =>
      probability(outputs, Math.floor(k / model.outputs), model.outputs, k % model.outputs),
    );
  }

  async activations(inputs: Inputs): Promise<readonly Float32Array[]> {
    await this.ready();
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
      inputs.set(from.inputs.subarray(row * this.width, (row + 1) * this.width), k * this.width);
      targets.set(from.targets.subarray(row * wide, (row + 1) * wide), k * wide);
    });
    return { inputs, targets };
  }

  async saliency(input: Inputs, output: number, by: 'gradient' | 'occlusion'): Promise<Float32Array> {
    const { model } = await this.ready();
    const x = this.run.scaled(input).slice();
    if (by === 'gradient') return saliency(this.insight, x, output, model.outputs);
    this.requirePictures();
    return occlusion(model, x, this.run.data.train.shape, output);
  }

  async attack(input: Inputs, label: number, epsilon: number, by: 'fgsm' | 'pgd'): Promise<Float32Array> {
    await this.ready();
    this.requirePixels();
    const x = this.run.scaled(input).slice();
    return (by === 'fgsm' ? fgsm : pgd)(this.insight, x, Int32Array.of(label), epsilon);
  }

  async robustness(epsilons: readonly number[], count: number): Promise<AttackCurve> {
    const { model } = await this.ready();
    this.requirePixels();
    const { test } = this.run.data;
    const total = Math.min(count, test.count);
    const right = epsilons.map(() => 0);
    for (let first = 0; first < total; first += CHUNK) {
      const n = Math.min(CHUNK, total - first);
      const inputs = test.inputs.subarray(first * this.width, (first + n) * this.width);
      const labels = Int32Array.from(test.targets.subarray(first, first + n));
      const x = this.run.scaled(inputs).slice();
      epsilons.forEach((epsilon, e) => {
        const outputs = model.predict(fgsm(this.insight, x, labels, epsilon), n);
        for (let k = 0; k < n; k++) if (best(outputs, k, model.outputs) === labels[k]) right[e]++;
      });
      await this.giveWay();
    }
    return { epsilons, accuracies: right.map((count) => count / total) };
  }

  async stimulus(layer: number, feature: number): Promise<Float32Array> {
    await this.ready();
    const { output } = this.run.network.layers[layer];
    const width = output.reduce((product, length) => product * length, 1);
    const cells = cellsOf(output, feature);
    return stimulus(this.insight, this.run.data.train.shape, { layer, width, cells });
  }

  async topExamples(layer: number, kept: number, count: number): Promise<Int32Array> {
    await this.ready();
    const { test } = this.run.data;
    const { output } = this.run.network.layers[layer];
    const size = output.reduce((product, length) => product * length, 1);
    const collector = new TopCollector(output[output.length - 1], kept);
    const total = Math.min(count, test.count);
    for (let first = 0; first + CHUNK <= total; first += CHUNK) {
      const inputs = test.inputs.subarray(first * this.width, (first + CHUNK) * this.width);
      const seen = this.insight.activations(this.run.scaled(inputs).slice())[layer];
      for (let k = 0; k < CHUNK; k++) collector.add(first + k, seen.subarray(k * size, (k + 1) * size));
      await this.giveWay();
    }
    return collector.top.rows;
  }

  async landscape(side: number, count: number, seed: number): Promise<Float32Array> {
    await this.ready();
    const { data, network } = this.run;
    const copy = this.insight.copy();
    try {
      const kernels = network.params
        .filter(({ name }) => name.toLowerCase().endsWith('kernel'))
        .map(({ offset, size, shape }) => ({ offset, size, filters: shape[shape.length - 1] }));
      const solution = copy.weights.slice();
      const streams = rngStreams(seed);
      const directions = [0, 1].map((k) => filterNormalised(solution, kernels, streams('landscape', k)));
      const total = Math.min(count, data.test.count);
      const inputs = this.run.scaled(data.test.inputs.subarray(0, total * this.width)).slice();
      const reconstructs = this.run.setup.model.reconstructs ?? false;
      const losses = new Float32Array(side * side);
      for (const [k, at] of gridOf(side, 1).entries()) {
        moveTo(copy.weights, solution, [directions[0], directions[1]], at);
        const scorer = scorerFor(data.task, { ...data.test, count: total }, reconstructs);
        scorer.add(0, total, copy.predict(inputs, total), inputs);
        losses[k] = scorer.scores().loss;
        await this.giveWay();
      }
      return losses;
    } finally {
      copy.dispose();
    }
  }

  /** The model with the weights of the last gradient step. */
  private async ready() {
    const { model } = this.run;
    await model.sync();
    return { model };
  }

  private get width(): number {
    return this.run.data.train.shape.reduce((product, length) => product * length, 1);
  }

  private get classifies(): boolean {
    return this.run.data.task.kind === 'classes' && !this.run.setup.model.reconstructs;
  }

  private get insight(): Insight {
    const { insight } = this.run.model;
    if (insight) return insight;
    const got = this.run.setup.model.id;
    throw new InputError([{ field: 'model', expected: 'a model with layers to look into', got }]);
  }

  private examplesOf(part: 'train' | Part): Examples {
    if (part === 'validation') return this.run.heldOut;
    return part === 'train' ? this.run.data.train : this.run.data.test;
  }

  private requirePictures(): void {
    if (this.run.data.train.shape.length === 3) return;
    throw new InputError([{ field: 'data', expected: 'pictures', got: this.run.data.id }]);
  }

  /** Attacks move pixels from 0 to 1. */
  private requirePixels(): void {
    this.requirePictures();
    if (!this.run.setup.config['standardise'] && this.classifies) return;
    const got = this.classifies ? 'standardised inputs' : 'a model of numbers';
    throw new InputError([{ field: 'model', expected: 'a classifier of pixels from 0 to 1', got }]);
  }
}

function best(outputs: Float32Array, row: number, classes: number): number {
  let most = 0;
  for (let k = 1; k < classes; k++) if (outputs[row * classes + k] > outputs[row * classes + most]) most = k;
  return most;
}
