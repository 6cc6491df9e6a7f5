/** Numbers that stop being numbers: how a run that diverges is noticed, and what it is told. */

export interface Divergence {
  /** What is not finite: a metric's name, `the return of an episode`, `a parameter`. */
  readonly what: string;
  readonly value: number;
  /** What helps, if that is known better than by the agent's settings. */
  readonly remedy?: string;
}

/** Thrown by whoever notices; the run adds where it happened and what helps. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  readonly divergence: Divergence;
  /** Progress of the run, in its unit; undefined until the run has added it. */
  readonly step: number | undefined;
  readonly advice: string | undefined;

  constructor(divergence: Divergence, at?: { where: string; step: number; advice: string }) {
    const { what, value } = divergence;
    const found = `${what} is ${value}`;
    super(at ? `${at.where}: training has diverged, ${found}. ${at.advice}` : found);
    this.divergence = divergence;
    this.step = at?.step;
    this.advice = at?.advice;
  }
}

/** Throws a `DivergenceError` unless the value is finite. */
export function checkFinite(what: string, value: number): void {
  if (!Number.isFinite(value)) throw new DivergenceError({ what, value });
}

/** The first value that is not finite; undefined if there is none. Allocates nothing. */
export function firstNotFinite(values: Float32Array | Float64Array): number | undefined {
  // Only a finite number less itself is 0. Four sums, because each addition would wait for the one before it.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & ~3;
  for (let k = 0; k < whole; k += 4) {
    a += values[k] - values[k];
    b += values[k + 1] - values[k + 1];
    c += values[k + 2] - values[k + 2];
    d += values[k + 3] - values[k + 3];
  }
  for (let k = whole; k < values.length; k++) a += values[k] - values[k];
  return a + b + c + d === 0 ? undefined : values.find((value) => !Number.isFinite(value));
}
