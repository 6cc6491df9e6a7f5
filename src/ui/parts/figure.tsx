/** A chart with its caption, its text alternative, and what is under the pointer. */
import { effect, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Drawable } from '../state/curve.ts';
import type { Level } from '../state/levels.ts';
import { curveOf, listenTo, placesOf, type Axis, type Series } from '../state/series.ts';
import type { Line } from './chart-data.ts';
import { Chart } from './chart.ts';
import { ExportMenu } from './export-menu.tsx';

/** What a chart shows. */
export interface Shown {
  readonly series: readonly Series[];
  readonly metric: string;
  readonly title: string;
  readonly axis: Axis;
  readonly logarithmic: boolean;
  /** Whether single points are drawn beside their mean. */
  readonly dots: boolean;
  readonly levels: () => readonly Level[];
}

interface FigureProps {
  /** Give the figure a key of series, metric and axes: the chart is made once. */
  readonly shown: Shown;
  readonly label: string;
  readonly summary: (curve: Drawable, series: Series) => string;
  readonly empty: string;
  readonly children: ComponentChildren;
}

export function Figure({ shown, label, summary, empty, children }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const hovered = useSignal<string | undefined>(undefined);
  const { series, metric, axis } = shown;
  useEffect(() => {
    if (!host.current || series.length === 0) return undefined;
    const chart = new Chart(host.current, {
      ...shown,
      lines: linesOf(shown),
      onHover: (text) => (hovered.value = text),
    });
    const stop = effect(() => {
      listenTo(series);
      shown.levels();
      chart.refresh();
    });
    return () => {
      stop();
      chart[Symbol.dispose]();
    };
    // The chart lives as long as the figure, which has all that it shows in its key.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  listenTo(series);
  const said = series.flatMap((each) => {
    const curve = curveOf(each, metric, axis);
    if (!curve?.points) return [];
    return [`${each.name === undefined ? '' : `${each.name}: `}${summary(curve, each)}`];
  });
  return (
    <figure class="curve" aria-label={label}>
      <figcaption>
        {children}
        <ExportMenu shown={shown} host={host} disabled={said.length === 0} />
        <span class="under">{hovered.value}</span>
      </figcaption>
      <div class="plot" ref={host} role="img" aria-label={said.join('; ') || empty} />
      {said.length > 0 ? null : <p class="plot-empty">{empty}</p>}
    </figure>
  );
}

export function linesOf({ series, metric, axis }: Pick<Shown, 'series' | 'metric' | 'axis'>): Line[] {
  return series.map((each) => ({
    tone: each.tone,
    name: each.name,
    past: each.row?.kind === 'run' && each.letter === undefined && each.tone !== undefined,
    band: each.group !== undefined,
    curve: () => curveOf(each, metric, axis),
    marks: () => each.record?.().marks.peek() ?? [],
    ...placesOf(each, axis),
  }));
}
