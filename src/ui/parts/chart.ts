/**
 * A uPlot chart with one curve per run: points as dots or columns, the running mean as a line, the user's changes as vertical
 * marks. uPlot draws on a CPU canvas in a millisecond or two, without Preact.
 */
import uPlot from 'uplot';
import type { Level } from '../state/levels.ts';
import { shownTheme } from '../state/theme.ts';
import { count, figure } from '../state/values.ts';
import { Places, type Line } from './chart-data.ts';
import { drawLevels, drawMarks, drawPoints } from './chart-drawing.ts';
import { looksOf, type Look } from './chart-looks.ts';

const FONT = '11px system-ui, sans-serif';
/** Milliseconds between redraws: a curve that grows slowly need not be drawn at 60 Hz. */
const GAP = 200;
/** Dashes of past runs, in CSS pixels. */
const PAST = [6, 4];

interface ChartOptions {
  readonly lines: readonly Line[];
  /** Whether the dots of single points are drawn beside the line. */
  readonly dots: boolean;
  /** Whether the y axis is logarithmic. */
  readonly logarithmic?: boolean;
  /** Values to compare with, as horizontal lines. */
  readonly levels?: () => readonly Level[];
  /** Receives the text for the pointer's position, or undefined when it leaves. */
  readonly onHover: (text: string | undefined) => void;
}

export class Chart implements Disposable {
  private readonly plot: uPlot;
  private readonly options: ChartOptions;
  private readonly places: Places;
  private looks: readonly Look[];
  private readonly unfollow: () => void;
  private readonly observer: ResizeObserver;
  private drawnAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: ChartOptions) {
    this.options = options;
    this.places = new Places(options.lines);
    this.looks = this.readLooks(host);
    const size = () => ({ width: Math.max(80, host.clientWidth), height: Math.max(60, host.clientHeight) });
    this.plot = onCpu(() => new uPlot({ ...size(), ...this.layout() }, this.data(), host));
    this.observer = new ResizeObserver(() => this.plot.setSize(size()));
    this.observer.observe(host);
    this.unfollow = shownTheme.subscribe(() => {
      this.looks = this.readLooks(host);
      this.plot.redraw(false);
    });
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
    this.unfollow();
    this.plot.destroy();
  }

  private readLooks(host: HTMLElement): Look[] {
    return this.options.lines.map(({ tone }) => looksOf(host, tone));
  }

  private get isLogarithmic(): boolean {
    return this.options.logarithmic === true;
  }

  /** The curves over one x axis; where a curve has no point its line passes. */
  private data(): uPlot.AlignedData {
    const tables = this.options.lines.map((line): uPlot.AlignedData => {
      const columns = this.places.columnsOf(line, this.isLogarithmic);
      if (!columns) return [[], [], [], []];
      const [x, ...heights] = columns;
      // uPlot knows a gap by null.
      return [x, ...heights.map((values) => (this.isLogarithmic ? gapped(values) : values))];
    });
    return tables.length === 1 ? tables[0] : uPlot.join(tables);
  }

  private layout(): Omit<uPlot.Options, 'width' | 'height'> {
    const axis = {
      stroke: () => this.looks[0].ink,
      font: FONT,
      grid: { stroke: () => this.looks[0].grid, width: 1 },
      ticks: { show: false },
    };
    const unseen = { paths: () => null, points: { show: false } };
    return {
      padding: [6, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => [0, this.places.end] },
        y: this.isLogarithmic
          ? { distr: 3, range: (_, low, high) => powers(low, high) }
          : { range: (_, low, high) => heights(low, high, this.options.levels?.() ?? []) },
      },
      series: [
        {},
        ...this.looks.flatMap((_, i) => [
          unseen,
          unseen,
          {
            stroke: () => this.looks[i].line,
            width: 1.6,
            points: { show: false },
            spanGaps: true,
            ...(this.options.lines[i].past && { dash: PAST }),
          },
        ]),
      ],
      axes: [...this.xAxes(axis), { ...axis, scale: 'y', side: 3, size: 52, gap: 4, values: labels(figure) }],
      hooks: {
        drawClear: [(plot) => this.drawBehind(plot)],
        drawAxes: [(plot) => this.drawAllPoints(plot)],
        setCursor: [(plot) => this.hover(plot)],
      },
    };
  }

  /** One axis per unit; where there are several, in the colours of the first run of each. */
  private xAxes(axis: uPlot.Axis): readonly uPlot.Axis[] {
    const { units, lines } = this.places;
    if (units.length === 1) return [{ ...axis, size: 26, gap: 3, values: labels(count) }];
    return units.map((unit, i) => ({
      ...axis,
      scale: 'x',
      stroke: () => this.looks[lines.findIndex((line) => line.unit === unit)].line,
      label: `${lines.flatMap((line) => (line.unit === unit ? (line.name ?? []) : [])).join(', ')} ${unit}`,
      labelFont: FONT,
      labelSize: 14,
      labelGap: 0,
      size: 22,
      gap: 3,
      values: labels((tick) => count(Number((tick / this.places.stretchOf(unit)).toPrecision(2)))),
      ...(i > 0 && { side: 0 as const, grid: { show: false } }),
    }));
  }

  private drawAllPoints(plot: uPlot): void {
    this.options.lines.forEach((line, i) => {
      const drawn = line.curve();
      const columns = this.places.columnsOf(line, this.isLogarithmic);
      if (!drawn || !columns || line.past || !(this.options.dots || line.band)) return;
      if (drawn.count > 0) drawPoints(plot, columns, this.looks[i], drawn.joined);
    });
  }

  private drawBehind(plot: uPlot): void {
    this.options.lines.forEach((line, i) => {
      const place = this.places.placeOf(line);
      drawMarks(plot, line.marks(), this.looks[i].mark, place ?? ((progress) => progress));
    });
    drawLevels(plot, this.options.levels?.() ?? [], this.looks[0]);
  }

  private hover(plot: uPlot): void {
    const { idx } = plot.cursor;
    const x = idx === null || idx === undefined ? undefined : plot.data[0][idx];
    if (x === undefined) return this.options.onHover(undefined);
    const { units, lines } = this.places;
    const isApart = units.length > 1;
    const values = lines.flatMap((line) => {
      const columns = this.places.columnsOf(line, false);
      const said = columns && valueAt(columns, x, this.options.dots, lines.length === 1);
      if (said === undefined) return [];
      const where = isApart ? ` at ${count(x / this.places.stretchOf(line.unit))} ${line.unit}` : '';
      return [`${line.name === undefined ? '' : `${line.name} `}${said}${where}`];
    });
    const where = isApart ? [] : [`${count(x)} ${units[0]}`];
    this.options.onHover(values.length > 0 ? [...where, ...values].join(' · ') : undefined);
  }
}

