/** The batches that a model learns from: shuffled anew every epoch, scaled, and augmented if asked for. */
import { inputSize, outputSize, type BatchSource, type Examples, type Task } from '#core/data-set.ts';
import { Minibatches } from '#core/minibatches.ts';
import type { SavableRng } from '#core/rng.ts';
import { restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { Augmenter } from './augment.ts';
import { allRows } from './examples.ts';
import { writeInput, type Scale } from './scale.ts';

interface Options {
  readonly batchSize: number;
  readonly scale: Scale;
  /** False: every epoch takes the examples in their order. Default true. */
  readonly shuffle?: boolean;
  /** Shuffles the epochs; its state is part of the snapshot. */
  readonly rng: SavableRng;
  /** The examples to use, by row; all of them if not given. */
  readonly rows?: Uint32Array;
  /** Changes every picture in every epoch. */
  readonly augmenter?: Augmenter | undefined;
}

export class Batches implements BatchSource {
  readonly batchSize: number;
  readonly perEpoch: number;
  /** Batches taken so far. */
  private taken = 0;
  private readonly task: Task;
  private readonly examples: Examples;
  private readonly rows: Uint32Array;
  private readonly minibatches: Minibatches;
  private readonly options: Options;
  private readonly width: number;

  constructor(task: Task, examples: Examples, options: Options) {
    this.task = task;
    this.examples = examples;
    this.options = options;
    this.width = inputSize(examples);
    this.rows = options.rows ?? allRows(examples.count);
    this.batchSize = Math.min(options.batchSize, this.rows.length);
    this.perEpoch = Math.floor(this.rows.length / this.batchSize);
    this.minibatches = new Minibatches(this.rows.length, this.perEpoch, options.rng, this.batchSize);
  }

  get epoch(): number {
    return Math.floor(this.taken / this.perEpoch);
  }

  next(inputs: Float32Array, targets: Int32Array | Float32Array): void {
    const { examples, width, rows, epoch } = this;
    const { scale, augmenter } = this.options;
    const order = this.minibatches.rows(this.taken, this.options.shuffle);
    for (let k = 0; k < order.length; k++) {
      const row = rows[order[k]];
      if (augmenter) augmenter.write(examples.inputs, row, epoch, scale, inputs, k * width);
      else writeInput(examples, scale, row, width, inputs, k * width);
      writeTarget(this.task, examples, row, targets, k);
    }
    this.taken++;
  }

  snapshot(): Snapshot {
    const { taken, minibatches, options } = this;
    return { taken, order: minibatches.order.slice(), rng: options.rng.state.slice() };
  }

  restore(saved: Snapshot): void {
    restoreColumns({ order: this.minibatches.order, rng: this.options.rng.state }, saved, 'batches');
    this.taken = savedNumber(saved, 'taken');
  }
}

/** Writes the inputs and targets of `count` examples from `first` on, in their order: what is evaluated. */
export function writeExamples(
  task: Task,
  examples: Examples,
  scale: Scale,
  { first, count }: { readonly first: number; readonly count: number },
  into: { readonly inputs: Float32Array; readonly targets: Int32Array | Float32Array },
): void {
  const width = inputSize(examples);
  for (let k = 0; k < count; k++) {
    writeInput(examples, scale, first + k, width, into.inputs, k * width);
    writeTarget(task, examples, first + k, into.targets, k);
  }
}

/** The k-th target of a batch: an index into whole numbers, else one-hot or the numbers to predict. */
function writeTarget(
  task: Task,
  { targets }: Examples,
  row: number,
  into: Int32Array | Float32Array,
  k: number,
): void {
  const width = outputSize(task);
  if (task.kind === 'regression')
    for (let j = 0; j < width; j++) into[k * width + j] = targets[row * width + j];
  else if (into instanceof Int32Array) into[k] = targets[row];
  else for (let j = 0; j < width; j++) into[k * width + j] = j === targets[row] ? 1 : 0;
}
