/** Saliency over the picture, where the observation is planes that lie on it. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { ObservationSpec } from '#core/env.ts';

/** Cells per side above which several share a mark. */
const MOST = 21;
/** Shares of the largest below it are left out. */
const FAINT = 0.04;

/** Marks the cells that matter, all channels together, the stronger the more. */
export function drawSaliency(list: DrawList, saliency: Float32Array, observation: ObservationSpec): void {
  if (observation.kind !== 'planes' || !observation.overPicture) return;
  const [height, width, channels] = observation.shape;
  const pool = Math.ceil(Math.max(height, width) / MOST);
  const [rows, columns] = [Math.ceil(height / pool), Math.ceil(width / pool)];
  const sums = new Float32Array(rows * columns);
  saliency.forEach((size, k) => {
    const cell = Math.floor(k / channels);
    sums[Math.floor(Math.floor(cell / width) / pool) * columns + Math.floor((cell % width) / pool)] += size;
  });
  const most = Math.max(...sums);
  if (!(most > 0)) return;
  const [w, h] = [(list.width * pool) / width, (list.height * pool) / height];
  sums.forEach((sum, cell) => {
    const share = sum / most;
    if (share < FAINT) return;
    // The power lets what matters most stand out.
    const alpha = 0.8 * share ** 1.5;
    const [x, y] = [(cell % columns) * w, Math.floor(cell / columns) * h];
    list.rect(x, y, Math.min(w, list.width - x), Math.min(h, list.height - y), Colour.pink, 0, 0, alpha);
  });
}
