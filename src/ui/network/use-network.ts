/** The network of a learner as the builder sees it: what is drafted, what it plans, and how it looks while it learns. */
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '#core/errors.ts';
import type { NetworkEntry, NetworkLook } from '#worker/protocol.ts';
import { edited, layerAt, layersOf, type DraftLayer, type LayerEdit } from './layers.ts';
import type { NetworkSource } from './source.ts';

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

export function useNetwork(source: NetworkSource): NetworkBuilder {
  const layers = useComputed(() => layersOf(source.shown()));
  const planned = useSignal<Planned | undefined>(undefined);
  const looks = useSignal<readonly NetworkLook[]>([]);
  const past = useSignal<readonly unknown[]>([]);
  const replace = (network: readonly DraftLayer[] | 'auto'): void => {
    past.value = [...past.value, source.shown()];
    source.edit(network);
  };
  usePlan(source, (plan) => (planned.value = plan));
  useLooks(source, (found) => (looks.value = found));
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
      source.edit(before);
    },
  };
}

/** Asks for the plan of the draft whenever that changes; answers to older questions are dropped. */
function usePlan(source: NetworkSource, take: (planned: Planned) => void): void {
  useEffect(() => {
    let gone = false;
    void source.attempt(async () => {
      const planned = await planOf(source);
      if (!gone) take(planned);
    });
    return () => {
      gone = true;
    };
    // oxlint-disable-next-line react/exhaustive-deps
  }, [source.id, source.planKey()]);
}

async function planOf(source: NetworkSource): Promise<Planned> {
  const layers = layersOf(source.shown());
  const outcome = await source.plan();
  if (outcome.ok) {
    const body = layers?.length ?? Math.max(0, outcome.value[0].layers.length - source.added());
    return { networks: outcome.value, body, problems: [] };
  }
  // What comes before the first wrong layer still has shapes.
  const wrong = Math.min(...outcome.problems.map(({ field }) => layerAt(field) ?? Infinity));
  const right = Number.isFinite(wrong) && wrong > 0 && layers ? layers.slice(0, wrong) : undefined;
  const before = right && (await source.plan(right));
  return {
    networks: before?.ok ? before.value : [],
    body: before?.ok ? (right?.length ?? 0) : 0,
    problems: outcome.problems,
  };
}

/** Looks at the running network while it is shown, one look at a time. */
function useLooks(source: NetworkSource, take: (looks: readonly NetworkLook[]) => void): void {
  useEffect(() => {
    let gone = false;
    let asking = false;
    const ask = async (): Promise<void> => {
      if (asking || document.hidden || !source.ready) return;
      asking = true;
      await source.attempt(async () => {
        const outcome = await source.look();
        if (!gone && outcome.ok) take(outcome.value);
      });
      asking = false;
    };
    const timer = setInterval(() => void ask(), GAP);
    void ask();
    return () => {
      gone = true;
      clearInterval(timer);
      if (source.ready) void source.attempt(() => source.lookAway());
    };
    // oxlint-disable-next-line react/exhaustive-deps
  }, [source.id]);
}
