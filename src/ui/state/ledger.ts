/**
 * The table of runs: every run and group of seeds that was started in this session, with its settings and curves. Rows come in
 * through `begin` and `addGroup` only, and hold nothing of the page but settings and curves once they have ended.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { WorkerLike } from '#worker/client.ts';
import type { Catalogue, RunInfo, Setup } from '#worker/protocol.ts';
import { asOrigin, RunRow, type Ending, type Origin } from './run-row.ts';
import type { RunStore } from './run-store.ts';
import { repeated, SeedGroup } from './seed-group.ts';

export type AnyRow = RunRow | SeedGroup;

/** A row whose run comes back. */
export interface Returning {
  readonly id: number;
  readonly order: number;
  readonly name: string;
  readonly shown: boolean;
  readonly origin: Origin | undefined;
}

/** Rows so far, and runs and groups among them. */
export type Counts = Readonly<Record<'rows' | 'runs' | 'groups', number>>;

/** Rows kept: the curves of a run take about 0.2 MB. */
const MOST_ROWS = 60;

export class Ledger implements Disposable {
  /** By the numbers of the runs, each before the seeds that repeat it. */
  readonly rows = signal<readonly AnyRow[]>([]);
  /** Rows that have ended or are groups, and whose curves are shown beside those of the page's runs. */
  readonly beside = computed(() =>
    this.rows.value.filter((row) => row.shown.value && (row.kind === 'seeds' || !row.live.value)),
  );
  private readonly catalogue: ReadonlySignal<Catalogue | undefined>;
  private readonly current = new WeakMap<RunStore, RunRow>();
  private readonly numbers = new WeakMap<RunStore, number>();
  /** Where the next run of a store comes from, if not from the one before. */
  private readonly origins = new WeakMap<RunStore, Origin>();
  /** The run beside which a store's first one was opened, by a link that gives that other one first. */
  private readonly leads = new WeakMap<RunStore, RunStore>();
  /** Rows that came before the one that they come from. */
  private readonly early = new WeakMap<RunStore, RunRow[]>();
  /** Of the runs of an earlier visit that the page opens next, by their order on it. */
  private returning: readonly (Returning | undefined)[] = [];
  private readonly returned = new WeakMap<RunStore, Returning>();
  /** Rows so far, and runs and groups among them. */
  private count = 0;
  private runs = 0;
  private groups = 0;

  constructor(catalogue: ReadonlySignal<Catalogue | undefined>) {
    this.catalogue = catalogue;
  }

  get counts(): Counts {
    return { rows: this.count, runs: this.runs, groups: this.groups };
  }

  /** Begins with the rows of an earlier visit: those that had ended, and those whose runs the page opens next. */
  takeBack(rows: readonly AnyRow[], returning: readonly (Returning | undefined)[], counts: Counts): void {
    [this.count, this.runs, this.groups] = [counts.rows, counts.runs, counts.groups];
    this.returning = returning;
    this.rows.value = inOrder(rows);
  }

  rowOf(store: RunStore): RunRow | undefined {
    return this.current.get(store);
  }

  /** Says that the next run of a store starts from the settings of a row. */
  comesFrom(store: RunStore, row: AnyRow | undefined): void {
    if (row) this.origins.set(store, asOrigin(row));
  }

  /** Says that it starts from the run before it, as usual. */
  forgetOrigin(store: RunStore): void {
    this.origins.delete(store);
  }

  /** Numbers the next runs of stores that start together, so that their order is that on the page. */
  number(stores: readonly RunStore[]): void {
    for (const store of stores) if (!this.numbers.has(store)) this.numbers.set(store, ++this.runs);
  }

  /** Numbers the runs of a link; the others come from the one that it gives first. */
  open(stores: readonly RunStore[]): void {
    const [first, ...others] = stores;
    stores.forEach((store, i) => {
      const row = this.returning[i];
      if (!row) return;
      this.returned.set(store, row);
      this.numbers.set(store, row.order);
    });
    this.returning = [];
    this.number(stores);
    for (const store of others) if (!this.current.has(store)) this.leads.set(store, first);
  }

  /** A run has been created; the one before it in the same store has ended. */
  begin(store: RunStore, setup: Setup, info: RunInfo): void {
    const before = this.current.get(store);
    const back = this.returned.get(store);
    const lead = this.leads.get(store);
    // A number that is not taken yet: its run is still to begin.
    const led = lead && !this.numbers.has(lead) ? this.current.get(lead) : undefined;
    const last = back ? back.origin : (lastingOrigin(before) ?? (led && asOrigin(led)));
    const origin = this.origins.get(store) ?? last;
    this.origins.delete(store);
    this.leads.delete(store);
    this.returned.delete(store);
    this.end(store, 'replaced');
    const order = this.numbers.get(store) ?? ++this.runs;
    this.numbers.delete(store);
    const { catalogue } = this;
    const { record } = store.worker;
    const id = back?.id ?? ++this.count;
    const row = new RunRow({ id, order, store, record, ...setup, info, origin, catalogue });
    if (back) {
      row.name.value = back.name;
      row.shown.value = back.shown;
    }
    this.current.set(store, row);
    if (lead && !origin && !back) this.early.set(lead, [...(this.early.get(lead) ?? []), row]);
    for (const other of this.early.get(store) ?? []) other.origin.value = asOrigin(row);
    this.early.delete(store);
    this.add(row);
  }

  /** The run of a store has ended. One that never took a step is forgotten. */
  end(store: RunStore, ending: Ending): void {
    const row = this.current.get(store);
    this.current.delete(store);
    if (!row) return;
    row.end(ending);
    if (!row.isUsed) this.drop(row);
  }

  /** Starts a group of seeds with the settings of a run. */
  addGroup(of: RunRow, steps: number, spawn: () => WorkerLike): SeedGroup {
    const [id, order] = [++this.count, ++this.groups];
    const group = new SeedGroup({ id, order, ...repeated(of), steps, spawn, catalogue: this.catalogue });
    this.add(group);
    return group;
  }

  /** Deletes a row; a run on the page cannot be deleted. */
  delete(row: AnyRow): void {
    if (row.kind === 'run' && row.live.value) return;
    if (row.kind === 'seeds') row[Symbol.dispose]();
    this.drop(row);
  }

  [Symbol.dispose](): void {
    for (const row of this.rows.value) if (row.kind === 'seeds') row[Symbol.dispose]();
  }

  private add(row: AnyRow): void {
    const rows = inOrder([...this.rows.value, row]);
    // The oldest that nobody looks at.
    const spares = rows.length > MOST_ROWS ? rows.filter((each) => isSpare(each)) : [];
    const spare = spares.length > 0 ? spares.reduce((a, b) => (a.id < b.id ? a : b)) : undefined;
    this.rows.value = rows.filter((each) => each !== spare);
  }

  private drop(row: AnyRow): void {
    this.rows.value = this.rows.value.filter((other) => other !== row);
  }
}

function inOrder(rows: readonly AnyRow[]): readonly AnyRow[] {
  return rows.toSorted(
    (a, b) => a.number - b.number || Number(b.kind === 'run') - Number(a.kind === 'run') || a.id - b.id,
  );
}

/** The row, or what it came from if it never took a step. */
function lastingOrigin(row: RunRow | undefined): Origin | undefined {
  return row?.isUsed === false ? row.origin.value : row && asOrigin(row);
}

function isSpare(row: AnyRow): boolean {
  if (row.shown.peek()) return false;
  return row.kind === 'run' ? !row.live.peek() : !row.active.peek();
}
