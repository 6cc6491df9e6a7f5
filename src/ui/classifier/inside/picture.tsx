/** Pictures of numbers on a canvas, with a text alternative. */
import { useEffect, useRef } from 'preact/hooks';
import { paintMap, paintWall, type Look } from './paint.ts';

interface PictureProps {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly label: string;
  readonly look?: Look;
  /** Of a wall; one picture by default. */
  readonly columns?: number;
  readonly reach?: number;
  readonly class?: string;
}

export function Picture({
  values,
  shape,
  label,
  look = 'grey',
  columns = 1,
  reach,
  class: name = '',
}: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current)
      paintWall(canvas.current, { values, shape, columns, look, ...(reach !== undefined && { reach }) });
  }, [values, shape, columns, look, reach]);
  return <canvas ref={canvas} class={`pixels ${name}`} role="img" aria-label={label} />;
}

/** A map of shares from 0 to 1 with lines of equal height. */
export function HeatMap({ shares, label }: { readonly shares: ArrayLike<number>; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) paintMap(canvas.current, shares, 360);
  }, [shares]);
  return <canvas ref={canvas} class="heat-map" role="img" aria-label={label} />;
}
