/** The name of a row of the runs table in the colour of its curve. */
import type { AnyRow } from '../state/ledger.ts';
import { toneOf } from '../state/series.ts';
import { figure } from '../state/values.ts';

export function Swatch({ row }: { readonly row: AnyRow }) {
  return <i class="swatch" data-kind={row.kind} style={{ '--tone': `var(--${toneOf(row)})` }} />;
}

export function RowKey({ row }: { readonly row: AnyRow }) {
  if (row.kind === 'seeds') void row.version.value;
  const { latestMean } = row.kind === 'seeds' ? row.curve : row.record.returns;
  return (
    <li class="key">
      <Swatch row={row} /> {row.name.value} <b>{figure(latestMean)}</b>
    </li>
  );
}
