/** How a cell of a convolution is made: window × filter = products, their sum, the bias, the activation. */
import type { Parameter } from '#core/fit.ts';
import { useEffect, useState } from 'preact/hooks';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import { figure } from '../../state/values.ts';
import { takeApart, type Cell } from '../state/convolution.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Reading } from '../state/pad.ts';

interface ConvolutionCellProps {
  readonly fit: FitStore;
  readonly reading: Reading;
  readonly layer: number;
  readonly cell: Cell;
}

/** Weights, and the digit's way through the network under them. */
interface Moment extends Pick<Reading, 'digit' | 'activations'> {
  readonly kernel: Parameter;
  readonly bias: Parameter;
}

export function ConvolutionCell({ fit, reading, layer, cell }: ConvolutionCellProps) {
  const { value: info } = fit.info;
  const moment = useMoment(fit, reading, layer);
  const input = info && moment && inputOf(info, moment, layer);
  if (!info || !moment) return null;
  if (!input) return <p class="dim">Standardised inputs cannot be shown here.</p>;
  const { size, contributions, bias, sum, activation } = takeApart(info.layers[layer], input, moment, cell);
  const [{ channel, window, filter, sum: own }] = contributions;
  const { shape } = info.layers[layer];
  const output = moment.activations[layer][(cell.row * shape[1] + cell.column) * shape[2] + cell.filter];
  const products = window.map((value, k) => value * filter[k]);
  const others = sum - bias - own;
  return (
    <div class="convolution" role="region" aria-label="How this cell is made">
      <p>
        Feature {cell.filter + 1} at row {cell.row}, column {cell.column}
        {contributions.length > 1
          ? `; shown is input channel ${channel + 1}, which contributes most of ${contributions.length}`
          : ''}
      </p>
      <div class="convolution-grids">
        <Grid name="input" values={window} size={size} />
        <span>×</span>
        <Grid name="filter" values={filter} size={size} />
        <span>=</span>
        <Grid name="products" values={products} size={size} />
      </div>
      <p class="convolution-sum">
        Σ {figure(own)}
        {contributions.length > 1 ? ` + other channels ${figure(others)}` : ''} + bias {figure(bias)} ={' '}
        <b>{figure(sum)}</b>
        {activation === 'linear' ? '' : ` → ${activation}`} → output <b>{figure(output)}</b>
      </p>
    </div>
  );
}

function Grid({
  name,
  values,
  size,
}: {
  readonly name: string;
  readonly values: Float32Array;
  readonly size: number;
}) {
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return (
    <figure>
      <div class="number-grid" style={{ '--size': size }}>
        {Array.from(values, (value, k) => (
          <span key={k} class={value < 0 ? 'minus' : 'plus'} style={{ '--share': Math.abs(value) / most }}>
            {value.toFixed(2)}
          </span>
        ))}
      </div>
      <figcaption class="dim">{name}</figcaption>
    </figure>
  );
}

/** What a layer gets: the output of the one before, or the picture; undefined if that is standardised. */
function inputOf({ shape, layers, request }: FitInfo, { digit, activations }: Moment, layer: number) {
  if (layer > 0) return { shape: layers[layer - 1].shape, values: activations[layer - 1] };
  if (request.config['standardise'] === true) return undefined;
  return { shape, values: Float32Array.from(digit, (byte) => byte / 255) };
}

/** Kernel and bias of a layer, and what it gets and gives under these very weights, which may have moved on since the reading. */
function useMoment(fit: FitStore, reading: Reading, layer: number): Moment | undefined {
  const [moment, setMoment] = useState<Moment>();
  useEffect(() => {
    let isLate = false;
    const { digit } = reading;
    void Promise.all([fit.ask((api) => api.activations(digit)), fit.ask((api) => api.tensors())]).then(
      ([activations, all]) => {
        const [kernel, bias] = ['kernel', 'bias'].map((name) =>
          all?.find((tensor) => tensor.name === `${layer}/${name}`),
        );
        if (!isLate && activations && kernel && bias) setMoment({ digit, activations, kernel, bias });
      },
    );
    return () => {
      isLate = true;
    };
  }, [fit, reading, layer]);
  return moment;
}
