/** Asks whether one row of the runs table is better than another, and answers in a sentence. */
import { signal } from '@preact/signals';
import type { AnyRow } from '../state/ledger.ts';
import type { Page } from '../state/page.ts';
import { verdictOf } from '../state/verdict.ts';

/** Ids of the rows that were chosen. */
const chosen = { a: signal<number | undefined>(undefined), b: signal<number | undefined>(undefined) };

export function VerdictLine({ page }: { readonly page: Page }) {
  const { value: rows } = page.ledger.rows;
  if (rows.length < 2) return null;
  // Groups can be told apart, single runs cannot.
  const likely = [...rows].sort((x, y) => rank(x) - rank(y)).slice(-2);
  const find = (id: number | undefined): AnyRow | undefined => rows.find((row) => row.id === id);
  const b = find(chosen.b.value) ?? likely[1];
  const a = find(chosen.a.value) ?? likely.find((row) => row !== b) ?? likely[0];
  const names: readonly AnyRow[] = rows;
  return (
    <div class="verdict" role="group" aria-label="Verdict">
      Is
      <RowPicker label="Better" rows={names} row={b} onPick={(id) => (chosen.b.value = id)} />
      better than
      <RowPicker label="Than" rows={names} row={a} onPick={(id) => (chosen.a.value = id)} />?
      <Sentence a={a} b={b} />
    </div>
  );
}

function rank({ kind, id, number }: AnyRow): number {
  return kind === 'seeds' ? id : number - 1e6;
}

function Sentence({ a, b }: { readonly a: AnyRow; readonly b: AnyRow }) {
  for (const row of [a, b]) if (row.kind === 'seeds') void row.version.value;
  return (
    <p role="status" aria-label="Verdict">
      {a === b ? 'Choose two different rows.' : verdictOf(a, b)}
    </p>
  );
}

interface RowPickerProps {
  readonly label: string;
  readonly rows: readonly AnyRow[];
  readonly row: AnyRow;
  readonly onPick: (id: number) => void;
}

function RowPicker({ label, rows, row, onPick }: RowPickerProps) {
  return (
    <select
      aria-label={label}
      value={row.id}
      onChange={({ currentTarget }) => onPick(Number(currentTarget.value))}
    >
      {rows.map(({ id, name }) => (
        <option key={id} value={id}>
          {name.value}
        </option>
      ))}
    </select>
  );
}
