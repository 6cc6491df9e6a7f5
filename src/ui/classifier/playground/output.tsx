/** What the network makes of the plane: losses, the large map with the points, and what is shown on it. */
import type { Hideable } from '../state/fit-link.ts';
import { useMemo } from 'preact/hooks';
import { cssOf } from './colours.ts';
import { EDGE, LARGE, mapOf, SMALL } from './grid.ts';
import { HeatMap, PointsMap } from './heat-map.tsx';
import { pathOf } from './history.ts';
import type { Lab, Sight } from './lab.ts';
import { classifies, FEATURE_LABELS } from './settings.ts';
import type { Shown } from './tiles.tsx';

interface OutputProps {
  readonly lab: Lab;
  readonly hides: (name: Hideable) => boolean;
  readonly shown: Shown | undefined;
}

/** Width of the map's canvas of points; style sheets may show it smaller. */
const SIZE = 300;

export function Output({ lab, hides, shown }: OutputProps) {
  const { showTest, discretize } = lab.settings.value;
  const { value: sight } = lab.sight;
  return (
    <section class="output" aria-label="Output">
      <Losses lab={lab} />
      <figure class="plane">
        <div
          class="plane-map"
          role="img"
          aria-label={`${titleOf(shown)} over the plane from −${EDGE} to ${EDGE}`}
        >
          {sight ? <LargeMap sight={sight} shown={shown} discrete={discretize} /> : null}
          {sight ? <DataPoints sight={sight} showTest={showTest} /> : null}
        </div>
        <figcaption>
          <span>{titleOf(shown)}</span>
          <Legend />
        </figcaption>
      </figure>
      <Switch
        label="Show test data"
        on={showTest}
        hidden={hides('showTest')}
        onChange={(showTest) => lab.set({ showTest })}
      />
      <Switch
        label="Discretize output"
        on={discretize}
        hidden={hides('discretize')}
        onChange={(discretize) => lab.set({ discretize })}
      />
    </section>
  );
}

function titleOf(shown: Shown | undefined): string {
  switch (shown?.kind) {
    case undefined:
      return 'Output';
    case 'feature':
      return FEATURE_LABELS[shown.feature];
    case 'neuron':
      return `Neuron ${shown.unit + 1} of layer ${shown.layer + 1}`;
  }
}

interface LargeMapProps {
  readonly sight: Sight;
  readonly shown: Shown | undefined;
  readonly discrete: boolean;
}

function LargeMap({ sight, shown, discrete }: LargeMapProps) {
  if (shown?.kind === 'feature')
    return <HeatMap values={mapOf(shown.feature, LARGE)} side={LARGE} discrete={discrete} />;
  const layer = shown && sight.layers[shown.layer];
  if (!shown || !layer || shown.unit >= layer.units || shown.layer >= sight.layers.length - 1)
    return <HeatMap values={sight.output} side={LARGE} discrete={discrete} />;
  return (
    <HeatMap
      values={sight.neurons[shown.layer]}
      side={SMALL}
      stride={layer.units}
      offset={shown.unit}
      discrete={discrete}
    />
  );
}

function DataPoints({ sight: { scene }, showTest }: { readonly sight: Sight; readonly showTest: boolean }) {
  const sets = useMemo(() => {
    const train = { points: scene.train, ring: '#ffffff' };
    return showTest ? [train, { points: scene.test, ring: '#202020' }] : [train];
  }, [scene, showTest]);
  return <PointsMap sets={sets} size={2 * SIZE} radius={6} classes={classifies(scene.settings)} />;
}

function Losses({ lab }: { readonly lab: Lab }) {
  const { value: sight } = lab.sight;
  const { value: rows } = lab.history;
  const said = (part: 'train' | 'test'): string => {
    if (!sight) return '–';
    const { loss, accuracy } = sight;
    return `${loss[part].toFixed(3)}${accuracy ? ` · ${(100 * accuracy[part]).toFixed(0)} %` : ''}`;
  };
  return (
    <div class="losses">
      <dl>
        <div class="loss-test">
          <dt>Test loss</dt>
          <dd>{said('test')}</dd>
        </div>
        <div class="loss-train">
          <dt>Training loss</dt>
          <dd>{said('train')}</dd>
        </div>
      </dl>
      <svg viewBox="0 0 120 50" preserveAspectRatio="none" role="img" aria-label="Losses over the epochs">
        <path class="line-train" d={pathOf(rows, 'train', 120, 48)} />
        <path class="line-test" d={pathOf(rows, 'test', 120, 48)} />
      </svg>
    </div>
  );
}

/** What the colours mean. */
function Legend() {
  const stops = [-1, 0, 1].map(cssOf).join(', ');
  return (
    <span class="colour-legend">
      −1 <i style={{ background: `linear-gradient(to right, ${stops})` }} /> 1
    </span>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly hidden: boolean;
  readonly onChange: (on: boolean) => void;
}

function Switch({ label, on, hidden, onChange }: SwitchProps) {
  if (hidden) return null;
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />{' '}
      {label}
    </label>
  );
}
