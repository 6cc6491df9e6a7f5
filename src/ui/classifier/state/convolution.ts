/** One number of a convolution's output, taken apart: window × filter, summed, as CNN Explainer shows it. */
import type { Parameter } from '#core/fit.ts';
import type { LayerInfo } from '#worker/classifier/protocol.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly filter: number;
}

/** What one input channel contributes. */
export interface Contribution {
  readonly channel: number;
  /** [size × size] each. */
  readonly window: Float32Array;
  readonly filter: Float32Array;
  readonly sum: number;
}

export interface Convolution {
  readonly size: number;
  /** Of every input channel, those that contribute most first. */
  readonly contributions: readonly Contribution[];
  readonly bias: number;
  /** Σ window × filter + bias. */
  readonly sum: number;
  /** Name of what the sum goes through. */
  readonly activation: string;
}

/** The window's corner in the input, which may lie outside where padding is `same`. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly size: number;
}

/** Where a cell looks. */
function windowOf(layer: LayerInfo, input: readonly number[], { row, column }: Cell): Window {
  const { size, stride, padding } = settingsOf(layer);
  // Half of what is missing lies before the input, the smaller half if it is odd.
  const before = (length: number, windows: number): number =>
    padding === 'same' ? Math.max(0, Math.floor(((windows - 1) * stride + size - length) / 2)) : 0;
  return {
    top: row * stride - before(input[0], layer.shape[0]),
    left: column * stride - before(input[1], layer.shape[1]),
    size,
  };
}

/** Takes a cell apart: `values` [height × width × channels] of the layer's input of that shape. */
export function takeApart(
  layer: LayerInfo,
  input: { readonly shape: readonly number[]; readonly values: ArrayLike<number> },
  { kernel, bias }: { readonly kernel: Parameter; readonly bias: Parameter },
  cell: Cell,
): Convolution {
  const { size, activation } = settingsOf(layer);
  const [height, width, channels] = input.shape;
  const { top, left } = windowOf(layer, input.shape, cell);
  const filters = kernel.shape[3];
  const contributions: Contribution[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const window = new Float32Array(size * size);
    const filter = new Float32Array(size * size);
    let sum = 0;
    for (let y = 0, at = 0; y < size; y++)
      for (let x = 0; x < size; x++, at++) {
        const [from, over] = [top + y, left + x];
        const isInside = from >= 0 && from < height && over >= 0 && over < width;
        window[at] = isInside ? input.values[(from * width + over) * channels + channel] : 0;
        filter[at] = kernel.values[(at * channels + channel) * filters + cell.filter];
        sum += window[at] * filter[at];
      }
    contributions.push({ channel, window, filter, sum });
  }
  const offset = bias.values[cell.filter];
  const sum = contributions.reduce((total, { sum }) => total + sum, offset);
  return {
    size,
    contributions: contributions.sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum)),
    bias: offset,
    sum,
    activation,
  };
}

function settingsOf({ settings }: LayerInfo) {
  const { size, stride, padding, activation } = settings;
  return {
    size: Number(size),
    stride: typeof stride === 'number' ? stride : 1,
    padding: padding === 'same' ? 'same' : 'valid',
    activation: typeof activation === 'string' ? activation : 'linear',
  } as const;
}
