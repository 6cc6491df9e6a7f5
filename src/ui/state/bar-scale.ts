/**
 * The scale of the bars of action values. A bar is how much better or worse an action is than the mean of all, since that is what
 * a choice depends on: values of 50.1 and 49.8 would be two bars of nearly the same length. The scale holds 0 and what was seen
 * lately, so that two bars of a state in which little depends on the action are short.
 */

/** From 0 or below to 0 or above. */
export interface BarScale {
  readonly low: number;
  readonly high: number;
}

export const NO_SCALE: BarScale = { low: 0, high: 0 };

/**
 * How far an end moves per update towards smaller values: at 15 updates a second half of the way takes ten seconds, too slow
 * to see the bars jump, and soon enough to leave the wild values of the first updates behind.
 */
const YIELD = 0.005;

/** How much each value is above the mean of those that are finite. */
export function advantages(values: Float32Array): Float32Array {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  return values.map((value) => value - mean);
}

/** The scale after these values: it grows at once, and shrinks slowly. */
export function scaleWith({ low, high }: BarScale, values: ArrayLike<number>): BarScale {
  let [least, most] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    least = Math.min(least, values[i]);
    most = Math.max(most, values[i]);
  }
  return {
    low: Math.min(least, low + (least - low) * YIELD),
    high: Math.max(most, high + (most - high) * YIELD),
  };
}

/** Start and length of a bar from 0 to a value, as shares of the scale. */
export function barOf(
  { low, high }: BarScale,
  value: number,
): { readonly from: number; readonly length: number } {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(value)) return { from: 0, length: 0 };
  const at = (each: number): number => Math.min(1, Math.max(0, (each - low) / span));
  const [zero, end] = [at(0), at(value)];
  return { from: Math.min(zero, end), length: Math.abs(end - zero) };
}
