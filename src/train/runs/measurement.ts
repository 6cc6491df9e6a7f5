/** The measuring of examples, cut into batches so that no slice gets long. */
import type { Examples } from '#core/data-set.ts';
import type { Model } from '#core/fit.ts';
import type { Samples } from './samples.ts';
import type { Scorer, Scores } from './scores.ts';

/** Examples that are measured at a time. */
const MEASURED_ROWS = 250;

/** Goes through examples batch by batch. */
export class Measurement {
  private readonly examples: Examples;
  private readonly scorer: Scorer;
  private readonly samples: Samples;
  private readonly model: Model;
  private at = 0;

  constructor(examples: Examples, scorer: Scorer, samples: Samples, model: Model) {
    this.examples = examples;
    this.scorer = scorer;
    this.samples = samples;
    this.model = model;
  }

  /** Measures a batch; returns whether it was the last. */
  advance(): boolean {
    const { examples, samples, model, scorer, at } = this;
    const n = Math.min(MEASURED_ROWS, examples.count - at);
    if (n > 0) {
      const inputs = samples.rows(examples, at, n);
      scorer.add(at, n, model.predict(inputs, n), inputs);
    }
    this.at += n;
    return this.at >= examples.count;
  }

  scores(): Scores {
    return this.scorer.scores();
  }
}
