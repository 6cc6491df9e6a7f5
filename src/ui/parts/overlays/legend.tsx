/** The colours of a scale with the numbers at their ends. */
import { STOPS } from '#core/colour-scale.ts';
import type { Range } from '#core/overlay.ts';
import { figure } from '../../state/values.ts';

const GRADIENT = `linear-gradient(to right, ${STOPS.map(
  (colour) => `#${colour.toString(16).padStart(6, '0')}`,
).join(', ')})`;

interface LegendProps {
  readonly name: string;
  readonly range: Range;
  /** Numbers may be below the scale. */
  readonly isOpen?: boolean;
}

export function Legend({ name, range: { low, high }, isOpen = false }: LegendProps) {
  return (
    <p class="overlay-legend">
      <span class="legend-name">{name}</span>
      <span class="legend-end">
        {isOpen ? '≤ ' : ''}
        {figure(low)}
      </span>
      <span class="legend-colours" style={{ background: GRADIENT }} aria-hidden />
      <span class="legend-end">{figure(high)}</span>
    </p>
  );
}
