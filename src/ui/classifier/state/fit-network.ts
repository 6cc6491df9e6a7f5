/** The network of the room's fit, for the builder. */
import type { NetworkSource } from '../../network/source.ts';
import type { FitStore } from './fit-store.ts';

export function fitNetwork(fit: FitStore): NetworkSource {
  const { worker, form } = fit;
  return {
    // Other data or another model have layers of their own, to which no step back leads.
    id: `${fit.draft.value.model} ${fit.draft.value.data}`,
    learner: 'model',
    shown: () => form.shown('model', 'network'),
    edit: (value) => fit.edit('model', 'network', value),
    waits: () => form.waits('model', 'network'),
    start: () => void fit.reset(),
    // Shapes are known once the data are there.
    planKey: () => JSON.stringify([fit.draft.value, fit.info.value?.run]),
    plan(network) {
      const { value: draft } = fit.draft;
      const request = network ? { ...draft, config: { ...draft.config, network } } : draft;
      return worker.ask((api) => api.planNetworks(request));
    },
    // A flatten before it is as good among the user's layers.
    added: () => 1,
    get ready() {
      return worker.ready;
    },
    look: () => worker.call((api) => api.lookAtNetworks()),
    lookAway: () => worker.call((api) => api.lookAway()),
    attempt: (task) => worker.attempt(task),
  };
}
