/** The timeline: the curve of mean returns, a tick per checkpoint, and the telling moments above them. */
import { Flag, Sparkles, TrendingUp, Trophy, Split, type LucideIcon } from 'lucide-preact';
import { POINT_KINDS, type PointKind, type Timeline, type TurningPoint } from '#worker/time/protocol.ts';
import type { RunStore } from '../state/run-store.ts';
import { count } from '../state/values.ts';
import { describe, type Place, type TimeView } from './time-view.ts';

const ICONS: Readonly<Record<PointKind, LucideIcon>> = {
  reward: Flag,
  solved: Trophy,
  jump: TrendingUp,
  surprise: Sparkles,
  choice: Split,
};

/** Places that Page Up and Page Down go. */
const PAGE = 5;

interface TrackProps {
  readonly view: TimeView;
  readonly run: RunStore;
  readonly timeline: Timeline;
  readonly unit: string;
}

export function Track({ view, run, timeline, unit }: TrackProps) {
  const { value: places } = view.places;
  const { value: chosen } = view.chosen;
  const { checkpoints } = timeline;
  const steps = [...checkpoints.map(({ step }) => step), Math.max(run.worker.progress.value.done, 1)];
  const index = Math.max(0, places.indexOf(view.place.value));
  const choose = ({ currentTarget, clientX }: PointerEvent): void => {
    const { left, width } = (currentTarget as HTMLElement).getBoundingClientRect();
    const at = Math.round(((clientX - left) / width) * (places.length - 1));
    const place = places[Math.min(Math.max(at, 0), places.length - 1)];
    if (place !== view.place.value) void view.choose(place);
  };
  return (
    <div class="time-track">
      <Points view={view} timeline={timeline} unit={unit} />
      <div
        class="time-line"
        role="slider"
        tabIndex={0}
        aria-label="Checkpoint"
        aria-valuemin={0}
        aria-valuemax={places.length - 1}
        aria-valuenow={index}
        aria-valuetext={chosen ? describe(chosen, unit) : 'now'}
        title="Earlier and later with ← and →"
        onKeyDown={(event) => {
          const by = KEYS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          // → alone is a single step of the run.
          event.stopPropagation();
          void view.move(by);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          choose(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons > 0) choose(event);
        }}
      >
        <Curve run={run} steps={steps} />
        {places.map((place, k) => (
          <i key={place} class="time-tick" style={{ left: share(k, places.length) }} />
        ))}
        <i class="time-chosen" style={{ left: share(index, places.length) }} />
      </div>
    </div>
  );
}

/** Checkpoints stand side by side whatever their steps, since they are closest where a run changes most. */
function share(index: number, places: number): string {
  return `${(100 * index) / Math.max(places - 1, 1)}%`;
}

/** One mark for all telling moments that are looked at with the same checkpoint. */
function Points({ view, timeline, unit }: Omit<TrackProps, 'run'>) {
  const { value: places } = view.places;
  const marks = new Map<Place, TurningPoint[]>();
  for (const point of timeline.points) {
    const place = view.placeOf(point.step);
    marks.set(place, [...(marks.get(place) ?? []), point]);
  }
  return (
    <div class="time-points">
      {[...marks].map(([place, points]) => {
        const kind = POINT_KINDS.find((each) => points.some((point) => point.kind === each)) ?? 'jump';
        const Icon = ICONS[kind];
        const words = points.map(({ step, says }) => `${count(step)} ${unit}: ${says}`).join('; ');
        return (
          <button
            key={place}
            type="button"
            class="time-point"
            data-kind={kind}
            style={{ left: share(places.indexOf(place), places.length) }}
            aria-label={words}
            title={words}
            onClick={() => void view.choose(place)}
          >
            <Icon size={13} aria-hidden />
          </button>
        );
      })}
    </div>
  );
}

const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -PAGE,
  PageUp: PAGE,
  Home: -Infinity,
  End: Infinity,
};

/** Mean returns over progress, as high as the line; `steps` of the places, which stand at equal distances. */
function Curve({ run, steps }: { readonly run: RunStore; readonly steps: readonly number[] }) {
  const { record } = run.worker;
  void record.version.value;
  const [xs, , , mean] = record.returns.columns;
  let [low, high] = [Infinity, -Infinity];
  for (const value of mean) [low, high] = [Math.min(low, value), Math.max(high, value)];
  let after = 1;
  const path = Array.from(xs, (step, k) => {
    while (after < steps.length - 1 && steps[after] < step) after++;
    const [from, to] = [steps[after - 1], steps[after]];
    const x = (after - 1 + Math.min((step - from) / (to - from || 1), 1)) / Math.max(steps.length - 1, 1);
    const y = 95 - (90 * (mean[k] - low)) / (high - low || 1);
    return `${(1000 * x).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden>
      <polyline points={path.join(' ')} />
    </svg>
  );
}
