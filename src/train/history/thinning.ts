/**
 * Which checkpoints of a run stay: evenly spaced ones, whose distance doubles whenever there are too many, and besides the first
 * of every doubling of the run, because a run changes most at its start.
 */

/** The distances of a timeline: the first one, in units of the run's progress, and how often it has doubled. */
export interface Spacing {
  readonly first: number;
  readonly interval: number;
}

/** Whether a checkpoint at `step` is due, when the last one was taken at `last`. */
export function isDue(step: number, last: number, spacing: Spacing): boolean {
  return place(step, spacing) !== place(last, spacing);
}

/**
 * The checkpoints to keep, as indices into `steps`, which rise; the first and the last always. The interval doubles until
 * `fits` says so; the sparsest choice is kept if nothing does.
 */
export function thin(
  steps: readonly number[],
  spacing: Spacing,
  fits: (kept: readonly number[]) => boolean,
): { readonly kept: readonly number[]; readonly interval: number } {
  const end = steps.at(-1) ?? 0;
  for (let { interval } = spacing; ; interval *= 2) {
    const at = { ...spacing, interval };
    const kept = [...steps.keys()].filter(
      (i) => i === 0 || i === steps.length - 1 || isDue(steps[i], steps[i - 1], at),
    );
    if (interval > end || fits(kept)) return { kept, interval };
  }
}

/** The same for two steps between which nothing is due. */
function place(step: number, { first, interval }: Spacing): string {
  return `${Math.floor(step / interval)} ${Math.floor(Math.log2(Math.max(step / first, 0.5)))}`;
}
