/** What the network gets: planes as pictures, vectors as bars with their numbers, and what of it its choice hangs on. */
import { useEffect, useRef } from 'preact/hooks';
import type { ObservationSpec } from '#core/env.ts';
import type { RunStore } from '../../state/run-store.ts';
import { figure } from '../../state/values.ts';
import { greyOf, paintPlane, turnedCell } from './paint-plane.ts';

/** Numbers above which a vector is a picture of one row. */
const MOST_BARS = 24;
/** Numbers per line of such a picture. */
const PER_LINE = 20;

interface EyePanelProps {
  readonly run: RunStore;
  readonly salient: boolean;
}

export function EyePanel({ run: { worker }, salient }: EyePanelProps) {
  const { observation, saliency } = worker.screen.look.value;
  const spec = worker.info.value?.spec.observation;
  if (!observation || !spec) return <p class="panel-wait">Looking…</p>;
  const shown = { observation, saliency: salient ? saliency : undefined, spec };
  return (
    <div class="overlay-panel" role="group" aria-label="Agent’s view">
      <p class="panel-title">
        Agent’s view <span>{sizeOf(spec)}</span>
      </p>
      {view(shown)}
      {shown.saliency ? (
        <p class="overlay-legend overlay-mark">The stronger the pink, the more its choice depends on it</p>
      ) : null}
    </div>
  );
}

interface Shown {
  readonly observation: Float32Array;
  readonly saliency: Float32Array | undefined;
  readonly spec: ObservationSpec;
}

function view(shown: Shown) {
  const { observation, spec } = shown;
  switch (spec.kind) {
    case 'discrete':
      return (
        <p class="cell-name">
          State {observation[0]} <span>of {spec.states}</span>
        </p>
      );
    case 'vector':
      return spec.shape[0] <= MOST_BARS ? <Bars {...shown} /> : <Strip {...shown} />;
    case 'planes':
      return <Planes {...shown} shape={spec.shape} />;
  }
}

function namesOf(spec: ObservationSpec): readonly string[] | undefined {
  return spec.kind === 'discrete' ? undefined : spec.names;
}

function sizeOf({ kind, shape }: ObservationSpec): string {
  if (kind === 'discrete') return 'the index of its state';
  return kind === 'vector' ? `${shape[0]} numbers` : shape.join(' × ');
}

function Bars({ observation, saliency, spec }: Shown) {
  const names = namesOf(spec);
  const reach = useReach(observation);
  const most = saliency ? Math.max(...saliency) : 0;
  return (
    <table class="eye-bars">
      <thead>
        <tr>
          <th scope="col">Input</th>
          <td />
          <th scope="col">Value</th>
          {saliency ? (
            <th scope="col" title="|∂ choice / ∂ input|">
              Saliency
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {Array.from(observation, (value, k) => (
          <tr key={k}>
            <th scope="row">{names?.[k] ?? k}</th>
            <td class="eye-bar">
              <i
                style={{
                  left: `${50 + 50 * Math.min(0, value / reach[k])}%`,
                  width: `${50 * Math.abs(value / reach[k])}%`,
                }}
              />
            </td>
            <td>{figure(value)}</td>
            {saliency ? (
              <td class="eye-salient" style={{ '--share': `${most > 0 ? (100 * saliency[k]) / most : 0}%` }}>
                {figure(saliency[k])}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The largest size of every number since the view was opened: a bar is as long as its number is large for that input. */
function useReach(observation: Float32Array): Float32Array {
  const reach = useRef(new Float32Array(observation.length).fill(1e-6));
  observation.forEach((value, k) => (reach.current[k] = Math.max(reach.current[k], Math.abs(value))));
  return reach.current;
}

/** Line by line, as many numbers as there are, brightest for the largest. */
function Strip({ observation, saliency }: Shown) {
  const height = Math.ceil(observation.length / PER_LINE);
  return (
    <Plane
      name="Observation"
      size={[height, PER_LINE]}
      value={(k) => observation[k]}
      salience={saliency && ((k) => saliency[k])}
      count={observation.length}
    />
  );
}

function Planes({
  observation,
  saliency,
  spec,
  shape,
}: Shown & { readonly shape: readonly [number, number, number] }) {
  const [height, width, channels] = shape;
  const names = namesOf(spec);
  const values = spec.kind === 'planes' ? spec.values : undefined;
  const turned = spec.kind === 'planes' && spec.columnsFirst === true;
  const at = (cell: number): number => (turned ? turnedCell(cell, height, width) : cell);
  return (
    <div class="eye-planes" data-few={channels <= 4 || undefined}>
      {Array.from({ length: channels }, (_, channel) => (
        <Plane
          key={channel}
          name={names?.[channel] ?? `Plane ${channel}`}
          meanings={values?.[channel]}
          size={turned ? [width, height] : [height, width]}
          value={(k) => observation[at(k) * channels + channel]}
          salience={saliency && ((k) => saliency[at(k) * channels + channel])}
          count={height * width}
        />
      ))}
    </div>
  );
}

interface PlaneProps {
  readonly name: string;
  /** What its whole numbers stand for. */
  readonly meanings?: readonly string[] | undefined;
  readonly size: readonly [height: number, width: number];
  readonly value: (cell: number) => number;
  readonly salience: ((cell: number) => number) | undefined;
  readonly count: number;
}

function Plane({ name, meanings, size, value, salience, count }: PlaneProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) paintPlane(canvas.current, { size, value, salience, count });
  });
  const values = Array.from({ length: count }, (_, k) => value(k));
  const lit = values.filter((x) => x !== 0).length;
  return (
    <figure class="eye-plane">
      <canvas ref={canvas} role="img" aria-label={`${name}: ${lit} of ${count} not 0`} />
      <figcaption>
        {name}
        {meanings ? <Meanings of={values} meanings={meanings} /> : null}
      </figcaption>
    </figure>
  );
}

/** The names of the numbers that a plane holds now, each beside its grey. */
function Meanings({
  of,
  meanings,
}: {
  readonly of: readonly number[];
  readonly meanings: readonly string[];
}) {
  const named = [...new Set(of)].sort((a, b) => a - b).filter((value) => meanings[value] !== undefined);
  return (
    <ul class="eye-meanings">
      {named.map((value) => (
        <li key={value}>
          <i style={{ background: greyOf(value, of) }} /> {meanings[value]}
        </li>
      ))}
    </ul>
  );
}
