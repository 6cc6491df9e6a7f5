/** V(s) over the last steps that were shown, episode by episode. */
import type { RunStore } from '../../state/run-store.ts';
import { figure, plural } from '../../state/values.ts';

/** Of the drawing, which is stretched to its place: a step is a unit wide, and so many have room at least. */
const LEAST_WIDTH = 40;
const HEIGHT = 60;

export function HistoryPanel({ run: { worker } }: { readonly run: RunStore }) {
  const { screen } = worker;
  // The trace grows with what is read.
  void screen.episode.value;
  const { points } = screen.trace;
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const width = Math.max(LEAST_WIDTH, points.length);
  const x = (k: number): number => width - points.length + k + 0.5;
  const y = (value: number): number =>
    HEIGHT - 3 - (HEIGHT - 6) * (high > low ? (value - low) / (high - low) : 0.5);
  const starts = points.flatMap(({ step }, k) => (k > 0 && step < points[k - 1].step ? [k] : []));
  const now = values.at(-1);
  return (
    <div class="overlay-panel" role="group" aria-label="V over time">
      <p class="panel-title">V(s) over time {now === undefined ? null : <b>{figure(now)}</b>}</p>
      {points.length < 2 ? (
        <p class="panel-wait">Needs two steps.</p>
      ) : (
        <div class="history">
          <span class="history-end">{figure(high)}</span>
          <svg
            viewBox={`0 0 ${width} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`V from ${figure(low)} to ${figure(high)} over the last ${plural(points.length, 'step')} shown`}
          >
            {starts.map((k) => (
              <line key={k} class="history-start" x1={x(k) - 0.5} x2={x(k) - 0.5} y1={0} y2={HEIGHT} />
            ))}
            <polyline
              class="history-line"
              points={values.map((value, k) => `${x(k)},${y(value).toFixed(1)}`).join(' ')}
            />
          </svg>
          <span class="history-end">{figure(low)}</span>
        </div>
      )}
    </div>
  );
}
