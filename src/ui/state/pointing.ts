/** Which state of a world is under the pointer. */
import type { StateLook } from '#core/overlay.ts';
import { fit } from '#view/fit.ts';

/** A point on the canvas and the canvas's size, in CSS pixels. */
interface PointOn {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The state whose cell lies at a point, if there is one. */
export function stateAt(
  { states, cells }: StateLook,
  extent: { readonly width: number; readonly height: number },
  { x, y, width, height }: PointOn,
): number | undefined {
  const placed = fit(extent.width, extent.height, width, height, 1);
  const [wx, wy] = [(x - placed.x) / placed.scale, (y - placed.y) / placed.scale];
  const row = states.findIndex((_, i) => {
    const [left, top, across, down] = cells.subarray(4 * i, 4 * i + 4);
    return wx >= left && wx < left + across && wy >= top && wy < top + down;
  });
  return row < 0 ? undefined : states[row];
}
