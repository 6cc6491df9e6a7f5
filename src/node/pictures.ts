/** Pictures of a data set as text. */
import type { DataSet } from '#core/data-set.ts';

/** Characters from paper to ink; a character is about twice as high as wide, so it stands for two pixels. */
const SHADES = ' .:-=+*#%@';
const MOST = 5;
const GAP = 2;

/** The first pictures side by side, as many as fit into so many columns, over their classes. */
export function picturesAsText({ train, task }: DataSet, columns: number): string {
  const [height, width, channels] = train.shape;
  const fitting = Math.floor((columns + GAP) / (width + GAP));
  const count = Math.max(1, Math.min(MOST, train.count, fitting));
  const rows = Array.from({ length: Math.ceil(height / 2) }, () => '');
  for (let k = 0; k < count; k++)
    for (let row = 0; row < rows.length; row++) {
      for (let x = 0; x < width; x++) {
        const at = ((k * height + 2 * row) * width + x) * channels;
        const below = 2 * row + 1 < height ? train.inputs[at + width * channels] : train.inputs[at];
        const ink = (train.inputs[at] + below) / 2 / 256;
        rows[row] += SHADES[Math.floor(ink * SHADES.length)];
      }
      rows[row] += ' '.repeat(GAP);
    }
  const names = Array.from({ length: count }, (_, k) =>
    task.names[train.targets[k]].slice(0, width).padEnd(width + GAP),
  );
  return [...rows, names.join('')].map((line) => line.trimEnd()).join('\n');
}
