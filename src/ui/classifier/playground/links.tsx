/** The network's links: width and colour are their weights. An invisible wide line takes pointer and focus. */
import { cssOf } from './colours.ts';
import type { Sight } from './lab.ts';
import { curveOf, widthOf, type Layout, type Place } from './layout.ts';
import { FEATURE_LABELS, FEATURES } from './settings.ts';
import type { Looked } from './value-card.tsx';
import type { WeightId } from './weights.ts';

interface LinksProps {
  readonly sight: Sight;
  readonly layout: Layout;
  readonly onLook: (looked: Looked | undefined) => void;
}

export function Links({ sight, layout, onLook }: LinksProps) {
  const { layers, scene } = sight;
  return (
    <>
      {layers.flatMap(({ inputs, units, weights }, layer) => {
        const last = layer === layers.length - 1;
        return Array.from({ length: inputs * units }, (_, k) => {
          const [input, unit] = [Math.floor(k / units), k % units];
          const row = layer === 0 ? FEATURES.indexOf(scene.settings.features[input]) : input;
          const from = layout.columns[layer][row];
          const to = last ? layout.output : layout.columns[layer + 1][unit];
          const id = { layer, unit, input };
          return (
            <WeightLink
              key={`${layer} ${unit} ${input}`}
              id={id}
              weight={weights[k]}
              path={curveOf(from, to)}
              label={`Weight from ${sourceOf(sight, id)} to ${last ? 'the output' : `neuron ${unit + 1} of layer ${layer + 1}`}`}
              middle={{ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }}
              onLook={onLook}
            />
          );
        });
      })}
    </>
  );
}

interface WeightLinkProps {
  readonly id: WeightId;
  readonly weight: number;
  readonly path: string;
  readonly label: string;
  readonly middle: Place;
  readonly onLook: LinksProps['onLook'];
}

function WeightLink({ id, weight, path, label, middle, onLook }: WeightLinkProps) {
  const look = (editing: boolean, at = middle): void => onLook({ id, ...at, editing });
  return (
    <g
      class="link"
      role="button"
      tabindex={0}
      aria-label={`${label}: ${weight.toFixed(2)}`}
      onPointerMove={({ offsetX: x, offsetY: y, pointerType }) =>
        pointerType === 'mouse' && look(false, { x, y })
      }
      onPointerLeave={() => onLook(undefined)}
      onClick={({ offsetX: x, offsetY: y }) => look(true, { x, y })}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        look(true);
      }}
    >
      <path
        d={path}
        stroke={cssOf(weight < 0 ? -1 : 1)}
        stroke-width={widthOf(weight)}
        stroke-opacity={0.25 + 0.75 * Math.min(1, Math.abs(weight))}
      />
      <path class="link-touch" d={path} />
    </g>
  );
}

function sourceOf({ scene }: Sight, { layer, input = 0 }: WeightId): string {
  if (layer > 0) return `neuron ${input + 1} of layer ${layer}`;
  return FEATURE_LABELS[scene.settings.features[input]];
}
