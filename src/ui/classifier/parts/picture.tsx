/** Numbers as a small picture: grey or colour for examples, two hues around zero for weights and activations. */
import { useEffect, useRef } from 'preact/hooks';

export interface PictureProps {
  /** [height × width × channels]; bytes, or numbers of which the range is shown. */
  readonly values: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
  /** 1 or 3; of other numbers the first is shown. */
  readonly channels?: number;
  /** What a number of full colour is; found in the values if absent. Signed numbers get a hue per sign. */
  readonly signed?: boolean;
  readonly most?: number;
  readonly label: string;
  readonly class?: string;
}

export function Picture(props: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, values, channels, signed, most, label } = props;
  useEffect(() => {
    if (canvas.current) paint(canvas.current, props);
    // oxlint-disable-next-line react/exhaustive-deps
  }, [values, width, height, channels, signed, most]);
  return (
    <canvas
      ref={canvas}
      class={`pixels ${props.class ?? ''}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    />
  );
}

type Pixels = Pick<PictureProps, 'values' | 'width' | 'height' | 'channels' | 'signed' | 'most'>;

/** Paints a picture on a canvas of its size. */
function paint(canvas: HTMLCanvasElement, { values, width, height, ...rest }: Pixels): void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  const image = context.createImageData(width, height);
  fill(image, 0, 0, { values, width, height, ...rest });
  context.putImageData(image, 0, 0);
}

/** Writes a picture into a larger one at a place. */
export function fill(image: ImageData, left: number, top: number, pixels: Pixels): void {
  const { values, width, height, channels = 1, signed = false, most = greatest(values) } = pixels;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = ((top + y) * image.width + left + x) * 4;
      if (signed) tint(image.data, to, values[from] / (most || 1));
      else
        for (let c = 0; c < 3; c++)
          image.data[to + c] = (255 * values[from + (channels >= 3 ? c : 0)]) / (most || 1);
      image.data[to + 3] = 255;
    }
}

/** Blue for positive and orange for negative numbers, black for zero: told apart by the colour-blind as well. */
function tint(data: Uint8ClampedArray, at: number, value: number): void {
  const strength = Math.min(1, Math.abs(value));
  const [red, green, blue] = value > 0 ? [86, 180, 255] : [255, 158, 60];
  data[at] = red * strength;
  data[at + 1] = green * strength;
  data[at + 2] = blue * strength;
}

function greatest(values: ArrayLike<number>): number {
  if (values instanceof Uint8Array) return 255;
  let most = 0;
  for (let k = 0; k < values.length; k++) most = Math.max(most, Math.abs(values[k]));
  return most;
}
