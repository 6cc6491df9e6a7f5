/** A metric on the training batches and on the held-out examples, in one chart. */
import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Line } from '../../parts/chart-data.ts';
import { Chart } from '../../parts/chart.ts';
import { RUN_TONES } from '../../state/series.ts';
import { figure } from '../../state/values.ts';
import type { FitStore } from '../state/fit-store.ts';

interface FitChartProps {
  readonly fit: FitStore;
  readonly title: string;
  /** Names of metrics without their part, the first that there is: `loss`. */
  readonly metrics: readonly string[];
}

const PARTS = [
  { letter: 'A', part: 'train', label: 'train' },
  { letter: 'B', part: 'validation', label: 'validation' },
] as const;

export function FitChart({ fit, title, metrics }: FitChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const hovered = useSignal<string | undefined>(undefined);
  const curveOf = (part: string) =>
    metrics.map((metric) => fit.record.curve(`${part}/${metric}`)).find((curve) => curve?.points);
  useEffect(() => {
    if (!host.current) return undefined;
    const lines = PARTS.map(({ letter, part, label }): Line => ({
      tone: RUN_TONES[letter],
      name: label,
      curve: () => curveOf(part),
      marks: () => (part === 'train' ? fit.record.marks.peek() : []),
      end: () => fit.record.progress,
      unit: 'examples',
    }));
    const chart = new Chart(host.current, {
      dots: true,
      lines,
      onHover: (text) => (hovered.value = text),
    });
    const stop = effect(() => {
      void fit.record.version.value;
      void fit.record.marks.value;
      chart.refresh();
    });
    return () => {
      stop();
      chart[Symbol.dispose]();
    };
    // The chart lives as long as the fit's store.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [fit]);
  void fit.record.version.value;
  const latest = PARTS.map(({ part, label }) => ({ label, value: curveOf(part)?.latestMean }));
  const said = latest.flatMap(({ label, value }) =>
    value === undefined ? [] : [`${label} ${figure(value)}`],
  );
  return (
    <figure class="curve" aria-label={title}>
      <figcaption>
        <h2>{title}</h2>
        {latest.map(({ label, value }, k) => (
          <span key={label} class="key" data-run={PARTS[k].letter}>
            <i class="key-run" /> {label} <b>{value === undefined ? '–' : figure(value)}</b>
          </span>
        ))}
        <span class="under">{hovered.value}</span>
      </figcaption>
      <div class="plot" ref={host} role="img" aria-label={said.join(', ') || 'Nothing measured yet'} />
    </figure>
  );
}
