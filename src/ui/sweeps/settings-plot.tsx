/** Settings against scores: an axis per field and one for the score, and a line per trial through its values. */
import { useCallback } from 'preact/hooks';
import type { SweepOverview } from '#worker/sweep/protocol.ts';
import { figure, plural } from '../state/values.ts';
import { byShade, Shade } from './dots.tsx';
import type { Mark } from './marks.ts';
import { Picture, type Drawing } from './picture.tsx';
import { point, rankOf, shareOn, spanOf } from './scale.ts';
import type { SweepStore } from './sweep-store.ts';
import { fieldName, short } from './words.ts';

const HEIGHT = 300;
const [SIDE, TOP, BOTTOM] = [46, 36, 22];

interface SettingsPlotProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
}

export function SettingsPlot({ store, overview }: SettingsPlotProps) {
  const draw = useCallback((width: number) => drawSettings(overview, width), [overview]);
  const says = `Lines through ${overview.axes.map((axis) => fieldName(overview, axis)).join(', ')} and the score, for ${plural(overview.trials.length, 'trial')}.`;
  return (
    <Picture store={store} overview={overview} title="Settings and scores" says={says} draw={draw}>
      <span class="sweep-key">
        <i class="sweep-key-rank" /> worst to best
      </span>
    </Picture>
  );
}

function drawSettings(overview: SweepOverview, least: number): Drawing {
  const { axes, trials } = overview;
  const width = Math.max(least, 2 * SIDE + axes.length * 84);
  const last = trials.flatMap(({ rounds }) => rounds.at(-1) ?? []);
  const [low, high] = spanOf(
    last.map(({ score }) => score),
    0,
  );
  const across = (k: number): number => SIDE + (k / axes.length) * (width - 2 * SIDE);
  const up = (share: number): number => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  const heightOf = (score: number): number =>
    up(score === -Infinity ? 0 : high > low ? (score - low) / (high - low) : 0.5);
  const lines = last.map(({ trial, round, score, point: values }) => ({
    trial,
    round,
    score,
    places: [
      ...axes.map((axis, k) => [across(k), up(shareOn(axis, values[axis.field]))] as const),
      [across(axes.length), heightOf(score)] as const,
    ],
  }));
  // Every crossing with an axis means its trial.
  const marks: readonly Mark[] = lines.flatMap(({ trial, round, places }) =>
    places.toReversed().map(([x, y]) => ({ trial, round, x, y })),
  );
  return {
    width,
    height: HEIGHT,
    marks,
    trace: ({ trial }) => path(lines.find((line) => line.trial === trial)?.places ?? []),
    body: (
      <>
        {byShade(lines, rankOf(overview)).map(({ shade, members }) => (
          <Shade
            key={shade}
            class="sweep-thread"
            shade={shade}
            d={members.map(({ places }) => path(places)).join('')}
            width={1.2}
          />
        ))}
        {axes.map((axis, k) => (
          <AxisLine
            key={axis.field}
            x={across(k)}
            k={k}
            name={fieldName(overview, axis)}
            ends={endsOf(axis)}
          />
        ))}
        <AxisLine x={across(axes.length)} k={axes.length} name="score" ends={[figure(low), figure(high)]} />
      </>
    ),
  };
}

function path(places: readonly (readonly [number, number])[]): string {
  return `M${places.map(([x, y]) => point(x, y)).join('L')}`;
}

interface AxisLineProps {
  readonly x: number;
  readonly k: number;
  readonly name: string;
  readonly ends: readonly [low: string, high: string];
}

/** Names of neighbours stand at two heights, since they are long. */
function AxisLine({ x, k, name, ends: [low, high] }: AxisLineProps) {
  return (
    <g class="sweep-axis">
      <line x1={x} x2={x} y1={TOP} y2={HEIGHT - BOTTOM} />
      <text x={x} y={k % 2 === 0 ? 10 : 22} text-anchor="middle">
        {name}
      </text>
      <text class="sweep-axis-end" x={x + 4} y={TOP + 10}>
        {high}
      </text>
      <text class="sweep-axis-end" x={x} y={HEIGHT - 6} text-anchor="middle">
        {low}
      </text>
    </g>
  );
}

function endsOf({ values }: SweepOverview['axes'][number]): readonly [string, string] {
  if (values.kind === 'range') return [short(values.from), short(values.to)];
  const texts = values.list.map((value) => {
    const text = short(value);
    return text.length > 12 ? `${text.slice(0, 11)}…` : text;
  });
  return [texts[0], texts[texts.length - 1]];
}
