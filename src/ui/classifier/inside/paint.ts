/** Paints maps of numbers onto canvases. */

/** Stops of the colour map viridis (Smith & van der Walt 2015). */
const VIRIDIS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];

/** The colour of a share from 0 to 1. */
export function viridis(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const k = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (c: number): number => VIRIDIS[k][c] + (at - k) * (VIRIDIS[k + 1][c] - VIRIDIS[k][c]);
  return [mix(0), mix(1), mix(2)];
}

/**
 * A map of shares [side × side] from 0 to 1, of which the first row is at the bottom, with lines of equal share. `pixels`: its width.
 */
export function paintMap(canvas: HTMLCanvasElement, shares: ArrayLike<number>, pixels: number): void {
  const side = Math.round(Math.sqrt(shares.length));
  [canvas.width, canvas.height] = [pixels, pixels];
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = new ImageData(pixels, pixels);
  const step = side > 1 ? (side - 1) / (pixels - 1) : 0;
  for (let y = 0; y < pixels; y++)
    for (let x = 0; x < pixels; x++) {
      const colour = viridis(between(shares, side, x * step, (pixels - 1 - y) * step));
      image.data.set([...colour, 255], 4 * (y * pixels + x));
    }
  context.putImageData(image, 0, 0);
  context.lineWidth = 1;
  context.strokeStyle = '#ffffff70';
  context.beginPath();
  for (let level = 1; level < LEVELS; level++) contour(context, shares, side, level / LEVELS, pixels);
  context.stroke();
  cross(context, pixels);
}

const LEVELS = 12;

/** The value at a place between the points of the grid, bilinearly. */
function between(values: ArrayLike<number>, side: number, x: number, y: number): number {
  const column = Math.max(0, Math.min(side - 2, Math.floor(x)));
  const row = Math.max(0, Math.min(side - 2, Math.floor(y)));
  const at = (r: number, c: number): number => values[Math.min(side - 1, r) * side + Math.min(side - 1, c)];
  const along = (r: number): number => at(r, column) + (x - column) * (at(r, column + 1) - at(r, column));
  return along(row) + (y - row) * (along(row + 1) - along(row));
}

/** Lines of equal value by marching squares: in every cell they join the points where its edges cross the level. */
function contour(
  context: CanvasRenderingContext2D,
  values: ArrayLike<number>,
  side: number,
  level: number,
  pixels: number,
): void {
  const scale = (pixels - 1) / (side - 1);
  const place = (x: number, y: number): readonly [number, number] => [x * scale, pixels - 1 - y * scale];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const crossings: (readonly [number, number])[] = [];
      CORNERS.forEach(([dx, dy], k) => {
        const [ex, ey] = CORNERS[(k + 1) % 4];
        const a = values[(row + dy) * side + column + dx];
        const b = values[(row + ey) * side + column + ex];
        if (a < level === b < level) return;
        const share = (level - a) / (b - a);
        crossings.push(place(column + dx + share * (ex - dx), row + dy + share * (ey - dy)));
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        context.moveTo(...crossings[k]);
        context.lineTo(...crossings[k + 1]);
      }
    }
}

const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/** Marks the middle, where the solution is. */
function cross(context: CanvasRenderingContext2D, pixels: number): void {
  const middle = pixels / 2;
  context.strokeStyle = '#ffffff';
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(middle - 5, middle);
  context.lineTo(middle + 5, middle);
  context.moveTo(middle, middle - 5);
  context.lineTo(middle, middle + 5);
  context.stroke();
}
