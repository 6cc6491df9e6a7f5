/** The score of every trial, by its own steps or by those of the whole sweep, and the best so far. */
import { signal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import { ticks } from '#core/chart-svg.ts';
import type { SweepOverview } from '#worker/sweep/protocol.ts';
import { count, figure, plural } from '../state/values.ts';
import { Dots } from './dots.tsx';
import type { Mark } from './marks.ts';
import { Picture, type Drawing } from './picture.tsx';
import { point, rankOf, spanOf } from './scale.ts';
import type { SweepStore } from './sweep-store.ts';
import { unitOf } from './words.ts';

const AXES = { own: 'of a trial', all: 'of the sweep' } as const;
type AxisId = keyof typeof AXES;

/** The horizontal axis that was chosen, kept while another sweep is opened. */
const chosenAxis = signal<AxisId | undefined>(undefined);

const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 26, 10, 28];

interface ScoresProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
}

export function Scores({ store, overview }: ScoresProps) {
  // Where all are trained equally long, their own steps say nothing.
  const isFlat = overview.search.kind === 'grid' || overview.search.kind === 'random';
  const axis = chosenAxis.value ?? (isFlat ? 'all' : 'own');
  const draw = useCallback((width: number) => drawScores(overview, axis, width), [overview, axis]);
  const { best, scored } = overview;
  const says = `${plural(scored, 'trial')} with a score${best ? `, the best ${figure(best.score)}` : ''}.`;
  return (
    <Picture store={store} overview={overview} title="Scores" says={says} draw={draw}>
      <span class="sweep-key">
        <i class="sweep-key-best" /> {axis === 'all' ? 'best so far' : 'best of each round'}
      </span>
      <select
        aria-label="Horizontal axis of the scores"
        value={axis}
        onChange={({ currentTarget }) => (chosenAxis.value = currentTarget.value as AxisId)}
      >
        {Object.entries(AXES).map(([id, name]) => (
          <option key={id} value={id}>
            by {unitOf(overview)} {name}
          </option>
        ))}
      </select>
    </Picture>
  );
}

function drawScores(overview: SweepOverview, axis: AxisId, width: number): Drawing {
  const rounds = overview.trials.flatMap((trial) => trial.rounds).filter(({ score }) => score > -Infinity);
  const at = axis === 'own' ? 'steps' : 'at';
  const end = Math.max(1, ...rounds.map((round) => round[at]));
  const [low, high] = spanOf(rounds.map(({ score }) => score));
  const x = (value: number): number => LEFT + (value / end) * (width - LEFT - RIGHT);
  const y = (value: number): number =>
    HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const marks = rounds.map(({ trial, round, score, ...each }) => ({
    trial,
    round,
    score,
    x: x(each[at]),
    y: y(score),
  }));
  const byTrial = Map.groupBy(marks, ({ trial }) => trial);
  const pathOf = (trial: number): string => {
    const own = byTrial.get(trial) ?? [];
    return own.length > 1 ? `M${own.map((mark) => point(mark.x, mark.y)).join('L')}` : '';
  };
  return {
    width,
    height: HEIGHT,
    marks,
    trace: ({ trial }) => pathOf(trial),
    body: (
      <>
        {ticks(low, high).map((tick) => (
          <g key={tick} class="sweep-grid">
            <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 7} y={y(tick) + 4} text-anchor="end">
              {figure(tick)}
            </text>
          </g>
        ))}
        {ticks(0, end)
          .filter((_, k, all) => width > 500 || k % 2 === 0 || all.length < 5)
          .map((tick) => (
            <text key={tick} class="sweep-tick" x={x(tick)} y={HEIGHT - 8} text-anchor="middle">
              {count(tick)}
            </text>
          ))}
        <path class="sweep-lines" d={overview.trials.map(({ trial }) => pathOf(trial)).join('')} />
        <Dots marks={marks} rank={rankOf(overview)} radius={marks.length > 400 ? 2 : 3.2} />
        <path class="sweep-best" d={bestSoFar(marks, width - RIGHT, axis)} />
      </>
    ),
  };
}

/** The highest mark so far: a line of steps over the sweep's time; through the best of each round otherwise. */
function bestSoFar(marks: readonly Mark[], right: number, axis: AxisId): string {
  const order = marks.toSorted((a, b) => a.x - b.x || a.y - b.y);
  let path = '';
  let best = Infinity;
  let last = -Infinity;
  for (const { x, y } of order) {
    if (axis === 'own' && x > last) {
      path += `${path === '' ? 'M' : 'L'}${point(x, y)}`;
      last = x;
    } else if (axis === 'all' && y < best) {
      path += path === '' ? `M${point(x, y)}` : `L${point(x, best)}L${point(x, y)}`;
      best = y;
    }
  }
  return axis === 'all' && path !== '' ? `${path}L${point(right, best)}` : path;
}
