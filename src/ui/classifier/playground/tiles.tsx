/** Features and neurons as tiles that show what they make of the plane. */
import { cssOf } from './colours.ts';
import { mapOf, SMALL } from './grid.ts';
import { HeatMap } from './heat-map.tsx';
import type { Lab, Sight } from './lab.ts';
import { TILE, type Place } from './layout.ts';
import { FEATURE_LABELS, FEATURES, type Feature } from './settings.ts';
import type { Looked } from './value-card.tsx';
import { valueAt, type WeightId } from './weights.ts';

/** A feature or neuron whose map is shown large. */
export type Shown =
  | { readonly kind: 'feature'; readonly feature: Feature }
  | { readonly kind: 'neuron'; readonly layer: number; readonly unit: number };

interface FeatureTileProps {
  readonly lab: Lab;
  readonly feature: Feature;
  readonly place: Place;
  readonly disabled: boolean;
  readonly onShow: (shown: Shown | undefined) => void;
}

/** A click adds the feature or removes it. */
export function FeatureTile({ lab, feature, place, disabled, onShow }: FeatureTileProps) {
  const { features } = lab.settings.value;
  const on = features.includes(feature);
  const others = FEATURES.filter((each) => (each === feature ? !on : features.includes(each)));
  return (
    <button
      type="button"
      class="tile tile-feature"
      style={centred(place)}
      aria-label={FEATURE_LABELS[feature]}
      aria-pressed={on}
      disabled={disabled || others.length === 0}
      title={
        others.length === 0 ? 'One feature at least' : `${on ? 'Remove' : 'Add'} ${FEATURE_LABELS[feature]}`
      }
      onClick={() => lab.set({ features: others })}
      onPointerEnter={() => onShow({ kind: 'feature', feature })}
      onPointerLeave={() => onShow(undefined)}
    >
      <HeatMap values={mapOf(feature, SMALL)} side={SMALL} discrete={lab.settings.value.discretize} />
      <span class="tile-label">{FEATURE_LABELS[feature]}</span>
    </button>
  );
}

interface NeuronTileProps {
  readonly sight: Sight | undefined;
  readonly layer: number;
  readonly unit: number;
  readonly count: number;
  readonly discrete: boolean;
  readonly place: Place;
  readonly onShow: (shown: Shown | undefined) => void;
  readonly onLook: (looked: Looked | undefined) => void;
}

/** With the neuron's bias as a small square. */
export function NeuronTile({ sight, layer, unit, count, discrete, place, onShow, onLook }: NeuronTileProps) {
  const name = `neuron ${unit + 1} of layer ${layer + 1}`;
  return (
    <div
      class="tile tile-neuron"
      style={centred(place)}
      role="group"
      aria-label={`Neuron ${unit + 1} of layer ${layer + 1}`}
      onPointerEnter={() => onShow({ kind: 'neuron', layer, unit })}
      onPointerLeave={() => onShow(undefined)}
    >
      {sight ? (
        <HeatMap
          values={sight.neurons[layer]}
          side={SMALL}
          stride={count}
          offset={unit}
          discrete={discrete}
        />
      ) : null}
      {sight ? (
        <Bias
          sight={sight}
          id={{ layer, unit }}
          label={name}
          at={{ x: place.x, y: place.y + TILE / 2 }}
          onLook={onLook}
        />
      ) : null}
    </div>
  );
}

interface BiasProps {
  readonly sight: Sight;
  readonly id: WeightId;
  readonly label: string;
  /** Where its value is shown. */
  readonly at: Place;
  readonly style?: Readonly<Record<string, string>>;
  readonly onLook: (looked: Looked | undefined) => void;
}

/** A square in the colour of a bias. */
export function Bias({ sight, id, label, at, style, onLook }: BiasProps) {
  const bias = valueAt(sight.layers, id);
  const look = (editing: boolean): void => onLook({ id, ...at, editing });
  return (
    <button
      type="button"
      class={style ? 'bias bias-output' : 'bias'}
      style={{ background: cssOf(bias), ...style }}
      aria-label={`Bias of ${label}: ${bias.toFixed(2)}`}
      onPointerEnter={() => look(false)}
      onPointerLeave={() => onLook(undefined)}
      onClick={() => look(true)}
    />
  );
}

function centred({ x, y }: Place) {
  return { left: `${x - TILE / 2}px`, top: `${y - TILE / 2}px` };
}
