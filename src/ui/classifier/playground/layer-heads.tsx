/** How many hidden layers and neurons there are, and buttons for more and fewer. */
import type { Hideable } from '../state/fit-link.ts';
import { Minus, Plus } from 'lucide-preact';
import type { Lab } from './lab.ts';
import { MOST_LAYERS, MOST_NEURONS } from './settings.ts';

interface LayersProps {
  readonly lab: Lab;
  readonly hides: (name: Hideable) => boolean;
}

/** The head of the network. */
export function Layers({ lab, hides }: LayersProps) {
  const { hidden } = lab.settings.value;
  return (
    <div class="network-head">
      <h2>Features</h2>
      {hides('layers') ? null : (
        <>
          <button
            type="button"
            class="round"
            aria-label="Add a hidden layer"
            disabled={hidden.length >= MOST_LAYERS}
            onClick={() => lab.set({ hidden: [...hidden, 2] })}
          >
            <Plus size={14} aria-hidden />
          </button>
          <button
            type="button"
            class="round"
            aria-label="Remove a hidden layer"
            disabled={hidden.length === 0}
            onClick={() => lab.set({ hidden: hidden.slice(0, -1) })}
          >
            <Minus size={14} aria-hidden />
          </button>
        </>
      )}
      <h2>
        {hidden.length} hidden {hidden.length === 1 ? 'layer' : 'layers'}
      </h2>
    </div>
  );
}

interface LayerHeadProps {
  readonly lab: Lab;
  readonly layer: number;
  readonly count: number;
  readonly x: number;
}

/** Above a column of neurons. */
export function LayerHead({ lab, layer, count, x }: LayerHeadProps) {
  const resize = (units: number): void =>
    lab.set({ hidden: lab.settings.value.hidden.map((old, k) => (k === layer ? units : old)) });
  const name = `layer ${layer + 1}`;
  return (
    <div
      class="layer-head"
      style={{ left: `${x}px` }}
      role="group"
      aria-label={`Neurons of ${name}: ${count}`}
    >
      <button
        type="button"
        class="round"
        aria-label={`Add a neuron to ${name}`}
        disabled={count >= MOST_NEURONS}
        onClick={() => resize(count + 1)}
      >
        <Plus size={12} aria-hidden />
      </button>
      <button
        type="button"
        class="round"
        aria-label={`Remove a neuron from ${name}`}
        disabled={count <= 1}
        onClick={() => resize(count - 1)}
      >
        <Minus size={12} aria-hidden />
      </button>
    </div>
  );
}
