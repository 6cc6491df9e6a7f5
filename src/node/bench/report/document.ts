/** Parts of the HTML reports of benchmarks: one file that needs nothing else, with tables, and charts as SVG drawn without a browser. */
import { chartSvg, type DrawnChart, type DrawnLine } from '#core/chart-svg.ts';
import { short } from '../results/gates.ts';
import type { Table } from './tables.ts';

/** Colours that are told apart with any colour vision, as on the page. */
const TONES = [
  '#0a659f',
  '#a54d00',
  '#301818',
  '#a3346f',
  '#0b7350',
  '#7445ab',
  '#8a7a00',
  '#3d8fd1',
  '#777777',
];
const GROUNDS: Readonly<Record<string, string>> = {
  back: '#ffffff',
  line: '#d5dce7',
  ink: '#16202e',
  faint: '#5a677c',
};
const SIZE = { width: 640, height: 340 };
const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:#16202e;max-width:1480px;margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2}table{border-collapse:collapse;margin:1rem 0}div.wide{overflow-x:auto}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d5dce7;white-space:nowrap;font-variant-numeric:tabular-nums}
div.charts{display:flex;flex-wrap:wrap;gap:1rem}svg{max-width:100%;height:auto}li{max-width:60rem}`;

/** A whole file; `title` is plain text, `body` is HTML. */
export function htmlPage(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${text(title)}</title><style>${STYLE}</style></head><body>
${body.join('\n')}
</body></html>
`;
}

/** The nth colour. */
export function tone(n: number): string {
  return TONES[n % TONES.length];
}

/** A line of points with a band between low and high. */
export function lineOf(
  says: string,
  colour: string,
  points: readonly Readonly<Record<'at' | 'low' | 'high' | 'iqm', number>>[],
): DrawnLine {
  const column = (key: 'at' | 'low' | 'high' | 'iqm'): Float64Array =>
    Float64Array.from(points, (point) => point[key]);
  return {
    says,
    tone: colour,
    past: false,
    band: true,
    columns: [column('at'), column('low'), column('high'), column('iqm')],
  };
}

export function chart({
  figure = short,
  ...drawn
}: Omit<DrawnChart, 'logarithmic' | 'figure'> & Partial<Pick<DrawnChart, 'figure'>>): string {
  return chartSvg(
    { ...drawn, logarithmic: false, figure },
    // A line's tone is its colour.
    (token) => GROUNDS[token] ?? token,
    SIZE,
  );
}

export function htmlTable({ header, rows }: Table): string {
  return `<div class="wide"><table>${row('th', header)}${rows.map((cells) => row('td', cells)).join('')}</table></div>`;
}

function row(tag: 'th' | 'td', cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
}

export function htmlList(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
}

export function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
