/** Values over the plane as colours, and points on top of them, drawn on CPU canvases: none waits for a busy GPU. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { cssOf, paint } from './colours.ts';
import { EDGE, type Points } from './grid.ts';

interface HeatMapProps {
  /** [side² × stride], of which the column at `offset` is shown. */
  readonly values: Float32Array;
  readonly side: number;
  readonly stride?: number;
  readonly offset?: number;
  readonly discrete?: boolean;
}

export function HeatMap({ values, side, stride = 1, offset = 0, discrete = false }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (!context) return;
    const image = context.createImageData(side, side);
    paint(new Uint32Array(image.data.buffer), values, { stride, offset, discrete });
    context.putImageData(image, 0, 0);
  }, [values, side, stride, offset, discrete]);
  return <canvas class="heat" ref={canvas} width={side} height={side} aria-hidden />;
}

interface PointsMapProps {
  readonly sets: readonly { readonly points: Points; readonly ring: string }[];
  /** Of the canvas, and of a point, in pixels. */
  readonly size: number;
  readonly radius: number;
  readonly classes: boolean;
}

/** Points in the colour of their class or number, with a ring that tells training from test points. */
export function PointsMap({ sets, size, radius, classes }: PointsMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (!context) return;
    context.clearRect(0, 0, size, size);
    for (const { points, ring } of sets) {
      context.strokeStyle = ring;
      for (let k = 0; k < points.count; k++) {
        const target = points.targets[k];
        context.fillStyle = cssOf(classes ? 2 * target - 1 : target);
        const x = ((points.places[2 * k] + EDGE) / (2 * EDGE)) * size;
        const y = ((EDGE - points.places[2 * k + 1]) / (2 * EDGE)) * size;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
        if (ring !== '') context.stroke();
      }
    }
  }, [sets, size, radius, classes]);
  return <canvas class="points" ref={canvas} width={size} height={size} aria-hidden />;
}
