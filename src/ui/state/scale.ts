/**
 * Converts between slider positions and the values of a number field. Which fields get a log scale, and how far a slider goes,
 * is decided here; a number field accepts what lies beyond the slider's end, up to its maximum.
 */
import type { FieldDescription } from '#core/config.ts';

export type NumberField = Extract<FieldDescription, { kind: 'number' }>;

/** Steps of a slider over its range. */
const NOTCHES = 1000;
/** From this ratio of largest to smallest value on, three decades, a linear scale would stick at one end. */
const WIDE = 999;
/** How far a slider goes beyond its default: further right there is nothing that anyone tries first. */
const BEYOND = 1000;
/** Where the default is 0 and the range endless. */
const FAR = 1e7;
/** How far a log scale goes below its default before it jumps to a minimum of 0. */
const BELOW = 1000;
/** The smallest 1 − x of a scale whose end is 1. */
const NEAR = 1e-4;

interface Scale {
  readonly notches: number;
  readonly toNotch: (value: number) => number;
  readonly toValue: (notch: number) => number;
}

export function scaleOf(field: NumberField): Scale {
  const { min, max, integer } = field;
  const round = (value: number): number => {
    const fine = Number(value.toPrecision(3));
    return Math.min(max, Math.max(min, integer ? Math.round(value >= 1000 ? fine : value) : fine));
  };
  if (field.scale === 'complement') return nearOne(field);
  const smallest = smallestOf(field);
  if (!isLog(field, smallest)) {
    const notches = integer ? Math.min(max - min, NOTCHES) : NOTCHES;
    return {
      notches,
      toNotch: (value) => Math.round(((value - min) / (max - min)) * notches),
      toValue: (notch) => round(min + (notch / notches) * (max - min)),
    };
  }
  const end = endOf(field);
  if (min < 0) return mirrored({ low: -min, high: end, smallest, round });
  const span = Math.log(end / smallest);
  // A minimum below the scale, 0 as a rule, has the first position to itself.
  const first = min < smallest ? 1 : 0;
  return {
    notches: NOTCHES,
    toNotch: (value) => {
      if (value <= min) return 0;
      const share = Math.log(Math.max(value, smallest) / smallest) / span;
      return Math.round(first + Math.min(1, share) * (NOTCHES - first));
    },
    toValue: (notch) =>
      notch < first ? min : round(smallest * Math.exp(((notch - first) / (NOTCHES - first)) * span)),
  };
}

function isLog({ scale, max }: NumberField, smallest: number): boolean {
  return max > smallest && (scale === 'log' || max / smallest > WIDE);
}

/** The size from which on a log scale tells values apart: below is 0, or the minimum. */
function smallestOf({ min, max, integer, scale, default: usual }: NumberField): number {
  if (min > 0) return min;
  if (integer) return 1;
  if (scale === 'log') return usual === 0 ? max * 1e-6 : Math.abs(usual) / BELOW;
  return usual === 0 ? max / 100 : Math.abs(usual) / 10;
}

function endOf({ max, default: usual }: NumberField): number {
  const far = usual > 0 ? Math.max(1, 10 ** Math.ceil(Math.log10(usual * BEYOND))) : FAR;
  // A slider that ends just before the maximum would only puzzle.
  return max >= 10 * far ? far : max;
}

/** A log scale of 1 − x, so that 0.9, 0.99 and 0.999 are equally far apart. */
function nearOne({ min, max }: NumberField): Scale {
  const end = max < 1 ? NOTCHES : NOTCHES - 1;
  const low = Math.log(Math.max(NEAR, 1 - max));
  const high = Math.log(1 - min);
  return {
    notches: NOTCHES,
    toNotch: (value) => {
      if (value >= max) return NOTCHES;
      const share = (high - Math.log(Math.max(NEAR, 1 - value))) / (high - low);
      return Math.max(0, Math.min(end, Math.round(share * end)));
    },
    toValue: (notch) => {
      if (notch <= 0) return min;
      if (notch >= NOTCHES) return max;
      const rest = Math.exp(high - (notch / end) * (high - low));
      return Math.min(max, Math.max(min, Number((1 - Number(rest.toPrecision(2))).toPrecision(6))));
    },
  };
}

interface Mirrored {
  readonly low: number;
  readonly high: number;
  readonly smallest: number;
  readonly round: (value: number) => number;
}

/** A log scale in both directions, with 0 in the middle. */
function mirrored({ low, high, smallest, round }: Mirrored): Scale {
  const middle = NOTCHES / 2;
  const reach = (sign: number): number => (sign < 0 ? low : high);
  return {
    notches: NOTCHES,
    toNotch: (value) => {
      const size = Math.abs(value);
      if (size < smallest) return middle;
      const share = Math.log(size / smallest) / Math.log(reach(value) / smallest);
      return Math.round(middle + Math.sign(value) * Math.min(1, share) * (middle - 1) + Math.sign(value));
    },
    toValue: (notch) => {
      const sign = Math.sign(notch - middle);
      if (sign === 0) return 0;
      const share = (Math.abs(notch - middle) - 1) / (middle - 1);
      return round(sign * smallest * Math.exp(share * Math.log(reach(sign) / smallest)));
    },
  };
}
