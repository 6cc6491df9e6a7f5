/** Paints one plane of an observation pixel by pixel, with what matters in it in another colour. */
import { Colour } from '#core/draw-list.ts';

export interface PlanePicture {
  readonly size: readonly [height: number, width: number];
  readonly value: (cell: number) => number;
  /** |∂ choice / ∂ cell| */
  readonly salience: ((cell: number) => number) | undefined;
  /** Cells that there are; the rest of the last row stays empty. */
  readonly count: number;
}

export function paintPlane(
  canvas: HTMLCanvasElement,
  { size: [height, width], value, salience, count }: PlanePicture,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const image = context.createImageData(width, height);
  const cells = Array.from({ length: count }, (_, k) => k);
  const values = cells.map(value);
  const [low, high] = endsOf(values);
  const sizes = salience && cells.map(salience);
  const most = sizes ? Math.max(...sizes) : 0;
  for (const k of cells) {
    const share = (values[k] - low) / (high - low);
    const pink = sizes && most > 0 ? sizes[k] / most : 0;
    for (let c = 0; c < 3; c++) {
      const ground = channel(Colour.ground, c);
      const own = ground + share * (channel(Colour.ink, c) - ground);
      image.data[4 * k + c] = own + 0.85 * pink * (channel(Colour.pink, c) - own);
    }
    image.data[4 * k + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Where a cell of the picture, row by row, is in a plane of `columns` × `rows` that comes column by column. */
export function turnedCell(cell: number, columns: number, rows: number): number {
  return (cell % columns) * rows + Math.floor(cell / columns);
}

/** Planes go from 0 to 1; vectors, and planes of other numbers, from whatever they hold. */
function endsOf(values: readonly number[]): readonly [low: number, high: number] {
  return [Math.min(0, ...values), Math.max(1, ...values)];
}

/** The colour of a number in the picture of a plane that holds these. */
export function greyOf(value: number, values: readonly number[]): string {
  const [low, high] = endsOf(values);
  const mixed = [0, 1, 2].map((c) => {
    const ground = channel(Colour.ground, c);
    return Math.round(ground + ((value - low) / (high - low)) * (channel(Colour.ink, c) - ground));
  });
  return `rgb(${mixed.join(' ')})`;
}

function channel(colour: number, index: number): number {
  return (colour >> (16 - 8 * index)) & 255;
}
