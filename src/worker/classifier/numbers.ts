/** Checks numbers that the page sends. */
import { refusal, show } from '#core/errors.ts';

/** The value, if it is a whole number within the bounds. */
export function whole(field: string, value: number, least: number, most = Infinity): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const bounds = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  throw refusal(field, `a whole number ${bounds}`, show(value));
}

/** The value, if it is a number within the bounds. */
export function number(field: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw refusal(field, `a number from ${least} to ${most}`, show(value));
}
