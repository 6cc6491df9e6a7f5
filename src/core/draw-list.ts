/**
 * What a world draws: shapes as plain numbers in the world's own units, in a list that is reused for every frame. Worlds know no
 * renderer; the page draws the list with Pixi, the terminal and the `pixels` wrapper with `raster.ts`.
 */

/** Kinds of shape, the first number of a row. */
export const Shape = { rect: 0, circle: 1, line: 2, triangle: 3, glyph: 4 } as const;

/** Numbers per shape. */
export const STRIDE = 9;

/** One palette for every world, readable on the arena's dark ground and distinct for the colour-blind (Okabe & Ito 2008). */
export const Colour = {
  ground: 0x10141c,
  floor: 0x1b2230,
  grid: 0x2a3345,
  wall: 0x56627a,
  ink: 0xe8edf5,
  dim: 0x8a95aa,
  agent: 0x56b4e9,
  goal: 0x2fbf8f,
  danger: 0xe2603a,
  gold: 0xf0c542,
  orange: 0xe69f00,
  blue: 0x3b82d6,
  purple: 0xb287e0,
  pink: 0xcc79a7,
  ice: 0xa9d6ee,
} as const;

/** A draw list as it travels: the numbers and the extent, without the methods. */
export type Picture = Readonly<Pick<DrawList, 'numbers' | 'count' | 'width' | 'height' | 'background'>>;

/**
 * Shapes in drawing order. `numbers` holds `count` rows of `STRIDE`: kind, a, b, c, d, e, f, colour, alpha where a … f are
 * rect: x, y, width, height, corner radius, rotation (radians about its centre) · circle: x, y, radius ·
 * line: x1, y1, x2, y2, width (round caps) · triangle: x1, y1, x2, y2, x3, y3 · glyph: x, y (centre), size, character code.
 */
export class DrawList {
  numbers = new Float32Array(64 * STRIDE);
  count = 0;
  /** Extent of the picture in world units; y points down. */
  width = 1;
  height = 1;
  background: number = Colour.ground;

  /** Empties the list and sets the extent of the picture. */
  begin(width: number, height: number, background: number = Colour.ground): void {
    this.count = 0;
    this.width = width;
    this.height = height;
    this.background = background;
  }

  /** A filled rectangle from its top left corner, turned about its centre. */
  rect(
    x: number,
    y: number,
    w: number,
    h: number,
    colour: number,
    radius = 0,
    rotation = 0,
    alpha = 1,
  ): void {
    this.push(Shape.rect, x, y, w, h, radius, rotation, colour, alpha);
  }

  circle(x: number, y: number, radius: number, colour: number, alpha = 1): void {
    this.push(Shape.circle, x, y, radius, 0, 0, 0, colour, alpha);
  }

  line(x1: number, y1: number, x2: number, y2: number, width: number, colour: number, alpha = 1): void {
    this.push(Shape.line, x1, y1, x2, y2, width, 0, colour, alpha);
  }

  triangle(
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    x3: number,
    y3: number,
    colour: number,
    alpha = 1,
  ): void {
    this.push(Shape.triangle, x1, y1, x2, y2, x3, y3, colour, alpha);
  }

  /** One character, centred. `code` is its UTF-16 code. */
  glyph(code: number, x: number, y: number, size: number, colour: number, alpha = 1): void {
    this.push(Shape.glyph, x, y, size, code, 0, 0, colour, alpha);
  }

  /** Keeps the shapes before `count` and returns a copy of the others' rows, for `append`. */
  cut(count: number): Float32Array {
    const rest = this.numbers.slice(count * STRIDE, this.count * STRIDE);
    this.count = count;
    return rest;
  }

  /** Adds rows of another list, or of this one before. */
  append(rows: Float32Array): void {
    this.reserve(this.count + rows.length / STRIDE);
    this.numbers.set(rows, this.count * STRIDE);
    this.count += rows.length / STRIDE;
  }

  /** Room for so many shapes. */
  private reserve(count: number): void {
    if (count * STRIDE <= this.numbers.length) return;
    const grown = new Float32Array(Math.max(count * STRIDE, this.numbers.length * 2));
    grown.set(this.numbers);
    this.numbers = grown;
  }

  private push(
    kind: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    colour: number,
    alpha: number,
  ): void {
    const at = this.count * STRIDE;
    if (at + STRIDE > this.numbers.length) this.reserve(this.count + 1);
    const n = this.numbers;
    n[at] = kind;
    n[at + 1] = a;
    n[at + 2] = b;
    n[at + 3] = c;
    n[at + 4] = d;
    n[at + 5] = e;
    n[at + 6] = f;
    n[at + 7] = colour;
    n[at + 8] = alpha;
    this.count++;
  }
}
