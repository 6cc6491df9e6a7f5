/**
 * The masks of dropout layers (Srivastava et al. 2014): 0 or 1/(1 − rate) per feature of every row of a batch, drawn on
 * the CPU from a named stream, so that every backend drops the same features and a resumed run continues with the next draw.
 */
import type { TensorShape, Values } from '#compile/step.ts';
import type { Rng } from '#core/rng.ts';
import { sizeOf, type NetworkPlan } from './spec.ts';

/** Numbers in the masks of several networks for a batch; 0 where no layer drops anything. */
export function maskSize(plans: readonly NetworkPlan[], batch: number): number {
  return batch * plans.reduce((sum, { dropout }) => sum + dropout, 0);
}

/** The masks as an input of a step, called `name`, or nothing where no layer drops anything. */
export function maskShape(
  plans: readonly NetworkPlan[],
  batch: number,
  name = 'masks',
): Readonly<Record<string, TensorShape>> {
  const size = maskSize(plans, batch);
  return size > 0 ? { [name]: { shape: [size], dtype: 'float32' } } : {};
}

/** Draws the masks of a whole batch: network by network, layer by layer, row by row. Nothing to draw into draws nothing. */
export function drawMasks(plans: readonly NetworkPlan[], into: Values | undefined, rng: Rng): void {
  if (!into) return;
  const batch = into.length / maskSize(plans, 1);
  let at = 0;
  for (const { layers } of plans)
    for (const { layer, input } of layers) {
      if (layer.kind !== 'dropout') continue;
      const kept = 1 / (1 - layer.rate);
      for (const end = at + batch * sizeOf(input); at < end; at++)
        into[at] = rng.uniform() < layer.rate ? 0 : kept;
    }
}
