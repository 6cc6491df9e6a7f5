/** The rungs of successive halving: the trials of each, the best on top, and who went on from it to the next. */
import { useCallback } from 'preact/hooks';
import type { SweepOverview } from '#worker/sweep/protocol.ts';
import { count, plural } from '../state/values.ts';
import { Dots } from './dots.tsx';
import type { Mark } from './marks.ts';
import { Picture, type Drawing } from './picture.tsx';
import { point, rankOf } from './scale.ts';
import type { Place, SweepStore } from './sweep-store.ts';
import { stepsText } from './words.ts';

const [LEFT, RIGHT, TOP, BOTTOM] = [52, 52, 34, 12];
/** Pixels from a trial to the next of its rung, and of all of them together, at most. */
const APART = 15;
const TALL = 520;

interface RungsProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
}

export function Rungs({ store, overview }: RungsProps) {
  const draw = useCallback((width: number) => drawRungs(overview, width), [overview]);
  const says = rungsOf(overview)
    .map((rung) => `${trialsIn(rung)} at ${stepsText(overview, rung.steps)}`)
    .join(', ');
  return (
    <Picture store={store} overview={overview} title="Rungs" class="sweep-tree" says={`${says}.`} draw={draw}>
      <span class="sweep-key">
        <i class="sweep-key-line" /> went on <i class="sweep-key-best" /> the best{' '}
        <i class="sweep-key-open" /> goes on
      </span>
    </Picture>
  );
}

interface Rung {
  /** Trials that are shown, and those that have a score. */
  readonly length: number;
  readonly scored: number;
  readonly steps: number;
}

function trialsIn({ length, scored }: Rung): string {
  return length < scored ? `${count(length)} of ${plural(scored, 'trial')}` : plural(length, 'trial');
}

function rungsOf({ trials, counts }: SweepOverview): readonly Rung[] {
  const all = trials.flatMap(({ rounds }) => rounds);
  const furthest = Math.max(-1, ...all.map(({ round }) => round));
  return Array.from({ length: furthest + 1 }, (_, round) => {
    const rung = all.filter((each) => each.round === round);
    return { length: rung.length, scored: counts[round], steps: rung[0]?.steps ?? 0 };
  });
}

function drawRungs(overview: SweepOverview, width: number): Drawing {
  const rungs = rungsOf(overview);
  const isOpen = overview.trials.some(({ state }) => state === 'open');
  // What goes on points to the next rung, which may have no score yet.
  const columns = Math.max(1, rungs.length - 1 + (isOpen ? 0.35 : 0));
  const longest = Math.max(1, ...rungs.map(({ length }) => length));
  const apart = Math.min(APART, TALL / longest);
  const height = TOP + BOTTOM + apart * longest;
  const across = (round: number): number => LEFT + (round / columns) * (width - LEFT - RIGHT);
  const marks = rungs.flatMap((_, round) => {
    const rung = overview.trials
      .flatMap(({ rounds }) => rounds.filter((each) => each.round === round))
      .toSorted((a, b) => b.score - a.score || a.trial - b.trial);
    return rung.map(({ trial, score }, k) => ({
      trial,
      round,
      score,
      x: across(round),
      y: TOP + apart * (k + 0.5),
    }));
  });
  const byTrial = Map.groupBy(marks, ({ trial }) => trial);
  const open = overview.trials.flatMap(({ trial, state }) =>
    state === 'open' ? (byTrial.get(trial)?.at(-1) ?? []) : [],
  );
  const stub = ((0.28 * (width - LEFT - RIGHT)) / columns).toFixed(1);
  const pathOf = ({ trial }: Pick<Place, 'trial'>): string => curve(byTrial.get(trial) ?? []);
  return {
    width,
    height,
    marks,
    trace: pathOf,
    body: (
      <>
        {rungs.map((rung, round) => (
          <g key={round} class="sweep-head">
            <text x={across(round)} y={12} text-anchor="middle">
              {count(rung.steps)} {overview.kind === 'fit' ? 'epochs' : 'steps'}
            </text>
            <text class="sweep-head-small" x={across(round)} y={26} text-anchor="middle">
              {trialsIn(rung)}
            </text>
          </g>
        ))}
        <path class="sweep-lines" d={overview.trials.map(pathOf).join('')} />
        {overview.best ? <path class="sweep-best" d={pathOf(overview.best)} /> : null}
        <path class="sweep-open" d={open.map(({ x, y }) => `M${point(x, y)}h${stub}`).join('')} />
        <Dots marks={marks} rank={rankOf(overview)} radius={Math.min(4, Math.max(1.4, apart * 0.42))} />
      </>
    ),
  };
}

/** From mark to mark, flat where it leaves and arrives. */
export function curve(marks: readonly Pick<Mark, 'x' | 'y'>[]): string {
  return marks
    .map(({ x, y }, k) => {
      if (k === 0) return `M${point(x, y)}`;
      const { x: from, y: before } = marks[k - 1];
      const middle = (from + x) / 2;
      return `C${point(middle, before)} ${point(middle, y)} ${point(x, y)}`;
    })
    .join('');
}
