/**
 * The one renderer of the page. Any number of viewports show a draw list each; a picture is rendered on a canvas that is not
 * on the page and copied to its viewport's own. So one WebGL context is enough (browsers allow about 16), its programs and
 * textures are made once, and a viewport scrolls, resizes and disappears like any other element. It draws when there is
 * something new, not on a ticker: a paused page costs nothing.
 */
// Pixi writes code for its uniforms otherwise, which the page's policy forbids.
import 'pixi.js/unsafe-eval';
import { Container, WebGLRenderer } from 'pixi.js';
import { fit } from './fit.ts';
import { GlyphAtlas } from './glyphs.ts';
import { Shapes } from './shapes.ts';
import { Viewport, type Painting } from './viewport.ts';

/** Three times as bright as the page and a third as bright as white: seen beside dark and light pictures. */
const EDGE = '#5b6b85';

/** Milliseconds after which a context that the browser has not given back is replaced by one of our own, and between two attempts. */
const GIVEN_BACK_WITHIN = 2000;

export class Stage implements Disposable {
  private renderer: WebGLRenderer;
  private readonly scene = new Container();
  private readonly atlas = new GlyphAtlas();
  private readonly shapes = new Shapes(this.atlas.source);
  private readonly viewports = new Set<Viewport>();
  private density: MediaQueryList | undefined;
  private replacing: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  private constructor(renderer: WebGLRenderer) {
    this.renderer = renderer;
    this.scene.addChild(this.shapes.mesh);
    this.listen();
    this.watchDensity();
  }

  /** Rejects where there is no WebGL. */
  static async create(): Promise<Stage> {
    return new Stage(await createRenderer());
  }

  /** Opens a viewport on a canvas of the page, which it fills whatever its size. */
  open(canvas: HTMLCanvasElement): Viewport {
    const viewport = new Viewport(canvas, {
      cell: (code) => this.atlas.cell(code),
      paint: (painting, context) => this.paint(painting, context),
      closed: (viewport) => this.viewports.delete(viewport),
    });
    this.viewports.add(viewport);
    return viewport;
  }

  [Symbol.dispose](): void {
    this.viewports.forEach((viewport) => viewport[Symbol.dispose]());
    this.density?.removeEventListener('change', this.onDensity);
    this.closed = true;
    this.unlisten();
    this.scene.destroy({ children: true });
    this.renderer.destroy();
  }

  private paint({ rows, count, width, height }: Painting, context: CanvasRenderingContext2D): void {
    const { renderer, shapes } = this;
    // The picture that was copied last stays until the context is back.
    if (renderer.context.isLost) return;
    const { width: across, height: down } = context.canvas;
    const { canvas } = renderer;
    // Only ever grows: viewports of different sizes take turns.
    if (canvas.width < across || canvas.height < down)
      renderer.resize(Math.max(canvas.width, across), Math.max(canvas.height, down));
    const edge = Math.max(1, Math.round(devicePixelRatio));
    const { scale, x, y } = fit(width, height, across, down, edge);
    shapes.place([canvas.width, canvas.height], [scale, x, y], [x + width * scale, y + height * scale]);
    shapes.set(rows, count);
    renderer.render(this.scene);
    // Without a `clear` first: what is transparent in the new picture replaces the old one, too.
    context.globalCompositeOperation = 'copy';
    context.drawImage(canvas, 0, 0, across, down, 0, 0, across, down);
    // Around the picture, not over it: many worlds are as dark as the page.
    context.globalCompositeOperation = 'source-over';
    context.lineWidth = edge;
    context.strokeStyle = EDGE;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    context.strokeRect(x - edge / 2, y - edge / 2, wide + edge, high + edge);
  }

  private listen(): void {
    const { canvas } = this.renderer;
    canvas.addEventListener('webglcontextlost', this.onLost);
    // After Pixi's own listener, which has recreated its GPU resources by then.
    canvas.addEventListener('webglcontextrestored', this.redraw);
  }

  private unlisten(): void {
    clearTimeout(this.replacing);
    const { canvas } = this.renderer;
    canvas.removeEventListener('webglcontextlost', this.onLost);
    canvas.removeEventListener('webglcontextrestored', this.redraw);
  }

  private readonly onLost = (): void => {
    clearTimeout(this.replacing);
    this.replacing = setTimeout(() => void this.replace(), GIVEN_BACK_WITHIN);
  };

  /** Another renderer instead of one that stays without its context. */
  private async replace(): Promise<void> {
    if (this.closed || !this.renderer.context.isLost) return;
    // None for now: the browser may be starting its GPU process again.
    const renderer = await createRenderer().catch(() => undefined);
    if (!renderer || this.closed || !this.renderer.context.isLost) {
      renderer?.destroy();
      if (!this.closed && !renderer) this.onLost();
      return;
    }
    this.unlisten();
    this.renderer.destroy();
    this.renderer = renderer;
    this.listen();
    this.redraw();
  }

  private readonly redraw = (): void => this.viewports.forEach((viewport) => viewport.redraw());

  /** A window that moves to another screen keeps its size but not its density, which no resize event tells. */
  private watchDensity(): void {
    this.density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this.density.addEventListener('change', this.onDensity, { once: true });
  }

  private readonly onDensity = (): void => {
    this.watchDensity();
    this.redraw();
  };
}

async function createRenderer(): Promise<WebGLRenderer> {
  const renderer = new WebGLRenderer();
  await renderer.init({
    canvas: document.createElement('canvas'),
    backgroundAlpha: 0,
    antialias: false,
    autoDensity: false,
    resolution: 1,
    width: 1,
    height: 1,
    eventMode: 'none',
    eventFeatures: { move: false, globalMove: false, click: false, wheel: false },
  });
  return renderer;
}
