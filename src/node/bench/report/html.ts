/** The report of a suite of agents as HTML. */
import { formatAmount } from '../../output.ts';
import { short } from '../results/gates.ts';
import type { SuiteSummary, WorldSummary } from './summary.ts';
import { chart, htmlList, htmlPage, htmlTable, lineOf, text, tone } from './document.ts';
import { beatsTable, remarksOf, standingsTable, worldTable } from './tables.ts';

export function reportHtml(summary: SuiteSummary): string {
  const { suite, standings, worlds, failures } = summary;
  const body = [
    `<h1>${text(suite.title)}</h1><p>${text(suite.about)}</p>`,
    htmlList(remarksOf(summary)),
    ...(standings.length > 0
      ? [
          '<h2>All worlds</h2>',
          htmlTable(standingsTable(standings)),
          htmlTable(beatsTable(standings)),
          `<div class="charts">${profileChart(summary)}</div>`,
        ]
      : []),
    ...worlds.map(worldPart),
    ...(failures.length > 0 ? [`<h2>Failures</h2>`, htmlList(failures)] : []),
  ];
  return htmlPage(suite.title, body);
}

function worldPart(world: WorldSummary): string {
  return [
    `<h2>${text(world.world)}</h2>`,
    htmlTable(worldTable(world)),
    `<div class="charts">${curveChart(world, 'steps')}${curveChart(world, 'seconds')}</div>`,
  ].join('\n');
}

function curveChart({ world, scale, cells }: WorldSummary, axis: 'steps' | 'seconds'): string {
  const lines = cells.flatMap((cell, k) =>
    cell[axis].length === 0 ? [] : [lineOf(cell.entrant, tone(k), cell[axis])],
  );
  if (lines.length === 0) return '';
  const levels = scale
    ? [
        { name: 'random', value: scale.random },
        { name: 'best known or solved', value: scale.best },
      ]
    : [];
  const x = axis === 'steps' ? 'env steps' : 'seconds of training';
  return chart({
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
      tone(k),
      profile.map(({ threshold, value, low, high }) => ({ at: threshold, iqm: value, low, high })),
    ),
  );
  return chart({
    title: 'Performance profile',
    x: 'normalised score',
    y: 'share of runs above it',
    levels: [],
    lines,
    count: short,
  });
}
