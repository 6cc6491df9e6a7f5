/** What the charts draw: the runs on the page, and beside them what the table of runs shows. */
import type { RunInfo } from '#worker/protocol.ts';
import type { Drawable } from './curve.ts';
import type { AnyRow } from './ledger.ts';
import type { Letter, Page } from './page.ts';
import { LENGTH, SPEED, type Record } from './record.ts';
import type { SeedGroup } from './seed-group.ts';

/** The metric of the returns, which are recorded without the transforms of wrappers. */
export const RETURN = 'episode/return';

/** What the x axis counts. */
export const AXES = { steps: 'Steps', episodes: 'Episodes', time: 'Seconds' } as const;
export type Axis = keyof typeof AXES;

export interface Series {
  /** Another one is another line. */
  readonly key: string;
  /** Beside others. */
  readonly name: string | undefined;
  /** Of a run on the page. */
  readonly letter: Letter | undefined;
  /** The token of its colour; none for the only run on the page. */
  readonly tone: string | undefined;
  readonly unit: RunInfo['unit'];
  /** Where its settings are; undefined before its first run has been made. */
  readonly row: AnyRow | undefined;
  /** Of a run, always of the current one. */
  readonly record: (() => Record) | undefined;
  readonly group: SeedGroup | undefined;
}

export function seriesOf(page: Page): readonly Series[] {
  const several = page.comparing.value;
  const live = page.runs.value.flatMap((run): Series[] => {
    const row = page.ledger.rowOf(run);
    const letter = page.letterOf(run);
    if (row?.shown.value === false) return [];
    return [
      {
        key: `${run.id} ${letter}`,
        name: several ? letter : undefined,
        letter: several ? letter : undefined,
        tone: several ? RUN_TONES[letter] : undefined,
        unit: run.unit,
        row,
        record: () => run.worker.record,
        group: undefined,
      },
    ];
  });
  return [...live, ...page.ledger.beside.value.map(besideOf)];
}

function besideOf(row: AnyRow): Series {
  return {
    key: `row ${row.id}`,
    name: row.name.value,
    letter: undefined,
    tone: toneOf(row),
    unit: row.unit,
    row,
    record: row.kind === 'run' ? () => row.record : undefined,
    group: row.kind === 'seeds' ? row : undefined,
  };
}

/** Tokens of the colours of the runs on the page. */
export const RUN_TONES = { A: 'run-a', B: 'run-b', C: 'run-c', D: 'run-d' } as const;

/** Tokens of the colours of what has no letter; runs are dashed, groups solid, so that both may have the same. */
const TONES = ['good', 'mark', 'ink', 'dim'] as const;

export function toneOf({ order }: Pick<AnyRow, 'order'>): string {
  return TONES[order % TONES.length];
}

/** The curve of a metric over an axis; a group of seeds has returns over steps only. */
export function curveOf({ record, group }: Series, metric: string, axis: Axis): Drawable | undefined {
  if (group) return metric === RETURN && axis === 'steps' ? group.curve : undefined;
  return metric === RETURN ? record?.().returns : record?.().curve(metric);
}

/** Reads everything that a drawing of the series depends on. */
export function listenTo(all: readonly Series[]): void {
  for (const { record, group } of all) {
    void record?.().version.value;
    void record?.().marks.value;
    void group?.version.value;
  }
}

/** Where a series ends on an axis, what that counts, and how to get there from its progress. */
export function placesOf(series: Series, axis: Axis) {
  const { record, group, unit } = series;
  switch (axis) {
    case 'steps':
      return { unit, end: () => record?.().progress ?? group?.steps ?? 0 };
    case 'episodes':
      return {
        unit: 'episodes',
        end: () => record?.().returns.points ?? 0,
        places: () => {
          const returns = record?.().returns;
          return returns ? between(returns.columns[0], returns.counts) : () => 0;
        },
      };
    case 'time':
      return {
        unit: 'seconds',
        end: () => record?.().clock.latestMean || 0,
        places: () => {
          const [steps, , , seconds] = record?.().clock.columns ?? [];
          return steps && seconds ? between(steps, seconds) : () => 0;
        },
      };
  }
}

/** Linear between points that start at the origin; beyond the last, its value. Places with the same x have the last one's. */
export function between(xs: Float64Array, ys: Float64Array): (x: number) => number {
  return (x) => {
    let [low, high] = [-1, xs.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= x) low = middle;
      else high = middle;
    }
    const [x0, y0] = low < 0 ? [0, 0] : [xs[low], ys[low]];
    if (high >= xs.length) return y0;
    return y0 + ((x - x0) / (xs[high] - x0)) * (ys[high] - y0);
  };
}

const TITLES: Readonly<{ [metric: string]: string }> = {
  [RETURN]: 'Return per episode',
  [LENGTH]: 'Episode length',
  [SPEED]: 'Steps per second',
  'train/loss': 'Loss',
  'train/policy-loss': 'Policy loss',
  'train/value-loss': 'Value loss',
  'train/actor-loss': 'Actor loss',
  'train/critic-loss': 'Critic loss',
  'train/held-out-loss': 'Held-out loss',
  'train/td-error': 'TD error',
  'train/error': 'Error',
  'train/epsilon': 'Exploration rate ε',
  'train/entropy': 'Entropy of the policy',
  'train/temperature': 'Temperature α',
  'train/gradient-norm': 'Gradient norm',
  'train/learning-rate': 'Learning rate',
  'train/step-size': 'Step size',
  'train/value': 'Mean value',
  'train/accuracy': 'Accuracy',
  'train/updates': 'Updates',
  'train/epoch': 'Epoch',
  'train/approx-kl': 'Approximate KL',
  'train/clip-fraction': 'Clipped fraction',
  'train/staleness': 'Staleness',
  'plan/sweeps': 'Sweeps',
  'plan/delta': 'Largest change of a sweep',
  'plan/start-value': 'Value of the start',
};

/** A metric's plain name; its key where it has none. */
export function titleOf(metric: string): string {
  return TITLES[metric] ?? metric;
}

/** Whether a logarithmic axis suits it: it is positive and falls by orders of magnitude. */
export function isLoss(metric: string): boolean {
  return /loss|error|delta|gradient-norm/.test(metric);
}
