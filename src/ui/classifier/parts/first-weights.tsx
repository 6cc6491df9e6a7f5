/** The weights of the first layer as pictures: what each unit or filter looks for, while it learns. */
import type { Parameter } from '#core/fit.ts';
import { useMemo } from 'preact/hooks';
import { plural } from '../../state/values.ts';
import { Picture } from '../../parts/picture.tsx';

/** Units or filters that are shown. */
const SHOWN = 48;

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
  const tiles = tilesOf(weights, shape);
  const shown = Math.min(SHOWN, tiles?.units ?? 0);
  const wall = useMemo(
    () => tiles && wallOf(weights, tiles, shown),
    // oxlint-disable-next-line react/exhaustive-deps
    [weights],
  );
  if (!tiles || !wall)
    return <p class="dim">The inputs are no pictures, so their weights are none either.</p>;
  return (
    <figure class="first-weights">
      <Picture
        values={wall}
        shape={[tiles.height, tiles.width, 1]}
        columns={shown <= 12 ? Math.ceil(shown / 2) : 8}
        look="signed"
        label={`Weights of ${shown} of ${plural(tiles.units, 'unit')} of the first layer`}
      />
      <figcaption class="dim">
        {shown < tiles.units ? `${shown} of ` : ''}
        {plural(tiles.units, 'unit')}. Blue: more ink there excites the unit; orange: inhibits it.
      </figcaption>
    </figure>
  );
}

/** The weights of the first channel [units × height × width] out of a kernel [place × channel × unit]. */
function wallOf(
  { values }: Parameter,
  { height, width, channels, units }: Tiles,
  shown: number,
): Float32Array {
  const size = height * width;
  const wall = new Float32Array(shown * size);
  for (let unit = 0; unit < shown; unit++)
    for (let k = 0; k < size; k++) wall[unit * size + k] = values[k * channels * units + unit];
  return wall;
}
