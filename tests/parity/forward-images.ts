/** Convolution and max pooling of the reference forward pass: window by window, NHWC. */
import type { Layer, LayerPlan } from '#agents/nn/spec.ts';
import type { LayerForward } from './forward.ts';

/** Padding `same` puts the odd pixel at the bottom right, as TensorFlow does. `offsets`: kernel and bias in the block. */
export function convolution(plan: LayerPlan, offsets: readonly number[]): LayerForward {
  const { filters, size, stride = 1, padding = 'valid' } = plan.layer as Layer & { kind: 'conv2d' };
  const [height, width, channels] = plan.input;
  const [outHeight, outWidth] = plan.output;
  const before = (out: number, length: number): number =>
    padding === 'same' ? Math.max(0, Math.floor(((out - 1) * stride + size - length) / 2)) : 0;
  const top = before(outHeight, height);
  const left = before(outWidth, width);
  return (w, x, n) => {
    const y = new Float32Array(n * outHeight * outWidth * filters);
    let to = 0;
    for (let image = 0; image < n; image++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++, to += filters) {
          for (let f = 0; f < filters; f++) y[to + f] = w[offsets[1] + f];
          for (let dy = 0; dy < size; dy++) {
            const py = row * stride + dy - top;
            if (py < 0 || py >= height) continue;
            for (let dx = 0; dx < size; dx++) {
              const px = column * stride + dx - left;
              if (px < 0 || px >= width) continue;
              const pixel = ((image * height + py) * width + px) * channels;
              for (let c = 0; c < channels; c++) {
                const from = offsets[0] + ((dy * size + dx) * channels + c) * filters;
                for (let f = 0; f < filters; f++) y[to + f] += x[pixel + c] * w[from + f];
              }
            }
          }
        }
    return y;
  };
}

/** A sequence is an image of height 1, whose windows are of height 1 too. */
export function convolution1d(plan: LayerPlan, offsets: readonly number[]): LayerForward {
  const { filters, size, stride = 1, padding = 'valid' } = plan.layer as Layer & { kind: 'conv1d' };
  const [length, channels = 1] = plan.input;
  const [outLength] = plan.output;
  const before =
    padding === 'same' ? Math.max(0, Math.floor(((outLength - 1) * stride + size - length) / 2)) : 0;
  return (w, x, n) => {
    const y = new Float32Array(n * outLength * filters);
    for (let row = 0; row < n; row++)
      for (let out = 0; out < outLength; out++)
        for (let f = 0; f < filters; f++) {
          let sum = w[offsets[1] + f];
          for (let d = 0; d < size; d++) {
            const at = out * stride + d - before;
            if (at < 0 || at >= length) continue;
            for (let c = 0; c < channels; c++)
              sum += x[(row * length + at) * channels + c] * w[offsets[0] + (d * channels + c) * filters + f];
          }
          y[(row * outLength + out) * filters + f] = sum;
        }
    return y;
  };
}

/** The largest of every window, or their mean. */
export function pool(plan: LayerPlan, of: 'max' | 'mean'): LayerForward {
  const { size, stride = size } = plan.layer as Layer & { kind: 'maxPool' | 'averagePool' };
  const [height, width, channels] = plan.input;
  const [outHeight, outWidth] = plan.output;
  return (_, x, n) => {
    const y = new Float32Array(n * outHeight * outWidth * channels);
    let to = 0;
    for (let image = 0; image < n; image++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++)
          for (let c = 0; c < channels; c++) {
            const window: number[] = [];
            for (let dy = 0; dy < size; dy++)
              for (let dx = 0; dx < size; dx++)
                window.push(
                  x[((image * height + row * stride + dy) * width + column * stride + dx) * channels + c],
                );
            const sum = window.reduce((total, value) => total + value, 0);
            y[to++] = of === 'max' ? Math.max(...window) : sum / window.length;
          }
    return y;
  };
}

export function globalAveragePool({ input: [height, width, channels] }: LayerPlan): LayerForward {
  const cells = height * width;
  return (_, x, n) =>
    Float32Array.from({ length: n * channels }, (__, k) => {
      const first = Math.floor(k / channels) * cells * channels + (k % channels);
      let sum = 0;
      for (let cell = 0; cell < cells; cell++) sum += x[first + cell * channels];
      return sum / cells;
    });
}
