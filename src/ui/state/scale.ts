/** Converts between slider positions and the values of a number field, on a linear or a log scale. */
import type { FieldDescription } from '#core/config.ts';

export type NumberField = Extract<FieldDescription, { kind: 'number' }>;

/** Steps of a slider over its range. */
const NOTCHES = 1000;

/** Slider positions and values. A log scale that starts at 0 has 0 at its first position. */
export function scaleOf({ min, max, integer, scale }: NumberField): {
  readonly notches: number;
  toNotch(value: number): number;
  toValue(notch: number): number;
} {
  const round = (value: number): number => {
    const fine = Number(value.toPrecision(3));
    return Math.min(max, Math.max(min, integer ? Math.round(value >= 1000 ? fine : value) : fine));
  };
  const floor = min > 0 ? min : integer ? 1 : max * 1e-6;
  if (scale === 'log' && max > floor) {
    const span = Math.log(max / floor);
    return {
      notches: NOTCHES,
      toNotch: (value) =>
        value <= min ? 0 : Math.round((Math.log(Math.max(value, floor) / floor) / span) * NOTCHES),
      toValue: (notch) => (notch === 0 ? min : round(floor * Math.exp((notch / NOTCHES) * span))),
    };
  }
  const notches = integer ? Math.min(max - min, NOTCHES) : NOTCHES;
  return {
    notches,
    toNotch: (value) => Math.round(((value - min) / (max - min)) * notches),
    toValue: (notch) => round(min + (notch / notches) * (max - min)),
  };
}
