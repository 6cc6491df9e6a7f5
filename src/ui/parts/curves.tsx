/** The curves below the arena: return per episode with the user's changes marked, and one other metric of choice. */
import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Mark } from '#worker/protocol.ts';
import { Chart, type ChartOptions } from './chart.ts';
import { MEAN_OVER } from '../state/record.ts';
import type { Store } from '../state/store.ts';
import { count, text } from '../state/values.ts';

export function Curves({ store }: { readonly store: Store }) {
  const { record } = store;
  const chosen = useSignal<string | undefined>(undefined);
  const names = record.names.value;
  const metric = chosen.value !== undefined && names.includes(chosen.value) ? chosen.value : first(names);
  const latest = useRef(metric);
  latest.current = metric;
  return (
    <section class="curves" aria-label="Curves">
      <Figure store={store} id="return-curve" label="Return per episode" dots curve={() => record.returns}>
        <h2>Return per episode</h2>
        <span class="key">
          <i class="key-dot" /> episode <i class="key-line" /> mean of {MEAN_OVER}
        </span>
        <Marks marks={record.marks.value} labelOf={(mark) => store.form.labelOf(mark.kind, mark.key)} />
      </Figure>
      <Figure
        store={store}
        key={metric}
        id="metric-curve"
        label={metric ?? 'Metric'}
        dots={metric === 'episode/length'}
        curve={() => (latest.current === undefined ? undefined : record.curve(latest.current))}
      >
        <select
          id="metric"
          aria-label="Metric"
          value={metric ?? ''}
          onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
        >
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Figure>
    </section>
  );
}

/** What is shown before anybody chooses: the loss where there is one. */
function first(names: readonly string[]): string | undefined {
  return names.find((name) => /loss|error/.test(name)) ?? names[0];
}

interface FigureProps extends Pick<ChartOptions, 'label' | 'dots' | 'curve'> {
  readonly store: Store;
  readonly id: string;
  readonly children: preact.ComponentChildren;
}

function Figure({ store, id, label, dots, curve, children }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const under = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (!host.current) return undefined;
    const { record } = store;
    const chart = new Chart(host.current, {
      label,
      dots,
      curve,
      marks: () => record.marks.value,
      steps: () => record.steps,
      onHover: (text) => (under.value = text),
    });
    const stop = effect(() => {
      void record.version.value;
      void record.marks.value;
      chart.refresh();
    });
    return () => {
      stop();
      chart[Symbol.dispose]();
    };
    // The chart lives as long as the figure; what it draws it asks for.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [store]);
  void store.record.version.value;
  return (
    <figure class="curve" id={id} data-points={curve()?.points ?? 0} aria-label={label}>
      <figcaption>
        {children}
        <output class="under">{under.value}</output>
      </figcaption>
      <div class="plot" ref={host} />
      {curve()?.points ? null : (
        <p class="plot-empty">{dots ? 'No episode has ended yet' : 'No update yet'}</p>
      )}
    </figure>
  );
}

interface MarksProps {
  readonly marks: readonly Mark[];
  readonly labelOf: (mark: Mark) => string;
}

/** The changes in words: the marks on the canvas can be neither read out nor hovered on a phone. */
function Marks({ marks, labelOf }: MarksProps) {
  const recent = marks.slice(-3);
  return (
    <ol class="marks" aria-label="Changes while it ran" data-marks={marks.length}>
      {marks.length > recent.length ? <li>{marks.length - recent.length} earlier</li> : null}
      {recent.map((mark, i) => (
        <li key={`${mark.step}-${i}`} class="mark" title={`At step ${count(mark.step)}`}>
          {labelOf(mark)} → {text(mark.value)}
        </li>
      ))}
    </ol>
  );
}
