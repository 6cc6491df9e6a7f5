/** A map of shares from 0 to 1 with lines of equal height, and a text alternative. */
import { useEffect, useRef } from 'preact/hooks';
import { paintMap } from './paint.ts';

export function MapPicture({
  shares,
  label,
}: {
  readonly shares: ArrayLike<number>;
  readonly label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) paintMap(canvas.current, shares, 360);
  }, [shares]);
  return <canvas ref={canvas} class="heat-map" role="img" aria-label={label} />;
}
