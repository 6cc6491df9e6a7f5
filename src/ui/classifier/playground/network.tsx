/** The network as a drawing: features, hidden neurons with what each makes of the plane, and links that show their weights. */
import type { Hideable } from '../state/fit-link.ts';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Lab, Sight } from './lab.ts';
import { LayerHead, Layers } from './layer-heads.tsx';
import { layoutOf } from './layout.ts';
import { Links } from './links.tsx';
import { FEATURES, type Feature } from './settings.ts';
import { Bias, FeatureTile, NeuronTile, type Shown } from './tiles.tsx';
import { ValueCard, type Looked } from './value-card.tsx';
import { valueAt } from './weights.ts';

interface NetworkProps {
  readonly lab: Lab;
  readonly hides: (name: Hideable) => boolean;
  readonly onShow: (shown: Shown | undefined) => void;
}

/** Room for a tile and its links, per column. */
const COLUMN = 62;

export function Network({ lab, hides, onShow }: NetworkProps) {
  const [host, width] = useWidth();
  const [looked, setLooked] = useState<Looked>();
  // A field that is open stays open while the pointer passes over other weights.
  const look = (next: Looked | undefined): void =>
    setLooked((old) => (old?.editing && !next?.editing ? old : next));
  const { value: sight } = lab.sight;
  const { features, hidden } = lab.settings.value;
  const rows = Math.max(FEATURES.length, ...hidden);
  const least = 90 + COLUMN * (hidden.length + 1);
  const layout = layoutOf(Math.max(least, width), [FEATURES.length, ...hidden], rows);
  // A fit that was made before the last edit has other neurons.
  const current = sight && matches(sight, features, hidden) ? sight : undefined;
  return (
    <section class="network" aria-label="Network">
      <Layers lab={lab} hides={hides} />
      <div class="network-scroll" ref={host}>
        <div class="network-drawing" style={{ width: `${layout.width}px`, height: `${layout.height}px` }}>
          <svg width={layout.width} height={layout.height} role="group" aria-label="Weights">
            {current ? <Links sight={current} layout={layout} onLook={look} /> : null}
          </svg>
          {FEATURES.map((feature, row) => (
            <FeatureTile
              key={feature}
              lab={lab}
              feature={feature}
              place={layout.columns[0][row]}
              disabled={hides('features')}
              onShow={onShow}
            />
          ))}
          {hides('layers')
            ? null
            : hidden.map((count, layer) => (
                <LayerHead
                  key={`head ${layer}`}
                  lab={lab}
                  layer={layer}
                  count={count}
                  x={layout.columns[layer + 1][0].x}
                />
              ))}
          {hidden.flatMap((count, layer) =>
            Array.from({ length: count }, (_, unit) => (
              <NeuronTile
                key={`${layer} ${unit}`}
                sight={current}
                layer={layer}
                unit={unit}
                count={count}
                discrete={lab.settings.value.discretize}
                place={layout.columns[layer + 1][unit]}
                onShow={onShow}
                onLook={look}
              />
            )),
          )}
          {current ? (
            <Bias
              sight={current}
              id={{ layer: hidden.length, unit: 0 }}
              label="the output"
              at={layout.output}
              style={{ left: `${layout.output.x - 15}px`, top: `${layout.output.y}px` }}
              onLook={look}
            />
          ) : null}
          {current && looked ? (
            <ValueCard
              looked={looked}
              value={valueAt(current.layers, looked.id)}
              onSet={(value) => void lab.setWeight(looked.id, value)}
              onClose={() => setLooked(undefined)}
            />
          ) : null}
        </div>
      </div>
    </section>
  );
}

function matches({ scene, layers }: Sight, features: readonly Feature[], hidden: readonly number[]): boolean {
  const { settings } = scene;
  return (
    settings.features.join() === features.join() &&
    layers.length === hidden.length + 1 &&
    hidden.every((units, layer) => layers[layer].units === units)
  );
}

/** The width of an element, as it changes. */
function useWidth() {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = host;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [host, width] as const;
}
