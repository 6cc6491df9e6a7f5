/** The weights of the first layer as pictures: what each unit or filter looks for, while it learns. */
import type { Parameter } from '#core/fit.ts';
import { useEffect, useRef } from 'preact/hooks';
import { fill } from './picture.tsx';

/** Units or filters that are shown. */
const SHOWN = 48;
/** Pixels between two pictures. */
const GAP = 1;

interface FirstWeightsProps {
  readonly weights: Parameter;
  /** Of one input. */
  readonly shape: readonly number[];
}

/** The picture of a unit: of the input's size for dense layers, of the filter's for convolutions. */
interface Tiles {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly units: number;
}

function tilesOf({ shape: kernel }: Parameter, shape: readonly number[]): Tiles | undefined {
  if (kernel.length === 4)
    return { height: kernel[0], width: kernel[1], channels: kernel[2], units: kernel[3] };
  const [height, width, channels] = shape;
  if (shape.length !== 3 || kernel.length !== 2 || kernel[0] !== height * width * channels) return undefined;
  return { height, width, channels, units: kernel[1] };
}

export function FirstWeights({ weights, shape }: FirstWeightsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const tiles = tilesOf(weights, shape);
  const shown = Math.min(SHOWN, tiles?.units ?? 0);
  const columns = shown <= 12 ? Math.max(1, Math.ceil(shown / 2)) : 8;
  useEffect(() => {
    if (canvas.current && tiles) paint(canvas.current, weights, tiles, shown, columns);
    // oxlint-disable-next-line react/exhaustive-deps
  }, [weights]);
  if (!tiles) return <p class="dim">The inputs are no pictures, so their weights are none either.</p>;
  const rows = Math.ceil(shown / columns);
  return (
    <figure class="first-weights">
      <canvas
        ref={canvas}
        class="pixels"
        width={columns * (tiles.width + GAP) - GAP}
        height={rows * (tiles.height + GAP) - GAP}
        role="img"
        aria-label={`Weights of ${shown} of ${tiles.units} units of the first layer`}
      />
      <figcaption class="dim">
        {shown < tiles.units ? `${shown} of ${tiles.units}` : shown} units. Blue: more ink there excites the
        unit; orange: inhibits it.
      </figcaption>
    </figure>
  );
}

function paint(
  canvas: HTMLCanvasElement,
  { values }: Parameter,
  { height, width, channels, units }: Tiles,
  shown: number,
  columns: number,
): void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  const unit = new Float32Array(height * width);
  for (let u = 0; u < shown; u++) {
    // The first channel; [place × channel × unit].
    for (let k = 0; k < unit.length; k++) unit[k] = values[k * channels * units + u];
    const [left, top] = [(u % columns) * (width + GAP), Math.floor(u / columns) * (height + GAP)];
    fill(image, left, top, { values: unit, width, height, signed: true });
  }
  context.putImageData(image, 0, 0);
}