/** Labels of an axis; a logarithmic one leaves some without. */
function labels(text: (tick: number) => string): uPlot.Axis.DynamicValues {
  return (_, ticks) => ticks.map((tick: number | null) => (tick === null ? '' : text(tick)));
}

function gapped(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}

/** A curve's value at x or before, with its range if there is room. */
function valueAt(
  [xs, low, high, mean]: readonly Float64Array[],
  x: number,
  dots: boolean,
  ample: boolean,
): string | undefined {
  const at = xs.findLastIndex((each) => each <= x);
  if (at < 0) return undefined;
  if (!ample) return figure(mean[at]);
  const range = low[at] === high[at] ? figure(low[at]) : `${figure(low[at])} … ${figure(high[at])}`;
  return dots ? `${range} · mean ${figure(mean[at])}` : range;
}

/**
 * The span of the y axis, levels included: uPlot's own, but 0 to 1 where it would leave the axis out (no point) or go to 100
 * (zeros only).
 */
function heights(low: number | null, high: number | null, levels: readonly Level[]): uPlot.Range.MinMax {
  const values = [...(low === null ? [] : [low]), ...(high === null ? [] : [high])];
  const all = [...values, ...levels.map(({ value }) => value)];
  if (all.every((value) => value === 0)) return [0, 1];
  return uPlot.rangeNum(Math.min(...all), Math.max(...all), 0.1, true);
}

/** The span of a logarithmic axis: whole powers of ten. */
function powers(low: number | null, high: number | null): uPlot.Range.MinMax {
  return low === null || high === null ? [0.1, 1] : uPlot.rangeLog(low, high, 10, true);
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
