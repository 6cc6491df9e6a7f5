/**
 * A uPlot chart with one curve per run: points as dots or columns, the running mean as a line, the user's changes as vertical
 * marks. uPlot draws on a CPU canvas in a millisecond or two, without Preact.
 */
import uPlot from 'uplot';
import type { Mark } from '#worker/protocol.ts';
import type { Curve } from '../state/curve.ts';
import { count, figure } from '../state/values.ts';
import { looksOf, type Look } from './chart-looks.ts';

const FONT = '11px system-ui, sans-serif';
/** Milliseconds between redraws: a curve that grows slowly need not be drawn at 60 Hz. */
const GAP = 200;
/** Progress that an x axis shows at least. */
const LEAST = 100;

/** What one run contributes. */
export interface Line {
  /** Of a run that is compared with another. */
  readonly letter: 'A' | 'B' | undefined;
  /** What it is called where the letter says too little. */
  readonly label?: string;
  readonly curve: () => Curve | undefined;
  readonly marks: () => readonly Mark[];
  /** Its progress so far, and what that counts. */
  readonly progress: () => number;
  readonly unit: string;
}

interface ChartOptions {
  readonly lines: readonly Line[];
  /** Whether the dots of single points are drawn beside the line. */
  readonly dots: boolean;
  /** Receives the text for the pointer's position, or undefined when it leaves. */
  readonly onHover: (text: string | undefined) => void;
}

export class Chart implements Disposable {
  private readonly plot: uPlot;
  private readonly options: ChartOptions;
  private readonly looks: readonly Look[];
  private readonly observer: ResizeObserver;
  private drawnAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: ChartOptions) {
    this.options = options;
    this.looks = options.lines.map(({ letter }) => looksOf(host, letter));
    const size = () => ({ width: Math.max(80, host.clientWidth), height: Math.max(60, host.clientHeight) });
    this.plot = onCpu(() => new uPlot({ ...size(), ...this.layout() }, this.data(), host));
    this.observer = new ResizeObserver(() => this.plot.setSize(size()));
    this.observer.observe(host);
  }

  /** Schedules a redraw; calls in quick succession share one. */
  refresh(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.drawnAt + GAP - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.drawnAt = performance.now();
      this.plot.setData(this.data());
    }, wait);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.observer.disconnect();
    this.plot.destroy();
  }

  /** The curves over one x axis; where a curve has no point its line passes. */
  private data(): uPlot.AlignedData {
    const tables = this.options.lines.map((line): uPlot.AlignedData => {
      const columns = line.curve()?.columns;
      if (!columns) return [[], [], [], []];
      const [x, ...rest] = columns;
      const stretch = this.stretchOf(line);
      return [stretch === 1 ? x : x.map((each) => each * stretch), ...rest];
    });
    return tables.length === 1 ? tables[0] : uPlot.join(tables);
  }

  /** Whether the runs count different things, e.g. env steps and examples: each then has an axis of its own. */
  private get isApart(): boolean {
    const [first, ...others] = this.options.lines;
    return others.some(({ unit }) => unit !== first?.unit);
  }

  /** The right end of the x axis, which counts in the unit of the first run. */
  private get end(): number {
    const [first] = this.options.lines;
    const lines = this.isApart && first ? [first] : this.options.lines;
    return Math.max(LEAST, ...lines.map(({ progress }) => progress()));
  }

  /** Places on the x axis per unit of a run: where units differ, all runs so far take the same width. */
  private stretchOf(line: Line): number {
    return this.isApart ? this.end / Math.max(LEAST, line.progress()) : 1;
  }

  private layout(): Omit<uPlot.Options, 'width' | 'height'> {
    const [{ ink, grid }] = this.looks;
    const axis = { stroke: ink, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    const unseen = { paths: () => null, points: { show: false } };
    return {
      padding: [6, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => [0, this.end] },
        y: { range: (_, low, high) => heights(low, high) },
      },
      series: [
        {},
        ...this.looks.flatMap(({ line }) => [
          unseen,
          unseen,
          { stroke: line, width: 1.6, points: { show: false }, spanGaps: true },
        ]),
      ],
      axes: [
        ...(this.isApart
          ? this.options.lines.map((line, i) => ({
              ...axis,
              ...this.ownAxis(line, i),
              ...(i > 0 && { side: 0 as const, grid: { show: false } }),
            }))
          : [{ ...axis, size: 26, gap: 3, values: labels(count) }]),
        { ...axis, scale: 'y', side: 3, size: 52, gap: 4, values: labels(figure) },
      ],
      hooks: {
        drawClear: [(plot) => this.drawMarks(plot)],
        drawAxes: [(plot) => this.options.dots && this.drawPoints(plot)],
        setCursor: [(plot) => this.hover(plot)],
      },
    };
  }

  /** The axis of a run that counts in its own unit, in its colour. */
  private ownAxis(line: Line, i: number): uPlot.Axis {
    return {
      scale: 'x',
      stroke: this.looks[i].line,
      label: `${line.letter ?? ''} ${line.unit}`,
      labelFont: FONT,
      labelSize: 14,
      labelGap: 0,
      size: 22,
      gap: 3,
      values: labels((tick) => count(Number((tick / this.stretchOf(line)).toPrecision(2)))),
    };
  }

  private drawPoints(plot: uPlot): void {
    this.options.lines.forEach((line, i) => {
      const drawn = line.curve();
      if (drawn && drawn.count > 0) drawCurve(plot, drawn, this.looks[i], this.stretchOf(line));
    });
  }

  private drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    this.options.lines.forEach((line, i) => {
      ctx.strokeStyle = ctx.fillStyle = this.looks[i].mark;
      const stretch = this.stretchOf(line);
      for (const { step } of line.marks()) {
        const x = Math.round(plot.valToPos(step * stretch, 'x', true)) + 0.5;
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.fillRect(x - 3 * devicePixelRatio, bbox.top, 6 * devicePixelRatio, 4 * devicePixelRatio);
      }
    });
    ctx.restore();
  }

  private hover(plot: uPlot): void {
    const { idx } = plot.cursor;
    const x = idx === null || idx === undefined ? undefined : plot.data[0][idx];
    if (x === undefined) return this.options.onHover(undefined);
    const { isApart } = this;
    const values = this.options.lines.flatMap((line) => {
      const { letter, label = letter, curve, unit } = line;
      const at = x / this.stretchOf(line);
      const said = valueAt(curve(), at, this.options.dots, letter === undefined);
      if (said === undefined) return [];
      return [`${label ? `${label} ` : ''}${said}${isApart ? ` at ${count(at)} ${unit}` : ''}`];
    });
    const where = isApart ? [] : [`${count(x)} ${this.options.lines[0]?.unit}`];
    this.options.onHover(values.length > 0 ? [...where, ...values].join(' · ') : undefined);
  }
}

