/** The report of a suite as one HTML file that needs nothing else: tables, and charts as SVG, drawn without a browser. */
import { chartSvg, type DrawnChart, type DrawnLine } from '#core/chart-svg.ts';
import { formatAmount } from '../../output.ts';
import type { BandPoint } from '../../compare/curves.ts';
import { short } from '../results/gates.ts';
import type { SuiteSummary, WorldSummary } from './summary.ts';
import { beatsTable, remarksOf, standingsTable, worldTable, type Table } from './tables.ts';

/** Colours that are told apart with any colour vision, as on the page. */
const TONES = ['#0a659f', '#a54d00', '#301818', '#a3346f', '#0b7350', '#7445ab'];
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

export function reportHtml(summary: SuiteSummary): string {
  const { suite, standings, worlds, failures } = summary;
  const body = [
    `<h1>${text(suite.title)}</h1><p>${text(suite.about)}</p>`,
    list(remarksOf(summary)),
    ...(standings.length > 0
      ? [
          '<h2>All worlds</h2>',
          table(standingsTable(standings)),
          table(beatsTable(standings)),
          `<div class="charts">${profileChart(summary)}</div>`,
        ]
      : []),
    ...worlds.map(worldPart),
    ...(failures.length > 0 ? [`<h2>Failures</h2>`, list(failures)] : []),
  ].join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${text(suite.title)}</title><style>${STYLE}</style></head><body>
${body}
</body></html>
`;
}

function worldPart(world: WorldSummary): string {
  return [
    `<h2>${text(world.world)}</h2>`,
    table(worldTable(world)),
    `<div class="charts">${curveChart(world, 'steps')}${curveChart(world, 'seconds')}</div>`,
  ].join('\n');
}

function curveChart({ world, scale, cells }: WorldSummary, axis: 'steps' | 'seconds'): string {
  const lines = cells.flatMap((cell, k) =>
    cell[axis].length === 0 ? [] : [lineOf(cell.entrant, TONES[k % TONES.length], cell[axis])],
  );
  if (lines.length === 0) return '';
  const levels = scale
    ? [
        { name: 'random', value: scale.random },
        { name: 'best known or solved', value: scale.best },
      ]
    : [];
  const x = axis === 'steps' ? 'env steps' : 'seconds of training';
  return draw({
    title: `${world}: training return`,
    x,
    y: 'interquartile mean, 95 %',
    levels,
    lines,
    count: formatAmount,
  });
}

function profileChart({ standings }: SuiteSummary): string {
  const lines = standings.map(({ entrant, profile }, k) =>
    lineOf(
      entrant,
      TONES[k % TONES.length],
      profile.map(({ threshold, value, low, high }) => ({ at: threshold, iqm: value, low, high })),
    ),
  );
  return draw({
    title: 'Performance profile',
    x: 'normalised score',
    y: 'share of runs above it',
    levels: [],
    lines,
    count: short,
  });
}

function lineOf(says: string, tone: string, points: readonly BandPoint[]): DrawnLine {
  const column = (key: keyof BandPoint): Float64Array => Float64Array.from(points, (point) => point[key]);
  return {
    says,
    tone,
    past: false,
    band: true,
    columns: [column('at'), column('low'), column('high'), column('iqm')],
  };
}

function draw(chart: Omit<DrawnChart, 'logarithmic' | 'figure'>): string {
  return chartSvg(
    { ...chart, logarithmic: false, figure: short },
    // A line's tone is its colour.
    (token) => GROUNDS[token] ?? token,
    SIZE,
  );
}

function table({ header, rows }: Table): string {
  return `<div class="wide"><table>${row('th', header)}${rows.map((cells) => row('td', cells)).join('')}</table></div>`;
}

function row(tag: 'th' | 'td', cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
