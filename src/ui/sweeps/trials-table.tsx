/** The table of trials, which can be sorted by every column. */
import { ArrowDown, ArrowUp, Star } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Round, SweepOverview, TrialLook } from '#worker/sweep/protocol.ts';
import { count } from '../state/values.ts';
import type { SweepStore } from './sweep-store.ts';
import { fieldName, isPbt, nameOf, scoreText, short, STATE_HELP, STATES } from './words.ts';

interface TrialsTableProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
}

interface Column {
  readonly name: string;
  readonly title?: string;
  /** What it is sorted by. */
  readonly by: (trial: TrialLook) => number | string;
  readonly cell: (trial: TrialLook) => ComponentChildren;
  /** Whether the first click puts the greatest on top. */
  readonly greatest?: boolean;
  readonly isNumber?: boolean;
}

interface Order {
  readonly name: string;
  readonly descending: boolean;
}

/** Rows that are drawn at first, and whenever more are wanted: the browser lays a table out as a whole, which is long for all. */
const SLICE = 40;
/** Pixels to the last row from which on more are wanted. */
const NEAR = 120;

export function TrialsTable({ store, overview }: TrialsTableProps) {
  const { trials, scored, best } = overview;
  const [order, setOrder] = useState<Order>();
  const columns = useMemo(() => columnsOf(overview), [overview]);
  const rows = useMemo(() => sorted(trials, columns, order), [trials, columns, order]);
  const [drawn, setDrawn] = useState(SLICE);
  const drawMore = (): void => setDrawn(drawn + SLICE);
  const choose = (to: Order): void => {
    setOrder(to);
    setDrawn(SLICE);
  };
  const { value: told } = store.told;
  return (
    <section class="card sweep-table-card" aria-labelledby="sweep-trials">
      <header>
        <h2 id="sweep-trials">{isPbt(overview) ? 'Members' : 'Trials'}</h2>
        {scored > trials.length ? (
          <span class="dim">
            the best {count(trials.length)} of {count(scored)}
          </span>
        ) : null}
      </header>
      <div
        class="sweep-scroll"
        role="region"
        aria-label="The table"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          if (drawn < rows.length && scrollTop + clientHeight > scrollHeight - NEAR) drawMore();
        }}
      >
        <table class="sweep-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.name} {...{ column, order, choose }} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, drawn).map((trial) => (
              <Row
                key={trial.trial}
                store={store}
                columns={columns}
                trial={trial}
                name={nameOf(overview, trial.trial).toLowerCase()}
                isBest={trial.trial === best?.trial}
                isTold={trial.trial === told?.trial}
              />
            ))}
          </tbody>
        </table>
        {drawn < rows.length ? (
          <button type="button" class="sweep-more" onClick={drawMore}>
            {count(Math.min(SLICE, rows.length - drawn))} more
          </button>
        ) : null}
      </div>
    </section>
  );
}

interface RowProps {
  readonly store: SweepStore;
  readonly columns: readonly Column[];
  readonly trial: TrialLook;
  readonly name: string;
  readonly isBest: boolean;
  readonly isTold: boolean;
}

/** Drawn again only if something of it is another: all rows are asked when one is chosen. */
function Row({ store, columns, trial, name, isBest, isTold }: RowProps) {
  return useMemo(
    () => (
      <tr
        data-told={isTold || undefined}
        onMouseEnter={() => (store.pointed.value = placeOf(trial))}
        onMouseLeave={() => (store.pointed.value = undefined)}
        onClick={() => (store.chosen.value = placeOf(trial))}
      >
        {columns.map((column, k) =>
          k === 0 ? (
            <th key={column.name} scope="row">
              <button
                type="button"
                aria-label={`Look at ${name}${isBest ? ', the best' : ''}`}
                aria-pressed={isTold}
              >
                {column.cell(trial)}
                {isBest ? <Star size={12} aria-hidden /> : null}
              </button>
            </th>
          ) : (
            <td key={column.name} class={column.isNumber ? 'amount' : undefined}>
              {column.cell(trial)}
            </td>
          ),
        )}
      </tr>
    ),
    [store, columns, trial, name, isBest, isTold],
  );
}

interface HeadProps {
  readonly column: Column;
  readonly order: Order | undefined;
  readonly choose: (order: Order) => void;
}

function Head({ column: { name, title, greatest = false, isNumber }, order, choose }: HeadProps) {
  const isSorted = order?.name === name;
  const Arrow = order?.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      class={isNumber ? 'amount' : undefined}
      aria-sort={isSorted ? (order.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        title={title ?? `Sort by ${name}`}
        onClick={() => choose({ name, descending: isSorted ? !order.descending : greatest })}
      >
        {name}
        {isSorted ? <Arrow size={12} aria-hidden /> : null}
      </button>
    </th>
  );
}

function placeOf({ trial, rounds }: TrialLook): { readonly trial: number; readonly round: number } {
  return { trial, round: lastOf(rounds).round };
}

function lastOf(rounds: readonly Round[]): Round {
  return rounds[rounds.length - 1];
}

function sorted(
  trials: readonly TrialLook[],
  columns: readonly Column[],
  order: Order | undefined,
): readonly TrialLook[] {
  const column = columns.find(({ name }) => name === order?.name);
  if (!column || !order) return trials;
  const way = order.descending ? -1 : 1;
  return trials.toSorted((a, b) => {
    const [left, right] = [column.by(a), column.by(b)];
    if (left === right) return 0;
    return left < right ? -way : way;
  });
}

function columnsOf(overview: SweepOverview): readonly Column[] {
  const isFamily = isPbt(overview);
  return [
    { name: isFamily ? 'Member' : 'Trial', by: ({ trial }) => trial, cell: ({ trial }) => String(trial) },
    {
      name: 'State',
      by: ({ state }) => state,
      cell: ({ state }) => <span title={STATE_HELP[state]}>{STATES[state]}</span>,
    },
    {
      name: overview.kind === 'fit' ? 'Epochs' : 'Steps',
      by: ({ rounds }) => lastOf(rounds).steps,
      cell: ({ rounds }) => count(lastOf(rounds).steps),
      greatest: true,
      isNumber: true,
    },
    {
      name: 'Score',
      by: ({ rounds }) => lastOf(rounds).score,
      cell: ({ rounds }) => {
        const { score, scores } = lastOf(rounds);
        return (
          <>
            {scoreText(score)}
            {scores.length > 1 ? <small>{` (${scores.map(scoreText).join(', ')})`}</small> : null}
          </>
        );
      },
      greatest: true,
      isNumber: true,
    },
    ...(isFamily
      ? [
          {
            name: 'From',
            title: 'The member that it took over last',
            by: ({ rounds }: TrialLook) => lastParent(rounds) ?? -1,
            cell: ({ rounds }: TrialLook) => lastParent(rounds) ?? '',
            isNumber: true,
          },
        ]
      : []),
    ...overview.axes.map((axis): Column => {
      const of = ({ rounds }: TrialLook): unknown => lastOf(rounds).point[axis.field];
      return {
        name: fieldName(overview, axis),
        title: `Sort by ${axis.field}`,
        by: (trial) => (typeof of(trial) === 'number' ? (of(trial) as number) : short(of(trial))),
        cell: (trial) => short(of(trial)),
        isNumber:
          axis.values.kind === 'range' || axis.values.list.every((value) => typeof value === 'number'),
      };
    }),
  ];
}

function lastParent(rounds: readonly Round[]): number | undefined {
  return rounds.findLast(({ parent }) => parent !== undefined)?.parent;
}
