/** The network of a run as the builder sees it: what is drafted, what it plans, and how it looks while it learns. */
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '#core/errors.ts';
import type { NamedRequest, NetworkEntry, NetworkLook } from '#worker/protocol.ts';
import type { RunStore } from '../state/run-store.ts';
import { edited, layerAt, layersOf, type DraftLayer, type LayerEdit } from './layers.ts';

/** Milliseconds between two looks. */
const GAP = 300;

export interface Planned {
  /** The networks as far as they can be planned, and how many of their layers are the user's. */
  readonly networks: readonly NetworkEntry[];
  readonly body: number;
  readonly problems: readonly Problem[];
}

export interface NetworkBuilder {
  /** The user's layers; undefined while the network is `auto`. */
  readonly layers: ReadonlySignal<readonly DraftLayer[] | undefined>;
  readonly planned: ReadonlySignal<Planned | undefined>;
  readonly looks: ReadonlySignal<readonly NetworkLook[]>;
  readonly canUndo: ReadonlySignal<boolean>;
  readonly edit: (edit: LayerEdit) => void;
  /** Replaces the whole network; `auto` has the agent choose. */
  readonly replace: (network: readonly DraftLayer[] | 'auto') => void;
  readonly undo: () => void;
}

export function useNetwork(run: RunStore): NetworkBuilder {
  const layers = useComputed(() => layersOf(run.form.shown('agent', 'network')));
  const planned = useSignal<Planned | undefined>(undefined);
  const looks = useSignal<readonly NetworkLook[]>([]);
  const past = useSignal<readonly unknown[]>([]);
  const put = (value: unknown): void => run.edit('agent', 'network', value, false);
  const replace = (network: readonly DraftLayer[] | 'auto'): void => {
    past.value = [...past.value, run.form.shown('agent', 'network')];
    put(network);
  };
  usePlan(run, (plan) => (planned.value = plan));
  useLooks(run, (found) => (looks.value = found));
  return {
    layers,
    planned,
    looks,
    canUndo: useComputed(() => past.value.length > 0),
    edit(edit) {
      const before = layers.peek() ?? [];
      const after = edited(before, edit);
      if (after !== before) replace(after);
    },
    replace,
    undo() {
      const before = past.value.at(-1);
      if (before === undefined) return;
      past.value = past.value.slice(0, -1);
      put(before);
    },
  };
}

/** Asks for the plan of the draft whenever that changes; answers to older questions are dropped. */
function usePlan(run: RunStore, take: (planned: Planned) => void): void {
  const { value: draft } = run.draft;
  const { demonstrations: _, ...request } = draft;
  const key = JSON.stringify(request);
  useEffect(() => {
    let gone = false;
    void run.worker.attempt(async () => {
      const planned = await planOf(run, draft);
      if (!gone) take(planned);
    });
    return () => {
      gone = true;
    };
    // oxlint-disable-next-line react/exhaustive-deps
  }, [run, key]);
}

async function planOf(run: RunStore, draft: NamedRequest): Promise<Planned> {
  const layers = layersOf(run.form.shown('agent', 'network'));
  const plan = (request: NamedRequest) => run.worker.ask((api) => api.planNetworks(request));
  const outcome = await plan(draft);
  if (outcome.ok) {
    const memory = ['gru', 'lstm'].includes(String(run.form.shown('agent', 'memory'))) ? 1 : 0;
    const body = layers?.length ?? outcome.value[0].layers.length - 1 - memory;
    return { networks: outcome.value, body, problems: [] };
  }
  // What comes before the first wrong layer still has shapes.
  const wrong = Math.min(...outcome.problems.map(({ field }) => layerAt(field) ?? Infinity));
  const right = Number.isFinite(wrong) && wrong > 0 && layers ? layers.slice(0, wrong) : undefined;
  const before = right && (await plan({ ...draft, config: { ...draft.config, network: right } }));
  return {
    networks: before?.ok ? before.value : [],
    body: before?.ok ? (right?.length ?? 0) : 0,
    problems: outcome.problems,
  };
}

/** Looks at the running network while it is shown, one look at a time. */
function useLooks(run: RunStore, take: (looks: readonly NetworkLook[]) => void): void {
  useEffect(() => {
    let gone = false;
    let asking = false;
    const ask = async (): Promise<void> => {
      if (asking || document.hidden || !run.worker.ready) return;
      asking = true;
      await run.worker.attempt(async () => {
        const outcome = await run.worker.call((api) => api.lookAtNetworks());
        if (!gone && outcome.ok) take(outcome.value);
      });
      asking = false;
    };
    const timer = setInterval(() => void ask(), GAP);
    void ask();
    return () => {
      gone = true;
      clearInterval(timer);
      if (run.worker.ready) void run.worker.attempt(() => run.worker.call((api) => api.lookAway()));
    };
    // oxlint-disable-next-line react/exhaustive-deps
  }, [run]);
}
