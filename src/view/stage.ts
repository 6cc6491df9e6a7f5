/**
 * The arena: one Pixi application for the page's life, which shows the last draw list it was given, letterboxed and
 * sharp. It draws when there is something new, not on a ticker, so a resting page costs nothing.
 */
import { Shape, STRIDE, type DrawList } from '#core/draw-list.ts';
import { Application } from 'pixi.js';
import { fit } from './fit.ts';
import { GlyphAtlas } from './glyphs.ts';
import { Shapes } from './shapes.ts';

/** A draw list as it travels: the numbers and the extent, without the methods. */
export type Picture = Readonly<Pick<DrawList, 'numbers' | 'count' | 'width' | 'height' | 'background'>>;

export class Stage implements Disposable {
  readonly canvas: HTMLCanvasElement;
  private readonly app: Application;
  private readonly host: HTMLElement;
  private readonly atlas: GlyphAtlas;
  private readonly shapes: Shapes;
  private readonly observer: ResizeObserver;
  /** Row 0 is the ground of the picture; the world's rows follow. */
  private rows = new Float32Array(65 * STRIDE);
  private count = 0;
  private width = 1;
  private height = 1;

  private constructor(app: Application, host: HTMLElement) {
    this.app = app;
    this.host = host;
    this.canvas = app.canvas;
    this.atlas = new GlyphAtlas();
    this.shapes = new Shapes(this.atlas.source);
    app.stage.addChild(this.shapes.mesh);
    host.append(app.canvas);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(host);
  }

  /** Makes the canvas inside `host` and follows its size. Rejects where there is no WebGL. */
  static async create(host: HTMLElement): Promise<Stage> {
    const app = new Application();
    await app.init({
      preference: 'webgl',
      autoStart: false,
      sharedTicker: false,
      backgroundAlpha: 0,
      antialias: false,
      autoDensity: true,
      resolution: globalThis.devicePixelRatio,
      width: Math.max(1, host.clientWidth),
      height: Math.max(1, host.clientHeight),
      eventMode: 'none',
      eventFeatures: { move: false, globalMove: false, click: false, wheel: false },
    });
    return new Stage(app, host);
  }

  /** Shows a picture. Its numbers are copied: the caller may reuse or transfer them at once. */
  show(picture: Picture): void {
    const count = picture.count + 1;
    if (count * STRIDE > this.rows.length)
      this.rows = new Float32Array(Math.max(count * STRIDE, this.rows.length * 2));
    const rows = this.rows;
    rows.fill(0, 0, STRIDE);
    rows[0] = Shape.rect;
    rows[3] = picture.width;
    rows[4] = picture.height;
    rows[7] = picture.background;
    rows[8] = 1;
    rows.set(picture.numbers.subarray(0, picture.count * STRIDE), STRIDE);
    for (let at = STRIDE; at < count * STRIDE; at += STRIDE)
      if (rows[at] === Shape.glyph) rows[at + 5] = this.atlas.cell(rows[at + 4]);
    this.count = count;
    this.width = picture.width;
    this.height = picture.height;
    this.draw();
  }

  [Symbol.dispose](): void {
    this.observer.disconnect();
    this.app.destroy({ removeView: true }, { children: true });
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.host;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.app.renderer.resize(clientWidth, clientHeight, globalThis.devicePixelRatio);
    this.draw();
  }

  private draw(): void {
    if (this.count === 0) return;
    const { width, height } = this.canvas;
    const { scale, x, y } = fit(this.width, this.height, width, height);
    this.shapes.place([width, height], [scale, x, y], [x + this.width * scale, y + this.height * scale]);
    this.shapes.set(this.rows, this.count);
    this.app.render();
  }
}
