/** Builds a network layer by layer, and shows it while it learns: of an agent or of a model. */
import './network.css';
import { Plus, RotateCcw, Undo2, X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { NetworkEntry } from '#worker/protocol.ts';
import { omit } from '../state/permalink.ts';
import { plural } from '../state/values.ts';
import { FixedRow, LayerRow } from './layer-row.tsx';
import { layerAt, LAYER_KINDS, type DraftLayer } from './layers.ts';
import type { NetworkSource } from './source.ts';
import { useNetwork, type NetworkBuilder, type Planned } from './use-network.ts';
import { IconButton } from '../parts/icon-button.tsx';

interface BuilderProps {
  readonly source: NetworkSource;
  /** Whose it is, where there are several. */
  readonly badge?: ComponentChildren;
  /** Absent where it stays. */
  readonly onClose?: () => void;
}

export function Builder({ source, badge, onClose }: BuilderProps) {
  const builder = useNetwork(source);
  const [chosen, setChosen] = useState('');
  const { value: planned } = builder.planned;
  const networks = planned?.networks ?? [];
  const network = networks.find(({ name }) => name === chosen) ?? networks.at(0);
  return (
    <section class="network" aria-label="Network">
      <header class="network-head">
        {badge}
        <h2>Network</h2>
        {networks.length > 1 ? (
          <select
            aria-label="Network to show"
            value={network?.name}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          >
            {networks.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        ) : null}
        <Total network={network} planned={planned} />
        <Buttons source={source} builder={builder} network={network} />
        {onClose ? (
          <IconButton label="Close the builder" onClick={onClose}>
            <X size={15} aria-hidden />
          </IconButton>
        ) : null}
      </header>
      <General planned={planned} />
      <Rows source={source} builder={builder} network={network} />
    </section>
  );
}

function Total({
  network,
  planned,
}: {
  readonly network: NetworkEntry | undefined;
  readonly planned: Planned | undefined;
}) {
  if (!planned) return <span class="dim">Planning…</span>;
  if (planned.problems.length > 0 || !network) return null;
  return (
    <span class="dim">
      {network.input.join(' × ')} → {network.output.join(' × ')}, {plural(network.parameters, 'parameter')}
    </span>
  );
}

interface PartsProps {
  readonly source: NetworkSource;
  readonly builder: NetworkBuilder;
  readonly network: NetworkEntry | undefined;
}

function Buttons({ source, builder, network }: PartsProps) {
  const waits = source.waits();
  const { value: planned } = builder.planned;
  const isAuto = builder.layers.value === undefined;
  return (
    <span class="network-buttons">
      {isAuto && network && planned ? (
        <button
          type="button"
          class="icon wide"
          onClick={() => builder.replace(copyOf(network, planned.body))}
        >
          Edit a copy
        </button>
      ) : null}
      {isAuto ? null : (
        <button
          type="button"
          class="icon wide"
          title={`Lets the ${source.learner} choose, by what it ${source.learner === 'agent' ? 'observes' : 'learns from'}`}
          onClick={() => builder.replace('auto')}
        >
          Back to auto
        </button>
      )}
      <IconButton label="Undo" disabled={!builder.canUndo.value} onClick={() => builder.undo()}>
        <Undo2 size={15} aria-hidden />
      </IconButton>
      {waits && planned?.problems.length === 0 ? (
        <button
          type="button"
          class="icon wide main"
          title={`A network takes effect with a new, untrained ${source.learner}`}
          onClick={() => source.start()}
        >
          <RotateCcw size={15} aria-hidden /> Start with it
        </button>
      ) : null}
    </span>
  );
}

/** Problems that belong to no layer. */
function General({ planned }: { readonly planned: Planned | undefined }) {
  const general = planned?.problems.filter(({ field }) => layerAt(field) === undefined) ?? [];
  return general.map(({ field, expected, got }) => (
    <p key={field} class="error" role="alert">
      {field}: expected {expected}, got {got}.
    </p>
  ));
}

function Rows({ source, builder, network }: PartsProps) {
  const { value: layers } = builder.layers;
  const { value: planned } = builder.planned;
  const body = planned?.body ?? 0;
  const isRunning = !source.waits();
  const look = isRunning ? builder.looks.value.find(({ name }) => name === network?.name) : undefined;
  const fixed = (network?.layers ?? []).flatMap((entry, k) =>
    // While a layer is wrong, the output layer of what comes before it says nothing.
    k < body || (planned?.problems.length ?? 0) > 0 ? [] : [{ entry, k }],
  );
  return (
    <>
      <ol class="network-layers" aria-label="Layers">
        {layers
          ? layers.map((layer, k) => (
              <LayerRow
                key={k}
                at={k}
                layer={layer}
                count={layers.length}
                entry={k < body ? network?.layers[k] : undefined}
                look={look?.layers[k]}
                problem={planned?.problems.find(({ field }) => layerAt(field) === k)}
                edit={builder.edit}
              />
            ))
          : network?.layers
              .slice(0, body)
              .map((entry, k) => <FixedRow key={k} entry={entry} look={look?.layers[k]} note="auto" />)}
        {layers ? <AddLayer builder={builder} /> : null}
        {fixed.map(({ entry, k }) => (
          <FixedRow
            key={`fixed ${k}`}
            entry={entry}
            look={look?.layers[k]}
            note={`added by the ${source.learner}`}
          />
        ))}
      </ol>
      {isRunning ? null : (
        <p class="dim">
          Weights and outputs are shown again once the {source.learner} starts with these layers.
        </p>
      )}
    </>
  );
}

function AddLayer({ builder }: { readonly builder: NetworkBuilder }) {
  const [kind, setKind] = useState('dense');
  return (
    <li class="layer layer-add">
      <select
        aria-label="Kind of layer to add"
        value={kind}
        onChange={({ currentTarget }) => setKind(currentTarget.value)}
      >
        {Object.keys(LAYER_KINDS).map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <button type="button" class="icon wide" onClick={() => builder.edit({ kind: 'add', layer: kind })}>
        <Plus size={15} aria-hidden /> Add layer
      </button>
    </li>
  );
}

/** The user's own layers, as `auto` resolves to them; how they start is left to the agent again. */
function copyOf({ layers }: NetworkEntry, body: number): readonly DraftLayer[] {
  return layers
    .slice(0, body)
    .map(({ kind, settings }) => ({ kind, ...omit(omit(settings, 'init'), 'gain') }));
}
