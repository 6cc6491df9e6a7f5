/** How much memory the steps of a world may take, and what they took. */

/** What a world may do to memory and still count as allocating nothing. */
export const CALM = {
  /** Bytes per step, on the average: an eighth of the smallest object, for what rarely executed code does uncompiled. */
  allocated: 2,
  /** Bytes left behind by a window of steps whatever its length. */
  stayed: 64 * 1024,
} as const;

/** What the last window of a world did to memory, in the units of `CALM`. */
export interface Memory {
  readonly world: string;
  readonly allocated: number;
  readonly stayed: number;
}
