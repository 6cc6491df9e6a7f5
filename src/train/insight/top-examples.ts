/** The examples that make the neurons of a layer fire most. */
/** Per feature: rows of its strongest examples, strongest first, and how strong it was. */
export interface TopExamples {
  /** [features × kept] */
  readonly rows: Int32Array;
  readonly values: Float32Array;
  readonly kept: number;
}

/** Collects them example by example, so that a caller can stop between two. */
export class TopCollector {
  readonly rows: Int32Array;
  readonly values: Float32Array;
  private readonly features: number;
  private readonly kept: number;

  /** `features`: the last length of the layer's output. */
  constructor(features: number, kept: number) {
    this.features = features;
    this.kept = kept;
    this.rows = new Int32Array(features * kept).fill(-1);
    this.values = new Float32Array(features * kept).fill(-Infinity);
  }

  /** Adds an example by what the layer makes of it; of a filter's map the strongest cell counts. */
  add(row: number, output: Float32Array): void {
    const { features, kept, rows, values } = this;
    for (let feature = 0; feature < features; feature++) {
      let strongest = -Infinity;
      for (let at = feature; at < output.length; at += features)
        if (output[at] > strongest) strongest = output[at];
      const first = feature * kept;
      let place = kept;
      while (place > 0 && strongest > values[first + place - 1]) place--;
      if (place === kept) continue;
      values.copyWithin(first + place + 1, first + place, first + kept - 1);
      rows.copyWithin(first + place + 1, first + place, first + kept - 1);
      values[first + place] = strongest;
      rows[first + place] = row;
    }
  }

  get top(): TopExamples {
    const { rows, values, kept } = this;
    return { rows, values, kept };
  }
}
