/** How a layer looks while it learns: its weights, what it makes of the input shown, and its dead units. */
import type { Histogram, LayerLook } from '#worker/protocol.ts';
import { Picture } from '../parts/picture.tsx';
import { figure, plural } from '../state/values.ts';

/** Numbers of an output that are shown. */
const MOST = 512;
/** Filters in a row. */
const COLUMNS = 16;

export function LiveLayer({ look: { weights, filters, output, shape, dead } }: { readonly look: LayerLook }) {
  return (
    <div class="layer-live">
      {weights ? <Weights of={weights} /> : null}
      {filters ? (
        <span class="layer-filters" style={{ '--cells': COLUMNS * (filters.size + 1) }}>
          <Picture
            values={filters.values}
            shape={[filters.size, filters.size, 1]}
            columns={COLUMNS}
            look="weights"
            label="Filters, the mean over the channels"
          />
        </span>
      ) : null}
      {output ? <Output values={output} shape={shape} /> : null}
      {dead && dead.units > 0 ? (
        <span class="layer-dead" title="0 at the last 200 inputs or more that were looked at">
          {dead.units} of {plural(dead.of, 'unit')} dead
        </span>
      ) : null}
    </div>
  );
}

function Weights({ of: { low, high, counts } }: { readonly of: Histogram }) {
  const most = Math.max(...counts);
  const range = `${figure(low)} to ${figure(high)}`;
  return (
    <svg
      class="layer-weights"
      role="img"
      aria-label={`Weights from ${range}`}
      viewBox={`0 0 ${counts.length} 10`}
      preserveAspectRatio="none"
    >
      <title>Weights from {range}</title>
      {Array.from(counts, (number, bin) => {
        const height = (10 * number) / most;
        return <rect key={bin} x={bin + 0.1} y={10 - height} width={0.8} height={height} />;
      })}
    </svg>
  );
}

/** A strip of units, or a row per position of all filters. */
function Output({ values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] }) {
  const isMap = shape.length === 3;
  const channels = shape[shape.length - 1];
  const shown = isMap ? mean(values, channels) : values.subarray(0, MOST);
  const columns = Math.min(shown.length, 64);
  const padded = new Float32Array(columns * Math.ceil(shown.length / columns));
  padded.set(shown);
  let most = 0;
  for (const value of shown) most = Math.max(most, Math.abs(value));
  return (
    <span class="layer-output" style={{ '--cells': columns }}>
      <Picture
        values={padded}
        shape={[padded.length / columns, columns, 1]}
        look="signed"
        reach={most}
        label={isMap ? 'Outputs, the mean of each filter' : 'Outputs'}
      />
    </span>
  );
}

/** [filters] The mean of every filter over its map. */
function mean(values: Float32Array, channels: number): Float32Array {
  const sums = new Float32Array(channels);
  values.forEach((value, k) => (sums[k % channels] += (value * channels) / values.length));
  return sums;
}
