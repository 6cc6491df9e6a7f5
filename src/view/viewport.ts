/** A picture on the page: the last draw list that it was given, letterboxed and sharp, on its own canvas. */
import { Shape, STRIDE, type Picture } from '#core/draw-list.ts';

/** What is to be painted. */
export interface Painting {
  /** Row 0 is the ground of the picture; the world's rows follow. */
  readonly rows: Float32Array;
  readonly count: number;
  /** Extent in world units. */
  readonly width: number;
  readonly height: number;
}

interface ViewportDeps {
  /** The cell of the glyph atlas that holds a character. */
  readonly cell: (code: number) => number;
  readonly paint: (painting: Painting, context: CanvasRenderingContext2D) => void;
  readonly closed: (viewport: Viewport) => void;
}

export class Viewport implements Disposable {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly deps: ViewportDeps;
  private readonly observer: ResizeObserver;
  /** Device pixels per CSS pixel when the canvas was measured; 0 before. */
  private density = 0;
  private rows = new Float32Array(65 * STRIDE);
  private painting: Painting | undefined;

  constructor(canvas: HTMLCanvasElement, deps: ViewportDeps) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('viewport: expected a 2D canvas, got none');
    this.canvas = canvas;
    this.context = context;
    this.deps = deps;
    this.observer = new ResizeObserver(() => {
      this.measure();
      this.redraw();
    });
    this.observer.observe(canvas);
    canvas.addEventListener('contextrestored', this.redraw);
  }

  /** Shows a picture. Its numbers are copied: the caller may reuse or transfer them at once. */
  show({ numbers, count: shapes, width, height, background }: Picture): void {
    const count = shapes + 1;
    if (count * STRIDE > this.rows.length)
      this.rows = new Float32Array(Math.max(count * STRIDE, this.rows.length * 2));
    const { rows } = this;
    rows.fill(0, 0, STRIDE);
    rows[0] = Shape.rect;
    rows[3] = width;
    rows[4] = height;
    rows[7] = background;
    rows[8] = 1;
    rows.set(numbers.subarray(0, shapes * STRIDE), STRIDE);
    for (let at = STRIDE; at < count * STRIDE; at += STRIDE)
      if (rows[at] === Shape.glyph) rows[at + 5] = this.deps.cell(rows[at + 4]);
    this.painting = { rows, count, width, height };
    this.redraw();
  }

  /** Paints the last picture again, e.g. after the graphics context was lost. */
  readonly redraw = (): void => {
    if (this.density !== devicePixelRatio) this.measure();
    if (this.painting) this.deps.paint(this.painting, this.context);
  };

  /** Follows the size of the canvas on the page, in device pixels. */
  private measure(): void {
    const { canvas } = this;
    const { clientWidth, clientHeight } = canvas;
    // Hidden: measured again when it reappears.
    if (clientWidth === 0 || clientHeight === 0) return;
    this.density = devicePixelRatio;
    canvas.width = Math.round(clientWidth * devicePixelRatio);
    canvas.height = Math.round(clientHeight * devicePixelRatio);
  }

  [Symbol.dispose](): void {
    this.observer.disconnect();
    this.canvas.removeEventListener('contextrestored', this.redraw);
    this.deps.closed(this);
  }
}
