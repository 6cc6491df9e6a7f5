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

export function maxPool(plan: LayerPlan): LayerForward {
  const { size, stride = size } = plan.layer as Layer & { kind: 'maxPool' };
  const [height, width, channels] = plan.input;
  const [outHeight, outWidth] = plan.output;
  return (_, x, n) => {
    const y = new Float32Array(n * outHeight * outWidth * channels);
    let to = 0;
    for (let image = 0; image < n; image++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++)
          for (let c = 0; c < channels; c++) {
            let best = -Infinity;
            for (let dy = 0; dy < size; dy++)
              for (let dx = 0; dx < size; dx++) {
                const at =
                  ((image * height + row * stride + dy) * width + column * stride + dx) * channels + c;
                if (x[at] > best) best = x[at];
              }
            y[to++] = best;
          }
    return y;
  };
}
