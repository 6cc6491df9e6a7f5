/** Which points there are: the data sets as thumbnails, their noise and split, and other points of the same kind. */
import type { Hideable } from '../state/fit-link.ts';
import { RefreshCw } from 'lucide-preact';
import { useId, useMemo } from 'preact/hooks';
import { problemAt } from '../../state/values.ts';
import { pointsOf } from './grid.ts';
import { PointsMap } from './heat-map.tsx';
import type { Lab } from './lab.ts';
import { classifies, DATA, DEFAULTS, type DataId } from './settings.ts';
import { Expected } from '../../parts/expected.tsx';
import { TextInput } from '../../parts/field.tsx';

interface DataPanelProps {
  readonly lab: Lab;
  readonly hides: (name: Hideable) => boolean;
}

const TITLES: Readonly<Record<DataId, string>> = {
  circle: 'Circle',
  xor: 'Exclusive or',
  gauss: 'Gaussians',
  spiral: 'Spiral',
  formula: 'y > f(x)',
  plane: 'Plane',
  'gauss-regression': 'Bumps',
};

export function DataPanel({ lab, hides }: DataPanelProps) {
  const { noise, train, batch, points } = lab.settings.value;
  return (
    <section class="data-panel" aria-label="Data">
      <h2>Data</h2>
      {hides('data') ? null : (
        <div class="thumbnails" role="group" aria-label="Data set">
          {DATA.map((data) => (
            <Thumbnail key={data} lab={lab} data={data} />
          ))}
        </div>
      )}
      {lab.settings.value.data === 'formula' && !hides('formula') ? <Formula lab={lab} /> : null}
      <Slider
        label="Training share"
        unit=" %"
        value={train}
        range={[10, 90, 10]}
        hidden={hides('train')}
        onChange={(train) => lab.set({ train })}
      />
      <Slider
        label="Noise"
        unit=" %"
        value={noise}
        range={[0, 50, 5]}
        hidden={hides('noise')}
        onChange={(noise) => lab.set({ noise })}
      />
      <Slider
        label="Batch size"
        unit=""
        value={batch}
        range={[1, 30, 1]}
        hidden={hides('batch')}
        onChange={(batch) => lab.set({ batch })}
      />
      {hides('regenerate') ? null : (
        <button type="button" class="icon wide" onClick={() => lab.set({ points: (points + 1) % 2 ** 32 })}>
          <RefreshCw size={14} aria-hidden /> Other points
        </button>
      )}
    </section>
  );
}

/** Points of a set without noise, half of which are enough to recognise it. */
function Thumbnail({ lab, data }: { readonly lab: Lab; readonly data: DataId }) {
  const sets = useMemo(() => [{ points: pointsOf({ ...DEFAULTS, data }).train, ring: '' }], [data]);
  return (
    <button
      type="button"
      class="thumbnail"
      aria-label={TITLES[data]}
      aria-pressed={lab.settings.value.data === data}
      title={TITLES[data]}
      onClick={() => lab.set({ data })}
    >
      <PointsMap sets={sets} size={80} radius={2.4} classes={classifies({ data })} />
    </button>
  );
}

function Formula({ lab }: { readonly lab: Lab }) {
  const id = useId();
  const problem = problemAt(lab.fit.problems.value, 'data.formula');
  return (
    <div class="formula">
      <label for={id}>y &gt;</label>
      <TextInput
        id={id}
        aria-invalid={problem !== undefined}
        value={lab.settings.value.formula}
        onChange={(formula) => lab.set({ formula })}
      />
      <Expected problem={problem} />
    </div>
  );
}

interface SliderProps {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly range: readonly [least: number, most: number, step: number];
  readonly hidden: boolean;
  readonly onChange: (value: number) => void;
}

function Slider({ label, unit, value, range: [min, max, step], hidden, onChange }: SliderProps) {
  const id = useId();
  if (hidden) return null;
  return (
    <div class="slider-row">
      <label for={id}>
        {label}{' '}
        <b>
          {value}
          {unit}
        </b>
      </label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </div>
  );
}
