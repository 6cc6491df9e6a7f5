/**
 * Viridis (van der Walt & Smith 2015): even steps look even, also without colour vision, and it is readable on dark grounds. Its
 * yellow end is left out, on which the gold of the worlds would not be seen.
 */

/** From 0 to 1 in equal steps. */
export const STOPS = [
  0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b,
] as const;

/** The colour at a share of the scale. */
export function scaleColour(share: number): number {
  const at = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const k = Math.min(STOPS.length - 2, Math.floor(at));
  return mixed(STOPS[k], STOPS[k + 1], at - k);
}

/** Where a number is between the ends of a scale, from 0 to 1; in the middle, if they are the same. */
export function shareOf(
  { low, high }: { readonly low: number; readonly high: number },
  value: number,
): number {
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
}

function mixed(from: number, to: number, share: number): number {
  let colour = 0;
  for (const shift of [16, 8, 0]) {
    const [a, b] = [(from >> shift) & 255, (to >> shift) & 255];
    colour |= Math.round(a + (b - a) * share) << shift;
  }
  return colour;
}