/** Labels of an axis. */
function labels(text: (tick: number) => string): uPlot.Axis.DynamicValues {
  return (_, ticks) => ticks.map((tick) => text(tick));
}

/** A curve's value at x or before, with its range if there is room. */
function valueAt(curve: Curve | undefined, x: number, dots: boolean, ample: boolean): string | undefined {
  if (!curve) return undefined;
  const [xs, low, high, mean] = curve.columns;
  const at = xs.findLastIndex((each) => each <= x);
  if (at < 0) return undefined;
  if (!ample) return figure(mean[at]);
  const range = low[at] === high[at] ? figure(low[at]) : `${figure(low[at])} … ${figure(high[at])}`;
  return dots ? `${range} · mean ${figure(mean[at])}` : range;
}

/**
 * Single points as squares, merged ones as columns between their extremes: plain rectangles, which need no tessellation.
 */
function drawCurve(plot: uPlot, curve: Curve, look: Look, stretch: number): void {
  const { ctx, bbox } = plot;
  const [x, low, high, mean] = curve.columns;
  const at = (value: number, scale: string): number => Math.round(plot.valToPos(value, scale, true));
  const size = Math.round(3 * devicePixelRatio);
  ctx.save();
  ctx.fillStyle = curve.joined ? look.band : look.dot;
  let from = Math.round(bbox.left);
  for (let i = 0; i < x.length; i++) {
    const to = at(x[i] * stretch, 'x');
    const top = at(high[i], 'y') - (size >> 1);
    if (curve.joined) ctx.fillRect(from, top, to - from, at(low[i], 'y') - top + (size >> 1));
    else ctx.fillRect(to - (size >> 1), top, size, size);
    from = to;
  }
  // A single point makes no line.
  if (x.length === 1) {
    ctx.fillStyle = look.line;
    ctx.beginPath();
    ctx.arc(at(x[0] * stretch, 'x'), at(mean[0], 'y'), size, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/** The span of the y axis: uPlot's own, but 0 to 1 where it would leave the axis out (no point) or go to 100 (zeros only). */
function heights(low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || (low === 0 && high === 0)) return [0, 1];
  return uPlot.rangeNum(low, high, 0.1, true);
}

type ContextGetter = (
  this: HTMLCanvasElement,
  kind: string,
  options: CanvasRenderingContext2DSettings,
) => unknown;

/**
 * Creates a chart with a CPU canvas. A GPU canvas would wait for a GPU that is busy training, for seconds if it is slow. uPlot
 * has no option for this, so its request for a context is intercepted.
 */
function onCpu(make: () => uPlot): uPlot {
  const { prototype } = HTMLCanvasElement;
  const original = Object.getOwnPropertyDescriptor(prototype, 'getContext') as PropertyDescriptor;
  prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
    return (original.value as ContextGetter).call(this, kind, { willReadFrequently: true });
  } as typeof prototype.getContext;
  try {
    return make();
  } finally {
    Object.defineProperty(prototype, 'getContext', original);
  }
}
