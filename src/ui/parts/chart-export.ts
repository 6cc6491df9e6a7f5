/** What a chart shows as a file: a drawing, a picture of it, a table, or everything with the settings of the runs. */
import Papa from 'papaparse';
import { chartSvg, type DrawnChart } from '#core/chart-svg.ts';
import type { NamedRequest } from '#worker/protocol.ts';
import type { Level } from '../state/levels.ts';
import { omit } from '../state/permalink.ts';
import { saveFile } from '../state/save-file.ts';
import { AXES } from '../state/series.ts';
import { count, figure } from '../state/values.ts';
import { Places, type Columns } from './chart-data.ts';
import { tokenOf } from './chart-looks.ts';
import type { Format } from './export-menu.tsx';
import { linesOf, type Shown } from './figure.tsx';

/** A line with where it comes from. */
export interface ExportedLine {
  readonly name: string;
  /** Token of its colour. */
  readonly tone: string;
  /** Whether it is dashed. */
  readonly past: boolean;
  /** Whether low and high are drawn. */
  readonly band: boolean;
  readonly request: NamedRequest;
  /** What x counts. */
  readonly unit: string;
  readonly columns: Columns;
}

export interface ExportedChart {
  readonly metric: string;
  readonly title: string;
  readonly x: string;
  readonly logarithmic: boolean;
  readonly levels: readonly Level[];
  readonly lines: readonly ExportedLine[];
}

const COLUMNS = ['x', 'low', 'high', 'mean'] as const;
/** Size of a drawing in pixels, and of a picture in times that. */
const SIZE = { width: 900, height: 480 };
const DENSITY = 2;

export async function exportChart(shown: Shown, host: HTMLElement, format: Format): Promise<void> {
  const chart = exported(shown);
  const svg = (): string => chartSvg(drawing(chart), (token) => tokenOf(host, token), SIZE);
  saveFile(`${fileName(chart)}.${format}`, await content(chart, svg, format));
}

/** A chart as it is drawn. */
export function drawing({ metric, lines, ...chart }: ExportedChart): DrawnChart {
  const drawn = lines.map(({ name, request: { world, agent }, tone, past, band, columns }) => ({
    says: `${name}: ${agent} on ${world}`,
    tone,
    past,
    band,
    columns,
  }));
  return { ...chart, y: metric, lines: drawn, count, figure };
}

async function content(chart: ExportedChart, svg: () => string, format: Format): Promise<Blob> {
  switch (format) {
    case 'csv':
      return new Blob([csvOf(chart)], { type: 'text/csv' });
    case 'json':
      return new Blob([jsonOf(chart)], { type: 'application/json' });
    case 'svg':
      return new Blob([svg()], { type: 'image/svg+xml' });
    case 'png':
      return picture(svg());
  }
}

/** The lines as they are drawn, with the names that they have beside others. */
export function exported({ series, metric, title, axis, logarithmic, dots, levels }: Shown): ExportedChart {
  const places = new Places(linesOf({ series, metric, axis }));
  const { lines: drawn } = places;
  const lines = series.flatMap(({ row, name, tone = 'gold', unit }, i) => {
    const { past = false, band = false } = drawn[i];
    const columns = places.columnsOf(drawn[i], false);
    if (!row || !columns?.[0].length) return [];
    const request = { seed: row.form.seed, ...row.request.peek() } as NamedRequest;
    const counted = axis === 'steps' ? unit : AXES[axis];
    const looks = { tone, past, band: band || (dots && !past) };
    return [{ name: name ?? row.name.peek(), ...looks, request, unit: counted, columns }];
  });
  return { metric, title, x: AXES[axis], logarithmic, levels: levels(), lines };
}

/** A row per point; numbers in full. */
export function csvOf({ metric, lines }: ExportedChart): string {
  const rows = lines.flatMap(({ name, request: { world, agent, seed }, unit, columns }) =>
    Array.from(columns[0], (_, i) => ({
      run: name,
      world,
      agent,
      seed,
      metric,
      unit,
      ...Object.fromEntries(COLUMNS.map((column, k) => [column, columns[k][i]])),
    })),
  );
  return `${Papa.unparse(rows, { newline: '\n' })}\n`;
}

export function jsonOf({ lines, ...chart }: ExportedChart): string {
  const plain = lines.map(({ columns, request, name, unit }) => {
    // Recordings are files of their own.
    const settings = omit(request, 'demonstrations');
    const points = Object.fromEntries(COLUMNS.map((column, k) => [column, Array.from(columns[k])]));
    return { name, unit, settings, points };
  });
  return `${JSON.stringify({ ...chart, lines: plain }, null, 1)}\n`;
}

/** `cart-pole-dqn-vs-ppo-seed1-return`. */
export function fileName({ metric, lines }: ExportedChart): string {
  const requests = lines.map(({ request }) => request);
  const [worlds, agents, seeds] = [
    distinct(requests.map(({ world }) => world)),
    distinct(requests.map(({ agent }) => agent)),
    distinct(requests.map(({ seed }) => seed ?? 1)),
  ];
  return `${worlds}-${agents}-seed${seeds}-${metric.replace(/^.*\//, '')}`;
}

function distinct(values: readonly unknown[]): string {
  return [...new Set(values.map(String))].join('-vs-');
}

/** The browser draws the SVG, so that both look the same. */
async function picture(svg: string): Promise<Blob> {
  const image = new Image(SIZE.width, SIZE.height);
  await new Promise<unknown>((resolve, reject) => {
    image.addEventListener('load', resolve);
    image.addEventListener('error', () => reject(new Error('chart: expected an SVG that the browser draws')));
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [SIZE.width * DENSITY, SIZE.height * DENSITY];
  // On the CPU: a GPU may be busy training.
  canvas.getContext('2d', { willReadFrequently: true })?.drawImage(image, 0, 0, canvas.width, canvas.height);
  // At once, in some 20 ms. `toBlob` waits until the page is idle, and by then browsers refuse a second download.
  return (await fetch(canvas.toDataURL('image/png'))).blob();
}
