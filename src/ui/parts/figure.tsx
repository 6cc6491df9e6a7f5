/** A chart with its caption, its text alternative, and what is under the pointer. */
import { effect, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Curve } from '../state/curve.ts';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { Chart, type Line } from './chart.ts';

interface FigureProps {
  readonly page: Page;
  readonly label: string;
  /** Whether single points are drawn beside their mean. */
  readonly dots: boolean;
  readonly curveOf: (run: RunStore) => Curve | undefined;
  readonly summary: (curve: Curve) => string;
  readonly empty: string;
  readonly children: ComponentChildren;
}

export function Figure({ page, label, dots, curveOf, summary, empty, children }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const hovered = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (!host.current) return undefined;
    const runs = page.runs.peek();
    const chart = new Chart(host.current, {
      dots,
      lines: runs.map((run) => lineOf(page, run, curveOf)),
      onHover: (text) => (hovered.value = text),
    });
    const stop = effect(() => {
      for (const { worker } of runs) {
        void worker.record.version.value;
        void worker.record.marks.value;
      }
      chart.refresh();
    });
    return () => {
      stop();
      chart[Symbol.dispose]();
    };
    // The chart lives as long as the figure, which has the runs, their units and the metric in its key.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [page]);
  const said = page.runs.value.flatMap((run) => {
    void run.worker.record.version.value;
    const curve = curveOf(run);
    if (!curve?.points) return [];
    return [`${page.comparing.value ? `${page.letterOf(run)}: ` : ''}${summary(curve)}`];
  });
  return (
    <figure class="curve" aria-label={label}>
      <figcaption>
        {children}
        <span class="under">{hovered.value}</span>
      </figcaption>
      <div class="plot" ref={host} role="img" aria-label={said.join('; ') || empty} />
      {said.length > 0 ? null : <p class="plot-empty">{empty}</p>}
    </figure>
  );
}

function lineOf(page: Page, run: RunStore, curveOf: FigureProps['curveOf']): Line {
  return {
    letter: page.comparing.peek() ? page.letterOf(run) : undefined,
    curve: () => curveOf(run),
    marks: () => run.worker.record.marks.peek(),
    progress: () => run.worker.record.progress,
    unit: run.unit,
  };
}
