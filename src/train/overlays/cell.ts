/** A cell of a picture from its top left corner, in world units. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
