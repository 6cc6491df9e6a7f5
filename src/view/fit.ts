/**
 * Where a picture is on the canvas: as large as fits, centred, with bars on two sides. Independent of Pixi, so that
 * clicks and overlays use the same numbers.
 */

/** The extent of a picture on the canvas, in device pixels. */
export interface Placement {
  /** Device pixels per world unit. */
  readonly scale: number;
  /** Left and top edge of the picture. */
  readonly x: number;
  readonly y: number;
}

/** Fits a picture of width × height world units into a canvas of device pixels less a margin, edges on whole pixels. */
export function fit(
  width: number,
  height: number,
  canvasWidth: number,
  canvasHeight: number,
  margin: number,
): Placement {
  const scale = Math.min((canvasWidth - 2 * margin) / width, (canvasHeight - 2 * margin) / height);
  return {
    scale,
    x: Math.floor((canvasWidth - width * scale) / 2),
    y: Math.floor((canvasHeight - height * scale) / 2),
  };
}
