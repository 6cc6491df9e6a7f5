/** Numbers as a picture or a wall of them, with a text alternative. */
import { useEffect, useRef } from 'preact/hooks';
import { paintWall, type Look } from './paint.ts';

interface PictureProps {
  /** [count × height × width × channels] */
  readonly values: ArrayLike<number>;
  /** [height, width, channels]; of other than 1 or 3 channels the first is shown. */
  readonly shape: readonly number[];
  readonly label: string;
  readonly look?: Look;
  /** Of a wall; one picture by default. */
  readonly columns?: number;
  /** What the full colour stands for, if not the largest number of a picture. */
  readonly reach?: number;
}

export function Picture({ values, shape, label, look = 'grey', columns = 1, reach }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current)
      paintWall(canvas.current, { values, shape, columns, look, ...(reach !== undefined && { reach }) });
    // oxlint-disable-next-line react/exhaustive-deps
  }, [values, String(shape), columns, look, reach]);
  return <canvas ref={canvas} class="pixels" role="img" aria-label={label} />;
}
