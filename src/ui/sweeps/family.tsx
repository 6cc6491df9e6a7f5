/** The family of population-based training: a lane per member, generation by generation, and who took over whom. */
import { useCallback } from 'preact/hooks';
import type { SweepOverview } from '#worker/sweep/protocol.ts';
import { count, plural } from '../state/values.ts';
import { Dots, dotsAt } from './dots.tsx';
import type { Mark } from './marks.ts';
import { Picture, type Drawing } from './picture.tsx';
import { curve } from './rungs.tsx';
import { rankOf } from './scale.ts';
import type { Place, SweepStore } from './sweep-store.ts';
import { unitOf } from './words.ts';

const [LEFT, RIGHT, TOP, BOTTOM] = [76, 24, 12, 38];
/** Pixels between lanes, and between generations, which may be wider than the page. */
const LANE = { least: 8, most: 24, all: 460 };
const LEAST_STEP = 18;

interface FamilyProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
}

interface Member extends Mark {
  readonly score: number;
  readonly steps: number;
  readonly parent?: number | undefined;
}

export function Family({ store, overview }: FamilyProps) {
  const draw = useCallback((width: number) => drawFamily(overview, width), [overview]);
  const takeovers = overview.trials.flatMap(({ rounds }) =>
    rounds.filter(({ parent }) => parent !== undefined),
  );
  const generations = new Set(overview.trials.flatMap(({ rounds }) => rounds.map(({ round }) => round))).size;
  const says = `${plural(overview.trials.length, 'member')} over ${plural(generations, 'generation')}, ${plural(takeovers.length, 'take-over')}.`;
  return (
    <Picture store={store} overview={overview} title="Family" class="sweep-tree" says={says} draw={draw}>
      <span class="sweep-key">
        <i class="sweep-key-line" /> trained on <i class="sweep-key-take" /> took over{' '}
        <i class="sweep-key-best" /> line of the best
      </span>
      {overview.from > 0 ? <span class="dim">from generation {overview.from} on</span> : null}
    </Picture>
  );
}

function drawFamily(overview: SweepOverview, least: number): Drawing {
  const lanes = overview.trials.map(({ trial }) => trial).toSorted((a, b) => a - b);
  const laneOf = new Map(lanes.map((trial, k) => [trial, k]));
  const all = overview.trials.flatMap(({ rounds }) => rounds);
  const last = Math.max(overview.from, ...all.map(({ round }) => round));
  const steps = Math.max(1, last - overview.from);
  const width = Math.max(least, LEFT + RIGHT + steps * LEAST_STEP);
  const apart = Math.min(LANE.most, Math.max(LANE.least, LANE.all / lanes.length));
  const height = TOP + BOTTOM + apart * lanes.length;
  const across = (round: number): number => LEFT + ((round - overview.from) / steps) * (width - LEFT - RIGHT);
  const marks: readonly Member[] = all.map(({ trial, round, score, parent, steps }) => ({
    trial,
    round,
    score,
    parent,
    steps,
    x: across(round),
    y: TOP + apart * ((laneOf.get(trial) ?? 0) + 0.5),
  }));
  const byPlace = new Map(marks.map((mark) => [`${mark.trial}/${mark.round}`, mark]));
  const before = ({ trial, round, parent }: Member): Member | undefined =>
    byPlace.get(`${parent ?? trial}/${round - 1}`);
  const lineTo = (place: Place): readonly Member[] => {
    const line: Member[] = [];
    for (let at = byPlace.get(`${place.trial}/${place.round}`); at; at = before(at)) line.unshift(at);
    return line;
  };
  const edges = (takes: boolean): string =>
    marks
      .filter(({ parent }) => (parent !== undefined) === takes)
      .map((mark) => {
        const from = before(mark);
        return from ? curve([from, mark]) : '';
      })
      .join('');
  const radius = Math.min(4.5, apart * 0.36);
  const generations = Array.from({ length: last - overview.from + 1 }, (_, k) => overview.from + k);
  const every = Math.ceil(62 / ((width - LEFT - RIGHT) / steps));
  const stepsAt = new Map(all.map(({ round, steps }) => [round, steps]));
  return {
    width,
    height,
    marks,
    trace: (place) => curve(lineTo(place)),
    body: (
      <>
        {lanes.map((trial, k) =>
          apart >= 12 || k % 2 === 0 ? (
            <text
              key={trial}
              class="sweep-tick"
              x={LEFT - 14}
              y={TOP + apart * (k + 0.5) + 4}
              text-anchor="end"
            >
              {apart >= 16 ? `Member ${trial}` : trial}
            </text>
          ) : null,
        )}
        {generations
          .filter((_, k) => k % every === 0)
          .map((round) => (
            <text key={round} class="sweep-tick" x={across(round)} y={height - 22} text-anchor="middle">
              {count(stepsAt.get(round) ?? 0)}
            </text>
          ))}
        <text class="sweep-tick" x={(LEFT + width - RIGHT) / 2} y={height - 6} text-anchor="middle">
          {unitOf(overview)} at the end of a generation
        </text>
        <path class="sweep-lines" d={edges(false)} />
        <path class="sweep-takes" d={edges(true)} />
        {overview.best ? <path class="sweep-best" d={curve(lineTo(overview.best))} /> : null}
        <path
          class="sweep-takers"
          stroke-width={2 * radius + 3}
          d={dotsAt(marks.filter(({ parent }) => parent !== undefined))}
        />
        <Dots marks={marks} rank={rankOf(overview)} radius={radius} />
      </>
    ),
  };
}
