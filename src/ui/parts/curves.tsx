/** The curves of all runs, below the arena: return per episode, and a metric of the user's choice. */
import { signal, useComputed } from '@preact/signals';
import type { Drawable } from '../state/curve.ts';
import { levelsOf, type Level } from '../state/levels.ts';
import type { Page } from '../state/page.ts';
import { LENGTH, MEAN_OVER } from '../state/record.ts';
import type { RunStore } from '../state/run-store.ts';
import { AXES, isLoss, RETURN, seriesOf, titleOf, type Axis, type Series } from '../state/series.ts';
import { count, figure, plural, told } from '../state/values.ts';
import { Figure } from './figure.tsx';
import { LetterBadge } from './letter.tsx';
import { RowKey } from './row-key.tsx';

/** What the charts show, kept while another tab is open. */
const axis = signal<Axis>('steps');
const chosen = signal<string | undefined>(undefined);
const logarithmic = signal(false);
const comparesLevels = signal(true);

/** Lines whose single points can still be told apart. */
const MOST_CLOUDS = 2;

const NO_LEVELS: readonly Level[] = [];
const none = (): readonly Level[] => NO_LEVELS;

export function Curves({ page }: { readonly page: Page }) {
  const series = seriesOf(page);
  const names = [...new Set(page.runs.value.flatMap(({ worker }) => worker.record.names.value))];
  const metric = chosen.value !== undefined && names.includes(chosen.value) ? chosen.value : first(names);
  const known = useComputed(() => levelsOf(page.focused.value));
  const levels = useComputed(() => (comparesLevels.value ? known.value : NO_LEVELS));
  const hasLevels = page.focused.value.worker.info.value === undefined || known.value.length > 0;
  const shared = { series, axis: axis.value };
  const hasLog = metric !== undefined && isLoss(metric);
  const isLog = hasLog && logarithmic.value;
  // A chart has as many lines as there were runs when it was made, and their axes.
  const key = [axis.value, ...series.map((each) => `${each.key} ${each.unit}`)].join();
  return (
    <section class="curves" aria-label="Curves">
      <Figure
        key={key}
        label="Return per episode"
        shown={{
          ...shared,
          metric: RETURN,
          title: titleOf(RETURN),
          logarithmic: false,
          dots: series.length <= MOST_CLOUDS,
          levels: () => levels.value,
        }}
        summary={summaryOfReturns}
        empty="No episode has ended yet"
      >
        <h2 title={`${RETURN}: undiscounted, before any clipping or normalisation`}>Return per episode</h2>
        <span class="curve-options">
          <select
            aria-label="Horizontal axis"
            title="What the horizontal axis counts; seconds are those of learning, without pauses"
            value={axis.value}
            onChange={({ currentTarget }) => (axis.value = currentTarget.value as Axis)}
          >
            {Object.entries(AXES).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <label
            class="option"
            title={
              hasLevels
                ? 'Returns to compare with, where they are known: random play, the threshold for solved, the best possible, your own best'
                : 'Not known of this world with these parameters, rewards and wrappers, nor played by hand'
            }
          >
            <input
              type="checkbox"
              disabled={!hasLevels}
              checked={comparesLevels.value && hasLevels}
              onChange={({ currentTarget }) => (comparesLevels.value = currentTarget.checked)}
            />
            Baselines
          </label>
        </span>
        <Legend page={page} series={series} />
        <Marks page={page} />
      </Figure>
      <Figure
        key={`${key} ${metric} ${isLog}`}
        label={metric === undefined ? 'Metric' : titleOf(metric)}
        shown={{
          ...shared,
          metric: metric ?? '',
          title: metric === undefined ? 'Metric' : titleOf(metric),
          logarithmic: isLog,
          dots: metric === LENGTH && series.length <= MOST_CLOUDS,
          levels: none,
        }}
        summary={(curve) => `${plural(curve.points, 'point')}, latest ${figure(curve.latestMean)}`}
        empty="No update yet"
      >
        <select
          aria-label="Metric"
          title={metric}
          value={metric ?? ''}
          disabled={names.length === 0}
          onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
        >
          {names.length > 0 ? null : <option value="">No metric yet</option>}
          {names.map((name) => (
            <option key={name} value={name} title={name}>
              {titleOf(name)}
            </option>
          ))}
        </select>
        {hasLog ? (
          <label
            class="option"
            title="Logarithmic vertical axis; values that are not above zero are left out"
          >
            <input
              type="checkbox"
              checked={logarithmic.value}
              onChange={({ currentTarget }) => (logarithmic.value = currentTarget.checked)}
            />
            Log
          </label>
        ) : null}
      </Figure>
    </section>
  );
}

/** The default metric: the loss if there is one. */
function first(names: readonly string[]): string | undefined {
  return names.find((name) => /loss|error/.test(name)) ?? names[0];
}

function summaryOfReturns(curve: Drawable, { group }: Series): string {
  if (!group)
    return `${plural(curve.points, 'episode')}, mean of the last ${MEAN_OVER}: ${figure(curve.latestMean)}`;
  const [low, high] = group.curve.latestInterval.map(figure);
  return `interquartile mean ${figure(curve.latestMean)}, 95 % interval ${low} to ${high}`;
}

/** What dots and lines mean; for several lines, which is which, with their latest means. */
function Legend({ page, series }: { readonly page: Page; readonly series: readonly Series[] }) {
  if (series.length <= 1 && !page.comparing.value)
    return (
      <span
        class="key"
        title="Where episodes are too many for points of their own, the band is from the lowest return to the highest"
      >
        <i class="key-dot" /> episode <i class="key-line" /> mean of {MEAN_OVER}
      </span>
    );
  const shown = page.runs.value.filter((run) => page.ledger.rowOf(run)?.shown.value !== false);
  return (
    <ul class="legend" aria-label={`Mean return of the last ${MEAN_OVER} episodes`}>
      {shown.map((run) => (
        <li key={run.id} class="key">
          <LetterBadge page={page} run={run} /> {run.form.agent.value?.title} <Mean run={run} />
        </li>
      ))}
      {page.ledger.beside.value.map((row) => (
        <RowKey key={row.id} row={row} />
      ))}
    </ul>
  );
}

function Mean({ run: { worker } }: { readonly run: RunStore }) {
  void worker.record.version.value;
  return <b>{figure(worker.record.returns.latestMean)}</b>;
}

/** The changes as text: marks on a canvas cannot be read by screen readers or hovered on a phone. */
function Marks({ page }: { readonly page: Page }) {
  const all = page.runs.value
    .flatMap((run) => run.worker.record.marks.value.map((mark, k) => ({ run, mark, k })))
    .sort((a, b) => a.mark.step - b.mark.step);
  const recent = all.slice(-3);
  return (
    <ol class="marks" aria-label="Changes during training">
      {all.length > recent.length ? <li>{all.length - recent.length} earlier</li> : null}
      {recent.map(({ run, mark, k }) => (
        <li key={`${run.id} ${k}`} class="mark" title={`At ${count(mark.step)} ${run.unit}`}>
          <LetterBadge page={page} run={run} /> {run.form.labelOf(mark.kind, mark.key)} →{' '}
          {told(run.form.fieldOf(mark.kind, mark.key), mark.value)}
        </li>
      ))}
    </ol>
  );
}
