/** The outputs of every layer as small pictures; a cell of a filter's output tells how it is made. */
import { useState } from 'preact/hooks';
import type { LayerInfo } from '#worker/classifier/protocol.ts';
import { count } from '../../state/values.ts';
import type { Cell } from '../state/convolution.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Pad } from '../state/pad.ts';
import { ConvolutionCell } from './convolution-cell.tsx';
import { Picture } from '../../parts/picture.tsx';

/** Maps of a layer that are shown, and numbers of a layer without maps. */
const MAPS = 32;
const NUMBERS = 1024;

interface ActivationsProps {
  readonly fit: FitStore;
  readonly pad: Pad;
}

export function Activations({ fit, pad }: ActivationsProps) {
  const { value: reading } = pad.reading;
  const { value: info } = fit.info;
  const [picked, setPicked] = useState<{ readonly layer: number; readonly cell: Cell }>();
  if (!reading || !info) return <p class="dim">Each layer's output appears here while you draw.</p>;
  if (reading.activations.length === 0) return <p class="dim">This model has no layers to look into.</p>;
  const pick = (layer: number) => (cell: Cell) => setPicked({ layer, cell });
  return (
    <ol class="activations" aria-label="Layers">
      {info.layers.map((layer, k) => (
        <li key={`${k} ${layer.kind}`}>
          <h3>
            {k + 1}. {nameOf(layer)} <span class="dim">{layer.shape.join(' × ')}</span>
          </h3>
          <Output
            layer={layer}
            values={reading.activations[k]}
            {...(layer.kind === 'conv2d' && { onCell: pick(k) })}
          />
          {picked?.layer === k && layer.kind === 'conv2d' ? (
            <ConvolutionCell key={info.run} fit={fit} reading={reading} layer={k} cell={picked.cell} />
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function nameOf({ kind, settings }: LayerInfo): string {
  const { size, activation } = settings;
  const wide = typeof size === 'number' ? ` ${size}×${size}` : '';
  return `${kind}${wide}${typeof activation === 'string' && activation !== 'linear' ? `, ${activation}` : ''}`;
}

interface OutputProps {
  readonly layer: LayerInfo;
  readonly values: Float32Array;
  readonly onCell?: (cell: Cell) => void;
}

/** Maps side by side, the states of a sequence as rows, or all numbers as one strip. */
function Output({ layer, values, onCell }: OutputProps) {
  const most = greatest(values);
  if (layer.shape.length !== 3) {
    const shown = Math.min(values.length, NUMBERS);
    const isSequence = layer.shape.length === 2;
    const width = isSequence ? layer.shape[1] : Math.min(shown, shown > 128 ? 64 : 32);
    const height = Math.ceil(shown / width);
    const padded = new Float32Array(width * height);
    padded.set(values.subarray(0, shown));
    const label = `${count(shown)} of ${count(values.length)} numbers`;
    return (
      <div class="strip" style={{ '--cells': width }}>
        <Picture values={padded} shape={[height, width, 1]} look="signed" reach={most} label={label} />
      </div>
    );
  }
  const [height, width, filters] = layer.shape;
  const shown = Math.min(filters, MAPS);
  return (
    <div class="maps">
      {Array.from({ length: shown }, (_, filter) => {
        const map = mapOf(values, height * width, filters, filter);
        const picture = (
          <Picture
            values={map}
            shape={[height, width, 1]}
            look="signed"
            reach={most}
            label={`Feature ${filter + 1}`}
          />
        );
        return onCell ? (
          <CellPicker key={filter} height={height} width={width} filter={filter} onCell={onCell}>
            {picture}
          </CellPicker>
        ) : (
          <div key={filter}>{picture}</div>
        );
      })}
      {filters > shown ? <span class="dim">and {filters - shown} more</span> : null}
    </div>
  );
}

interface CellPickerProps {
  readonly height: number;
  readonly width: number;
  readonly filter: number;
  readonly onCell: (cell: Cell) => void;
  readonly children: preact.ComponentChildren;
}

/** A map whose cells can be pointed at, or walked through with the arrow keys. */
function CellPicker({ height, width, filter, onCell, children }: CellPickerProps) {
  const [at, setAt] = useState({ row: height >> 1, column: width >> 1 });
  const go = (row: number, column: number): void => {
    const next = {
      row: Math.min(height - 1, Math.max(0, row)),
      column: Math.min(width - 1, Math.max(0, column)),
    };
    setAt(next);
    onCell({ ...next, filter });
  };
  return (
    <button
      type="button"
      class="cell-picker"
      aria-label={`Feature ${filter + 1}: how a cell is made`}
      onPointerMove={({ currentTarget, clientX, clientY }) => {
        const { left, top, width: wide, height: high } = currentTarget.getBoundingClientRect();
        go(Math.floor(((clientY - top) / high) * height), Math.floor(((clientX - left) / wide) * width));
      }}
      onClick={() => onCell({ ...at, filter })}
      onFocus={() => onCell({ ...at, filter })}
      onKeyDown={(event) => {
        const by = MOVES[event.code];
        if (!by) return;
        event.preventDefault();
        go(at.row + by[0], at.column + by[1]);
      }}
    >
      {children}
    </button>
  );
}

const MOVES: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** One feature of [places × features]. */
function mapOf(values: Float32Array, places: number, features: number, feature: number): Float32Array {
  const map = new Float32Array(places);
  for (let k = 0; k < places; k++) map[k] = values[k * features + feature];
  return map;
}

function greatest(values: Float32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
