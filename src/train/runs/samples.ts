/** The examples of a fit: batches to learn from, those held out, and all of them as a model sees them. */
import { crc32 } from '#core/crc32.ts';
import { inputSize, type BatchSource, type DataSet, type Examples } from '#core/data-set.ts';
import type { Batching } from '#core/fit.ts';
import type { RngStreams } from '#core/rng.ts';
import type { InputScale } from '#agents/nn/files/input-scale.ts';
import { Augmenter, isAugmenting, type Augmentation } from '#data/augment.ts';
import { Batches } from '#data/batches.ts';
import { allRows, splitRows, splitRowsByClass, takeRows } from '#data/examples.ts';
import { plainScale, standardScale, writeInput, type Scale } from '#data/scale.ts';

interface Options {
  readonly batching: Batching;
  readonly augment: Augmentation;
  readonly seed: number;
  readonly streams: RngStreams;
}

export class Samples {
  readonly batches: BatchSource;
  /** What is measured after every epoch; empty if nothing is held out. */
  readonly heldOut: Examples;
  private readonly data: DataSet;
  /** Shared with the batches. */
  private readonly own: Scale;
  private readonly width: number;
  /** What is 1 in the inputs as files and people count them: 255 of bytes. */
  private readonly unit: number;
  private buffer = new Float32Array(0);
  private crc: number | undefined;

  constructor(data: DataSet, { batching, augment, seed, streams }: Options) {
    const { task, train } = data;
    this.data = data;
    this.width = inputSize(train);
    this.unit = train.inputs instanceof Uint8Array ? 255 : 1;
    const [held, learned] = split(data, batching.validation, streams);
    this.heldOut = takeRows(train, held);
    this.own = batching.standardise ? standardScale(takeRows(train, learned)) : plainScale(train);
    this.batches = new Batches(task, train, {
      batchSize: batching.size,
      shuffle: batching.shuffle,
      scale: this.own,
      rng: streams('shuffle'),
      rows: learned,
      augmenter: isAugmenting(augment) ? new Augmenter(train.shape, augment, seed) : undefined,
    });
  }

  /** A copy of the scale between inputs and model; bytes count from 0 to 1. */
  get scale(): InputScale {
    const { own, unit } = this;
    return { gain: Float64Array.from(own.gain, (g) => g * unit), bias: Float64Array.from(own.bias) };
  }

  /** Replaces it by one with as many numbers, or one for all. */
  set scale({ gain, bias }: InputScale) {
    const { own, unit } = this;
    for (let k = 0; k < own.gain.length; k++) {
      own.gain[k] = (gain.length === 1 ? gain[0] : gain[k]) / unit;
      own.bias[k] = bias.length === 1 ? bias[0] : bias[k];
    }
  }

  /** A checksum of the training examples, which tells whether a checkpoint belongs to these data. */
  get fingerprint(): number {
    const { inputs, targets } = this.data.train;
    this.crc ??= crc32(bytesOf(targets), crc32(bytesOf(inputs)));
    return this.crc;
  }

  /** Inputs [n × shape] of `n` examples from `first` on as a model sees them; valid until the next call. */
  rows(examples: Examples, first: number, n: number): Float32Array {
    const { width, own } = this;
    const into = this.room(n);
    for (let k = 0; k < n; k++) writeInput(examples, own, first + k, width, into, k * width);
    return into;
  }

  private room(n: number): Float32Array {
    const size = n * this.width;
    if (this.buffer.length < size) this.buffer = new Float32Array(size);
    return this.buffer.length === size ? this.buffer : this.buffer.subarray(0, size);
  }
}

/** Rows that are held out, the same share of every class, and rows to learn from. */
function split(
  { task, train }: DataSet,
  share: number,
  streams: RngStreams,
): readonly [held: Uint32Array, learned: Uint32Array] {
  if (share === 0 || train.count < 2) return [new Uint32Array(0), allRows(train.count)];
  const rng = streams('validation');
  return task.kind === 'classes'
    ? splitRowsByClass(train.targets, share, rng)
    : splitRows(train.count, share, rng);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
