/** The table of a soak: hours, faults, recoveries and bytes lost, and whether what is held grows. */
import { markdownTable } from '#node/bench/markdown-table.ts';
import { median } from '#core/stats.ts';
import type { LegLine, Line } from './note.ts';

/** Part of the time in which caches fill: compiled code, data sets. */
const WARM_UP = 1 / 2;
/** Samples after that with which a rise says something: soaks of less than a quarter of an hour have fewer. */
const FEWEST = 12;

interface Measure {
  readonly unit: string;
  /** The most that it may rise from the end of the warm-up to the end of the soak, in its unit. */
  readonly bound: number;
}

/**
 * What may not rise, by its name in the samples. Counts may not rise at all; half a unit is the room of an estimate. Heaps move by
 * what the engine has not freed yet, resident memory by what the allocators keep.
 */
const MEASURES: Readonly<Record<string, Measure>> = {
  heap: { unit: 'MB', bound: 10 },
  buffers: { unit: 'MB', bound: 10 },
  'resident memory': { unit: 'MB', bound: 150 },
  'open files': { unit: '', bound: 0.5 },
  handles: { unit: '', bound: 0.5 },
  threads: { unit: '', bound: 0.5 },
  tensors: { unit: '', bound: 0.5 },
  'heap of the arena': { unit: 'MB', bound: 15 },
  'heap of the classifier': { unit: 'MB', bound: 15 },
  'resident memory of the browser': { unit: 'MB', bound: 400 },
  'open files of the browser': { unit: '', bound: 8 },
  'DOM nodes': { unit: '', bound: 400 },
  listeners: { unit: '', bound: 60 },
  workers: { unit: '', bound: 0.5 },
  textures: { unit: '', bound: 0.5 },
  'WebGL objects': { unit: '', bound: 0.5 },
  canvases: { unit: '', bound: 0.5 },
};

/** Whether nothing failed, was lost or grew, and the tables that say so. */
export interface Summary {
  readonly isWell: boolean;
  readonly text: string;
}

export function summarise(lines: readonly Line[]): Summary {
  const halves = [...new Set(lines.map(({ half }) => half))].sort();
  const failures = lines.filter((line) => line.kind === 'failure');
  const legs = lines.filter((line) => line.kind === 'leg');
  const rises = halves.flatMap((half) => risesOf(half, lines));
  const lost = legs.reduce((sum, { bytes }) => sum + bytes.lost, 0);
  const said = failures.map(({ half, leg, message }) => `failed: --only ${half} --leg ${leg}: ${message}\n`);
  const facts = lines.flatMap((line) =>
    line.kind === 'fact' ? [[line.half, line.name, count(line.value)]] : [],
  );
  const text = [
    markdownTable(
      [
        'Half',
        'Hours',
        'Legs',
        'Trained',
        'Faults',
        'Recoveries',
        'Bytes saved before a fault',
        'Bytes lost',
      ],
      halves.map((half) =>
        rowOf(
          half,
          legs.filter((leg) => leg.half === half),
        ),
      ),
    ),
    markdownTable(
      ['Half', 'Fault', 'Times', 'Recoveries'],
      halves.flatMap((half) => faultsOf(half, legs)),
    ),
    markdownTable(
      ['Half', 'Held', 'Samples', 'First', 'Last', 'Rise', 'Bound', 'Flat'],
      rises.map(({ row }) => row),
    ),
    ...(facts.length > 0 ? [markdownTable(['Half', 'What', 'Figure'], facts)] : []),
    ...said,
  ].join('\n');
  return { isWell: failures.length === 0 && lost === 0 && rises.every(({ isFlat }) => isFlat), text };
}

function rowOf(half: string, legs: readonly LegLine[]): readonly string[] {
  const sum = (of: (leg: LegLine) => number): number => legs.reduce((all, leg) => all + of(leg), 0);
  return [
    half,
    (sum(({ seconds }) => seconds) / 3600).toFixed(2),
    count(legs.length),
    count(sum(({ trained }) => trained)),
    count(sum(({ injected }) => total(injected))),
    count(sum(({ recovered }) => total(recovered))),
    count(sum(({ bytes }) => bytes.confirmed)),
    count(sum(({ bytes }) => bytes.lost)),
  ];
}

function faultsOf(half: string, legs: readonly LegLine[]): readonly (readonly string[])[] {
  const own = legs.filter((leg) => leg.half === half);
  const names = [...new Set(own.flatMap(({ injected }) => Object.keys(injected)))].sort();
  return names.map((name) => [
    half,
    name,
    count(own.reduce((sum, { injected }) => sum + (injected[name] ?? 0), 0)),
    count(own.reduce((sum, { recovered }) => sum + (recovered[name] ?? 0), 0)),
  ]);
}

interface Rise {
  readonly row: readonly string[];
  readonly isFlat: boolean;
}

function risesOf(half: string, lines: readonly Line[]): readonly Rise[] {
  const samples = lines.filter((line) => line.kind === 'sample' && line.half === half);
  const end = Math.max(0, ...samples.map((sample) => (sample.kind === 'sample' ? sample.at : 0)));
  return Object.entries(MEASURES).flatMap(([name, { unit, bound }]) => {
    const points = samples.flatMap((sample) =>
      sample.kind === 'sample' && sample.at >= WARM_UP * end && Object.hasOwn(sample.values, name)
        ? [[sample.at, sample.values[name]] as const]
        : [],
    );
    if (points.length === 0) return [];
    const rise = slope(points) * (points[points.length - 1][0] - points[0][0]);
    const isFlat = points.length < FEWEST || rise <= bound;
    const judged = points.length < FEWEST ? 'too few samples' : isFlat ? 'yes' : 'no';
    const figure = (value: number): string => `${Number(value.toFixed(1))}${unit && ` ${unit}`}`;
    const ends = [points[0], points[points.length - 1]].map(([, value]) => figure(value));
    return { row: [half, name, count(points.length), ...ends, figure(rise), figure(bound), judged], isFlat };
  });
}

/** By Theil and Sen: the median over all pairs, which single samples do not sway. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], i) => points.slice(i + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)));
  return slopes.length === 0 ? 0 : median(slopes);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

function count(value: number): string {
  return value.toLocaleString('en-GB').replaceAll(',', ' ');
}
