/** The table of runs: what was started in this session, how each differs from the one it came from, and what can be done with it. */
import '../styles/runs.css';
import { Pause, Play, Trash2, Undo2 } from 'lucide-preact';
import { useRef } from 'preact/hooks';
import { keptRows } from '../state/kept-ledger.ts';
import type { AnyRow } from '../state/ledger.ts';
import type { Page } from '../state/page.ts';
import { changesOf, type RunRow } from '../state/run-row.ts';
import type { SeedGroup } from '../state/seed-group.ts';
import { count, figure } from '../state/values.ts';
import type { DockProps } from './dock.tsx';
import { LetterBadge } from './letter.tsx';
import { Swatch } from './row-key.tsx';
import { stateOf } from './run-card.tsx';
import { SeedsForm } from './seeds-form.tsx';
import { VerdictLine } from './verdict-line.tsx';

export function RunsTable({ page }: DockProps) {
  const rows = page.ledger.rows.value.toReversed();
  return (
    <section class="runs-tab" aria-label="Runs of this session">
      <div class="runs-tools">
        <SeedsForm page={page} />
        <VerdictLine page={page} />
      </div>
      <div class="runs-scroll">
        <table class="runs-table">
          <thead>
            <tr>
              {[
                'Curve',
                'Name',
                'Changes',
                'Agent and world',
                'Steps',
                'Mean return',
                'State',
                'Actions',
              ].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <RowLine key={row.id} page={page} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <TooMuch page={page} />
    </section>
  );
}

/** Says how many rows a reload would not bring back. */
function TooMuch({ page: { ledger } }: Pick<DockProps, 'page'>) {
  const ended = ledger.rows.value.filter((row) => row.kind === 'seeds' || !row.live.value).length;
  const left = ended - keptRows(ledger).length;
  if (left === 0) return null;
  return (
    <p class="runs-left">
      {left === 1 ? 'The oldest row is' : `The oldest ${left} rows are`} too much to be saved: a reload does
      not bring {left === 1 ? 'it' : 'them'} back.
    </p>
  );
}

interface RowProps<Row = AnyRow> {
  readonly page: Page;
  readonly row: Row;
}

function RowLine({ page, row }: RowProps) {
  const { form, name, shown } = row;
  return (
    <tr>
      <td>
        <label class="curve-toggle" title="Show the curve">
          <input
            type="checkbox"
            aria-label={`Show the curve of ${name.value}`}
            checked={shown.value}
            onChange={({ currentTarget }) => (shown.value = currentTarget.checked)}
          />
          <Mark page={page} row={row} />
        </label>
      </td>
      <th scope="row">
        <input
          type="text"
          class="row-name"
          aria-label={`Name of ${name.value}`}
          title="Rename"
          maxLength={60}
          value={name.value}
          onChange={({ currentTarget }) => rename(row, currentTarget)}
        />
      </th>
      <td class="changes">
        <Changes row={row} />
      </td>
      <td class="about">
        {form.agent.value?.title} on {form.world.value?.title}
      </td>
      {row.kind === 'run' ? <RunNumbers page={page} row={row} /> : <GroupNumbers row={row} />}
      <td>
        <RowActions page={page} row={row} />
      </td>
    </tr>
  );
}

/** A row without a name keeps the one it had. */
function rename({ name }: AnyRow, input: HTMLInputElement): void {
  name.value = input.value.trim() || name.value;
  input.value = name.value;
}

/** What its curve looks like: the letter of a run on the page, else its line. */
function Mark({ page, row }: RowProps) {
  const run = row.kind === 'run' ? row.live.value : undefined;
  if (!run) return <Swatch row={row} />;
  return page.comparing.value ? <LetterBadge page={page} run={run} /> : <i class="swatch-live" />;
}

function RunNumbers({ page, row }: RowProps<RunRow>) {
  void row.record.version.value;
  const { value: run } = row.live;
  const state = run
    ? page.waits(run)
      ? 'Starting…'
      : stateOf(run.worker)
    : ENDINGS[row.ending ?? 'replaced'];
  return (
    <>
      <td class="amount">{count(row.record.progress)}</td>
      <td class="amount">{figure(row.record.returns.latestMean)}</td>
      <td>{state}</td>
    </>
  );
}

const ENDINGS = { replaced: 'Replaced', closed: 'Closed' } as const;

function GroupNumbers({ row }: RowProps<SeedGroup> | { readonly row: SeedGroup }) {
  void row.version.value;
  const { curve, runs, steps } = row;
  const [low, high] = curve.latestInterval;
  const done = runs.reduce((sum, { progress }) => sum + progress.value, 0) / (runs.length * steps);
  return (
    <>
      <td class="amount">
        {runs.length} × {count(steps)}
      </td>
      <td class="amount" title="Interquartile mean over the seeds, with its 95 % interval">
        {figure(curve.latestMean)}
        {Number.isFinite(low) ? <small>{` ${figure(low)} to ${figure(high)}`}</small> : null}
      </td>
      <td title={problemsOf(row)}>
        {stateOfGroup(row)}
        {row.active.value ? <progress aria-label={`Progress of ${row.name.value}`} value={done} /> : null}
      </td>
    </>
  );
}

function stateOfGroup({ active, stopped, done, failed, runs }: SeedGroup): string {
  const lost = failed.value > 0 ? `, ${failed.value} failed` : '';
  if (!active.value) return `Done${lost}`;
  return `${stopped.value ? 'Stopped, ' : ''}${done.value} of ${runs.length} done${lost}`;
}

function problemsOf({ runs }: SeedGroup): string | undefined {
  const said = runs.flatMap(({ seed, problem }) => (problem.value ? [`Seed ${seed}: ${problem.value}`] : []));
  return said.length > 0 ? said.join('\n') : undefined;
}

function Changes({ row }: { readonly row: AnyRow }) {
  const all = changesOf(row);
  if (!all) return <span class="none">the first</span>;
  const from = `from ${row.origin.value?.name.value}`;
  return (
    <span title={[...all, from].join('\n')}>
      {all.length > 0 ? all.join(', ') : 'no change'} <small class="none">{from}</small>
    </span>
  );
}

function RowActions({ page, row }: RowProps) {
  const buttons = useRef<HTMLSpanElement>(null);
  const { value: name } = row.name;
  const isLive = row.kind === 'run' && row.live.value !== undefined;
  const remove = (): void => {
    // By keyboard: the button that had the focus goes with the row.
    const next = buttons.current?.closest('tr')?.nextElementSibling ?? buttons.current?.closest('tbody');
    page.ledger.delete(row);
    next?.querySelector<HTMLElement>('.row-actions button:enabled')?.focus();
  };
  return (
    <span class="row-actions" ref={buttons}>
      {row.kind === 'seeds' && row.active.value ? (
        <button
          type="button"
          aria-label={`${row.stopped.value ? 'Continue' : 'Stop'} ${name}`}
          title={row.stopped.value ? 'Continue with the seeds' : 'Stop the seeds'}
          onClick={() => (row.stopped.value ? row.continue() : row.stop())}
        >
          {row.stopped.value ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        </button>
      ) : null}
      <button
        type="button"
        aria-label={`Restore the settings of ${name}`}
        title={`Start these settings in ${page.comparing.value ? `run ${page.letterOf(page.focused.value)}` : 'the run above'}`}
        onClick={() => void page.restore(row)}
      >
        <Undo2 size={14} aria-hidden />
      </button>
      <button
        type="button"
        aria-label={`Delete ${name}`}
        title={
          isLive
            ? page.comparing.value
              ? 'On the page: close its card first'
              : 'This run is on the page'
            : 'Delete this row and its curve'
        }
        disabled={isLive}
        onClick={remove}
      >
        <Trash2 size={14} aria-hidden />
      </button>
    </span>
  );
}
