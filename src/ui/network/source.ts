/** Where the builder finds the network that it builds: in the run of an agent, or in the fit of a model. */
import type { NetworkEntry, NetworkLook, Outcome } from '#worker/protocol.ts';
import type { RunStore } from '../state/run-store.ts';
import type { DraftLayer } from './layers.ts';

export interface NetworkSource {
  /** Another one for every other learner. */
  readonly id: string;
  readonly learner: 'agent' | 'model';
  /** The network's setting as the form shows it. */
  shown(): unknown;
  edit(value: unknown): void;
  /** Whether it differs from what runs. */
  waits(): boolean;
  /** Starts over with it. */
  start(): void;
  /** Changes with everything that a plan depends on. */
  planKey(): string;
  /** The networks as drafted, or with these layers instead. */
  plan(layers?: readonly DraftLayer[]): Promise<Outcome<readonly NetworkEntry[]>>;
  /** How many layers of its own the learner adds to those of `auto`. */
  added(): number;
  readonly ready: boolean;
  look(): Promise<Outcome<readonly NetworkLook[]>>;
  lookAway(): Promise<void>;
  /** Runs what asks the worker; a worker that died is no error here. */
  attempt(task: () => Promise<unknown>): Promise<void>;
}

export function agentSource(run: RunStore): NetworkSource {
  const { worker, form } = run;
  const isRecurrent = (): boolean => ['gru', 'lstm'].includes(String(form.shown('agent', 'memory')));
  return {
    id: `${run.id} ${run.draft.value.agent}`,
    learner: 'agent',
    shown: () => form.shown('agent', 'network'),
    edit: (value) => run.edit('agent', 'network', value, false),
    waits: () => form.waits('agent', 'network'),
    start: () => void run.reset(),
    planKey() {
      const { demonstrations: _, ...request } = run.draft.value;
      return JSON.stringify(request);
    },
    plan(network) {
      const { value: draft } = run.draft;
      const request = network ? { ...draft, config: { ...draft.config, network } } : draft;
      return worker.ask((api) => api.planNetworks(request));
    },
    added: () => 1 + Number(isRecurrent()),
    get ready() {
      return worker.ready;
    },
    look: () => worker.call((api) => api.lookAtNetworks()),
    lookAway: () => worker.call((api) => api.lookAway()),
    attempt: (task) => worker.attempt(task),
  };
}
