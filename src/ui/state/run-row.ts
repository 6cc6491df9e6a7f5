/** A run in the table of runs: its settings, where they came from, and its curves, which outlive it. */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Catalogue, Mark, NamedRequest, RunInfo, Setup } from '#worker/protocol.ts';
import { differencesOf } from './difference.ts';
import { Form } from './form.ts';
import type { Record } from './record.ts';
import type { RunStore } from './run-store.ts';
import { PART } from './values.ts';

/** How a run ended: another took its place, or its card was closed. */
export type Ending = 'replaced' | 'closed';

interface RunRowParts {
  readonly id: number;
  readonly order: number;
  /** The run on the page; none for a row of an earlier visit. */
  readonly store?: RunStore | undefined;
  readonly record: Record;
  readonly request: NamedRequest;
  readonly backend: Setup['backend'];
  readonly info: RunInfo;
  /** What its settings were before they were changed. */
  readonly origin: Origin | undefined;
  readonly catalogue: ReadonlySignal<Catalogue | undefined>;
}

/** A row as the ones that came from it remember it: its name and settings, without its curves and its own origin. */
export type Origin = Pick<Row, 'id' | 'name' | 'request' | 'info' | 'form'>;

/** What all rows of the table have. */
export interface Row {
  readonly id: number;
  /** Its number among the rows of its kind. */
  readonly order: number;
  /** The number of the run that it is or repeats, by which rows stand. */
  readonly number: number;
  readonly name: Signal<string>;
  /** Whether the charts show its curve. */
  readonly shown: Signal<boolean>;
  readonly backend: Setup['backend'];
  readonly unit: RunInfo['unit'];
  /** Its settings as they are now, live changes included. */
  readonly request: ReadonlySignal<NamedRequest>;
  /** With every value written out. */
  readonly info: ReadonlySignal<RunInfo>;
  readonly form: Form;
  /** Undefined for the first run, and for those beside it until that has begun. */
  readonly origin: ReadonlySignal<Origin | undefined>;
}

export class RunRow implements Row {
  readonly kind = 'run';
  readonly id: number;
  readonly order: number;
  readonly number: number;
  readonly name: Signal<string>;
  readonly shown = signal(true);
  readonly backend: Setup['backend'];
  readonly unit: RunInfo['unit'];
  readonly record: Record;
  readonly request: ReadonlySignal<NamedRequest>;
  readonly info: ReadonlySignal<RunInfo>;
  readonly form: Form;
  readonly origin: Signal<Origin | undefined>;
  /** The run on the page, until it ends. */
  readonly live: Signal<RunStore | undefined>;
  ending: Ending | undefined;

  constructor({ id, order, store, record, request, backend, info, origin, catalogue }: RunRowParts) {
    // Apart from the record, whose curves may be dropped while other rows still refer to these settings.
    const { marks } = record;
    this.id = id;
    this.order = order;
    this.number = order;
    this.name = signal(`Run ${order}`);
    this.record = record;
    this.backend = backend;
    this.unit = info.unit;
    this.origin = signal(origin);
    this.live = signal(store);
    this.request = computed(() => changed(request, marks.value));
    this.info = computed(() => ({ ...info, request: changed(info.request, marks.value) }));
    this.form = new Form(catalogue, this.request, this.info);
  }

  /** Whether it has taken a step. */
  get isUsed(): boolean {
    return this.record.progress > 0;
  }

  end(ending: Ending): void {
    this.live.value = undefined;
    this.ending = ending;
    this.shown.value = false;
  }
}

/** What the rows that start from this one remember. */
export function asOrigin({ id, name, request, info, form }: Origin): Origin {
  return { id, name, request, info, form };
}

/** How a row differs from the one it came from; undefined for the first. */
export function changesOf({ origin, form }: Row): readonly string[] | undefined {
  return origin.value && differencesOf(origin.value.form, form);
}

type Changeable = Pick<NamedRequest, 'rewards' | 'config'>;

/** A request with the live changes of its run. */
function changed<T extends Changeable>(request: T, marks: readonly Mark[]): T {
  if (marks.length === 0) return request;
  const parts = { rewards: { ...request.rewards }, config: { ...request.config } };
  for (const { kind, key, value } of marks) parts[PART[kind]][key] = value;
  return { ...request, ...parts };
}
