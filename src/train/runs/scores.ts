/**
 * How well predictions fit a data set: loss, accuracy, confusion and calibration of classes; mean squared and absolute error of
 * numbers. Batches are added one by one; what is kept per example is enough to show the worst mistakes.
 */
import type { Metrics } from '#core/agent.ts';
import { argmax } from '#core/argmax.ts';
import { inputSize, type Examples, type Task } from '#core/data-set.ts';

/** Bins of confidence, of equal width: Guo et al. 2017, §2. */
const CALIBRATION_BINS = 15;

/** Of predicted classes. */
export interface ClassScores {
  readonly kind: 'classes';
  readonly count: number;
  /** Mean negative log-likelihood. */
  readonly loss: number;
  readonly accuracy: number;
  /** [K × K] examples of class row that were taken for class column. */
  readonly confusion: Int32Array;
  /** [count] the true class, the predicted one, and that one's probability. */
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  readonly confidence: Float32Array;
  /** [count] −log of the true class's probability. */
  readonly losses: Float32Array;
  /** Per bin of confidence: how many examples, their mean confidence and accuracy. */
  readonly calibration: readonly CalibrationBin[];
  /** Expected calibration error: Guo et al. 2017, eq. 3. */
  readonly calibrationError: number;
}

export interface CalibrationBin {
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** Of predicted numbers. */
export interface NumberScores {
  readonly kind: 'numbers';
  readonly count: number;
  /** Mean squared error. */
  readonly loss: number;
  /** Mean absolute error. */
  readonly error: number;
}

export type Scores = ClassScores | NumberScores;

/** What is recorded of the held-out examples. */
export function asMetrics(scores: Scores): Metrics {
  const fit =
    scores.kind === 'classes'
      ? { 'validation/accuracy': scores.accuracy }
      : { 'validation/error': scores.error };
  return { 'validation/loss': scores.loss, ...fit };
}

/** Adds up batches of predictions. */
export interface Scorer {
  /** outputs [n × outputs] for the examples from `first` on; inputs [n × shape] as the model got them. */
  add(first: number, n: number, outputs: Float32Array, inputs: Float32Array): void;
  scores(): Scores;
}

/** For a model that predicts the targets, or, if it `reconstructs`, its inputs. */
export function scorerFor(task: Task, examples: Examples, reconstructs: boolean): Scorer {
  if (reconstructs) return new NumberScorer(examples.count, inputSize(examples), (_, inputs) => inputs);
  if (task.kind === 'classes') return new ClassScorer(task.names.length, examples);
  const { targets } = examples;
  return new NumberScorer(examples.count, task.names.length, (first) => targets.subarray(first));
}

class ClassScorer implements Scorer {
  private readonly classes: number;
  private readonly examples: Examples;
  private readonly confusion: Int32Array;
  private readonly predicted: Int32Array;
  private readonly confidence: Float32Array;
  private readonly losses: Float32Array;
  private added = 0;

  constructor(classes: number, examples: Examples) {
    this.classes = classes;
    this.examples = examples;
    this.confusion = new Int32Array(classes * classes);
    this.predicted = new Int32Array(examples.count);
    this.confidence = new Float32Array(examples.count);
    this.losses = new Float32Array(examples.count);
  }

  add(first: number, n: number, logits: Float32Array): void {
    const { classes, examples, confusion, predicted, confidence, losses } = this;
    for (let row = 0; row < n; row++) {
      const from = row * classes;
      const best = argmax(logits, from, classes);
      // log Σ exp(x) = x_max + log Σ exp(x − x_max), and the greatest probability is exp(−log Σ exp(x − x_max)).
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp(logits[from + k] - logits[from + best]);
      const label = examples.targets[first + row];
      predicted[first + row] = best;
      confidence[first + row] = 1 / sum;
      losses[first + row] = Math.log(sum) - (logits[from + label] - logits[from + best]);
      confusion[label * classes + best]++;
    }
    this.added += n;
  }

  scores(): ClassScores {
    const { classes, confusion, predicted, confidence, losses, added: count } = this;
    let right = 0;
    for (let k = 0; k < classes; k++) right += confusion[k * classes + k];
    const loss = losses.reduce((total, value) => total + value, 0) / count;
    const { bins, error: calibrationError } = this.calibrate();
    return {
      kind: 'classes',
      count,
      loss,
      accuracy: right / count,
      confusion,
      labels: Int32Array.from(this.examples.targets.subarray(0, count)),
      predicted,
      confidence,
      losses,
      calibration: bins,
      calibrationError,
    };
  }

  private calibrate(): { readonly bins: readonly CalibrationBin[]; readonly error: number } {
    const { examples, predicted, confidence, added } = this;
    const sums = Array.from({ length: CALIBRATION_BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
    for (let k = 0; k < added; k++) {
      const bin = sums[Math.min(CALIBRATION_BINS - 1, Math.floor(confidence[k] * CALIBRATION_BINS))];
      bin.count++;
      bin.confidence += confidence[k];
      if (predicted[k] === examples.targets[k]) bin.right++;
    }
    const error = sums.reduce((total, bin) => total + Math.abs(bin.right - bin.confidence) / added, 0);
    const bins = sums.map(({ count, confidence: sum, right }) => ({
      count,
      confidence: count > 0 ? sum / count : 0,
      accuracy: count > 0 ? right / count : 0,
    }));
    return { bins, error };
  }
}

/** What is to be predicted, given where the batch begins among all numbers, and its inputs. */
type Wanted = (first: number, inputs: Float32Array) => ArrayLike<number>;

class NumberScorer implements Scorer {
  private readonly count: number;
  /** Numbers per example. */
  private readonly width: number;
  private readonly wanted: Wanted;
  private squares = 0;
  private distances = 0;

  constructor(count: number, width: number, wanted: Wanted) {
    this.count = count;
    this.width = width;
    this.wanted = wanted;
  }

  add(first: number, n: number, outputs: Float32Array, inputs: Float32Array): void {
    const { width } = this;
    const wanted = this.wanted(first * width, inputs);
    for (let k = 0; k < n * width; k++) {
      const error = outputs[k] - wanted[k];
      this.squares += error * error;
      this.distances += Math.abs(error);
    }
  }

  scores(): NumberScores {
    const { count, width, squares, distances } = this;
    const numbers = count * width;
    return { kind: 'numbers', count, loss: squares / numbers, error: distances / numbers };
  }
}
