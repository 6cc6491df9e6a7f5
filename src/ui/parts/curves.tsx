/** The curves of all runs, below the arena: return per episode, and a metric of the user's choice. */
import { useSignal } from '@preact/signals';
import type { Curve } from '../state/curve.ts';
import type { Page } from '../state/page.ts';
import { MEAN_OVER } from '../state/record.ts';
import type { RunStore } from '../state/run-store.ts';
import { count, figure, plural, told } from '../state/values.ts';
import { Figure } from './figure.tsx';
import { LetterBadge } from './letter.tsx';

export function Curves({ page }: { readonly page: Page }) {
  const runs = page.runs.value;
  const chosen = useSignal<string | undefined>(undefined);
  const names = [...new Set(runs.flatMap(({ worker }) => worker.record.names.value))];
  const metric = chosen.value !== undefined && names.includes(chosen.value) ? chosen.value : first(names);
  // A chart has as many lines as there were runs when it was made, and their axes.
  const key = runs.map((run) => `${run.id} ${run.unit}`).join();
  return (
    <section class="curves" aria-label="Curves">
      <Figure
        key={key}
        page={page}
        label="Return per episode"
        dots
        curveOf={({ worker }) => worker.record.returns}
        summary={(curve) =>
          `${plural(curve.points, 'episode')}, mean of the last ${MEAN_OVER}: ${figure(curve.latestMean)}`
        }
        empty="No episode has ended yet"
      >
        <h2>Return per episode</h2>
        <Legend page={page} />
        <Marks page={page} />
      </Figure>
      <Figure
        key={`${key} ${metric}`}
        page={page}
        label={metric ?? 'Metric'}
        dots={metric === 'episode/length'}
        curveOf={({ worker }) => (metric === undefined ? undefined : worker.record.curve(metric))}
        summary={(curve) => `${plural(curve.points, 'point')}, latest ${figure(curve.latestMean)}`}
        empty="No update yet"
      >
        <select
          aria-label="Metric"
          value={metric ?? ''}
          disabled={names.length === 0}
          onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
        >
          {names.length > 0 ? null : <option value="">No metric yet</option>}
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

/** The default metric: the loss if there is one. */
function first(names: readonly string[]): string | undefined {
  return names.find((name) => /loss|error/.test(name)) ?? names[0];
}

/** What dots and lines mean; for two runs, which is which, with their latest means. */
function Legend({ page }: { readonly page: Page }) {
  if (!page.comparing.value)
    return (
      <span class="key">
        <i class="key-dot" /> episode <i class="key-line" /> mean of {MEAN_OVER}
      </span>
    );
  return (
    <ul class="legend" aria-label={`Mean return of the last ${MEAN_OVER} episodes`}>
      {page.runs.value.map((run) => (
        <li key={run.id} class="key">
          <LetterBadge page={page} run={run} /> {run.form.agent.value?.title} <Mean run={run} />
        </li>
      ))}
    </ul>
  );
}

function Mean({ run: { worker } }: { readonly run: RunStore }) {
  void worker.record.version.value;
  const { returns }: { readonly returns: Curve } = worker.record;
  return <b>{figure(returns.latestMean)}</b>;
}

/** The changes as text: marks on a canvas cannot be read by screen readers or hovered on a phone. */
function Marks({ page }: { readonly page: Page }) {
  const all = page.runs.value
    .flatMap((run) => run.worker.record.marks.value.map((mark) => ({ run, mark })))
    .sort((a, b) => a.mark.step - b.mark.step);
  const recent = all.slice(-3);
  return (
    <ol class="marks" aria-label="Changes during training">
      {all.length > recent.length ? <li>{all.length - recent.length} earlier</li> : null}
      {recent.map(({ run, mark }) => (
        <li
          key={`${run.id} ${mark.step} ${mark.key}`}
          class="mark"
          title={`At ${count(mark.step)} ${run.unit}`}
        >
          <LetterBadge page={page} run={run} /> {run.form.labelOf(mark.kind, mark.key)} →{' '}
          {told(run.form.fieldOf(mark.kind, mark.key), mark.value)}
        </li>
      ))}
    </ol>
  );
}
