/**
 * The table of runs in the browser's database: rows that have ended, each a part of its own that is written once, and what the
 * session holds of those whose runs are on the page.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Part } from '#storage/sessions.ts';
import type { WorkerLike } from '#worker/client.ts';
import type { Catalogue, NamedRequest, RunInfo, Setup } from '#worker/protocol.ts';
import type { KeptPart } from './autosave.ts';
import { Form } from './form.ts';
import type { AnyRow, Counts, Ledger, Returning } from './ledger.ts';
import { Record, type KeptRecord } from './record.ts';
import { asOrigin, RunRow, type Ending, type Origin } from './run-row.ts';
import type { RunStore } from './run-store.ts';
import { SeedGroup, type KeptSeed } from './seed-group.ts';

/** Bytes of rows that are kept; the oldest go first. */
const MOST_BYTES = 12e6;
/** Names of parts begin with it. */
const ROW = 'row ';

/** What the session holds of the table. */
export interface KeptLedger {
  readonly counts: Counts;
  /** By the order of the runs on the page. */
  readonly live: readonly (KeptLive | undefined)[];
}

type KeptLive = Omit<Returning, 'origin'> & { readonly origin: KeptOrigin | undefined };

interface KeptOrigin {
  readonly id: number;
  readonly name: string;
  readonly request: NamedRequest;
  readonly info: RunInfo;
}

interface KeptRowBase extends KeptLive {
  readonly backend: Setup['backend'];
  readonly request: NamedRequest;
  readonly info: RunInfo;
}

interface KeptRun extends KeptRowBase {
  readonly kind: 'run';
  readonly ending: Ending | undefined;
  readonly record: KeptRecord;
}

interface KeptGroup extends KeptRowBase {
  readonly kind: 'seeds';
  readonly number: number;
  readonly steps: number;
  readonly stopped: boolean;
  readonly over: readonly KeptSeed[];
}

type KeptRow = KeptRun | KeptGroup;

export function keptLedger(ledger: Ledger, runs: readonly RunStore[]): KeptLedger {
  const live = runs.map((run) => {
    const row = ledger.rowOf(run);
    return row && keptLive(row);
  });
  return { counts: ledger.counts, live };
}

/** The rows that are kept: those that have ended and groups of seeds, the newest up to a limit. Reads what they depend on. */
export function keptRows({ rows }: Ledger, most = MOST_BYTES): readonly AnyRow[] {
  const ended = rows.value.filter((row) => row.kind === 'seeds' || !row.live.value);
  let bytes = 0;
  return ended.toSorted((a, b) => b.id - a.id).filter((row) => (bytes += bytesOf(row)) <= most);
}

/** The same for the database. */
export function rowParts(ledger: Ledger, most?: number): readonly KeptPart[] {
  return keptRows(ledger, most).map((row) => ({
    name: `${ROW}${row.id}`,
    stamp: stampOf(row),
    value: () => keptRow(row),
  }));
}

interface Back {
  readonly catalogue: ReadonlySignal<Catalogue | undefined>;
  readonly spawn: () => WorkerLike;
}

/** Begins a table with what was kept of it. */
export function takeLedgerBack(
  ledger: Ledger,
  { counts, live }: KeptLedger,
  parts: readonly Part[],
  back: Back,
): void {
  const kept = parts.flatMap(({ name, value }) => (name.startsWith(ROW) ? [value as KeptRow] : []));
  const origins = new Map<number, Origin>();
  const originOf = (of: KeptOrigin | undefined): Origin | undefined =>
    of && (origins.get(of.id) ?? formerOrigin(of, back.catalogue));
  const rows: AnyRow[] = [];
  // A row comes from an earlier one.
  for (const each of kept.toSorted((a, b) => a.id - b.id)) {
    const row = each.kind === 'run' ? runBack(each, originOf, back) : groupBack(each, originOf, back);
    if (!row) continue;
    row.name.value = each.name;
    row.shown.value = each.shown;
    origins.set(row.id, asOrigin(row));
    rows.push(row);
  }
  const returning = live.map((row) => row && { ...row, origin: originOf(row.origin) });
  ledger.takeBack(rows, returning, counts);
}

type OriginOf = (of: KeptOrigin | undefined) => Origin | undefined;

function runBack(kept: KeptRun, originOf: OriginOf, { catalogue }: Back): RunRow {
  const record = new Record();
  record.takeBack(kept.record);
  const row = new RunRow({ ...kept, record, origin: originOf(kept.origin), catalogue });
  row.end(kept.ending ?? 'replaced');
  return row;
}

function groupBack(kept: KeptGroup, originOf: OriginOf, { catalogue, spawn }: Back): SeedGroup | undefined {
  const origin = originOf(kept.origin);
  const request = { ...kept.request, seed: Number(kept.request.seed) };
  return origin && new SeedGroup({ ...kept, request, origin, catalogue, spawn });
}

/** The settings of a row that is no longer kept. */
function formerOrigin({ id, name, request, info }: KeptOrigin, catalogue: Back['catalogue']): Origin {
  const [asked, made] = [signal(request), signal(info)];
  return { id, name: signal(name), request: asked, info: made, form: new Form(catalogue, asked, made) };
}

function keptRow(row: AnyRow): KeptRow {
  const base = {
    ...keptLive(row),
    backend: row.backend,
    request: row.request.peek(),
    info: row.info.peek(),
  };
  if (row.kind === 'run') return { ...base, kind: 'run', ending: row.ending, record: row.record.kept() };
  const { number, steps, stopped } = row;
  return { ...base, kind: 'seeds', number, steps, stopped: stopped.peek(), over: row.keptSeeds() };
}

function keptLive({ id, order, name, shown, origin }: AnyRow): KeptLive {
  const from = origin.peek();
  return {
    id,
    order,
    name: name.peek(),
    shown: shown.peek(),
    origin: from && {
      id: from.id,
      name: from.name.peek(),
      request: from.request.peek(),
      info: from.info.peek(),
    },
  };
}

/** Changes whenever a row that has ended does. */
function stampOf(row: AnyRow): string {
  const { name, shown, origin } = row;
  const all = [name.value, shown.value, origin.value?.name.value];
  return JSON.stringify(
    row.kind === 'run' ? all : [...all, row.done.value, row.failed.value, row.stopped.value],
  );
}

const sizes = new WeakMap<AnyRow, number>();

/** About what it takes: its columns, and its settings as text. */
function bytesOf(row: AnyRow): number {
  const known = sizes.get(row);
  if (known !== undefined) return known;
  const { origin, request, info, ...rest } = keptRow(row);
  const columns =
    rest.kind === 'run'
      ? [rest.record.clock, rest.record.returns, ...rest.record.others.map(([, curve]) => curve)].flatMap(
          (curve) => curve.columns,
        )
      : rest.over.map(({ means }) => means);
  const bytes =
    JSON.stringify([origin, request, info]).length +
    columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  sizes.set(row, bytes);
  return bytes;
}
