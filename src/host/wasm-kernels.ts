/**
 * Kernels that tfjs 4.22's wasm backend lacks or gets wrong, and training needs: the filter gradient of a convolution, the
 * gradient of max pooling, and the segment sum of a gather's gradient.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Registers the kernels for the wasm backend. To be called once, before it is used. */
export function registerWasmKernels(): void {
  const backendName = 'wasm';
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName, kernelFunc: conv2dFilterGradient });
  tf.unregisterKernel('MaxPoolGrad', backendName);
  tf.registerKernel({ kernelName: 'MaxPoolGrad', backendName, kernelFunc: maxPoolGradient });
  tf.registerKernel({ kernelName: 'UnsortedSegmentSum', backendName, kernelFunc: segmentSum });
}

type Pair = [number, number];

interface ConvAttrs {
  readonly strides: Pair | number;
  readonly pad: 'valid' | 'same' | number;
  readonly filterShape: [number, number, number, number];
}

/** One product: patches of x (im2col) transposed, times dy. NHWC, no dilation. */
function conv2dFilterGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
  const { strides, pad, filterShape } = attrs as unknown as ConvAttrs;
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
  const { outHeight, outWidth, batchSize, inChannels, outChannels, padInfo } = info;
  const { strideHeight, strideWidth } = info;
  const [kernelHeight, kernelWidth] = filterShape;
  return tf.tidy(() => {
    const { top, bottom, left, right } = padInfo;
    const padded =
      top + bottom + left + right === 0
        ? x
        : tf.pad4d(x, [
            [0, 0],
            [top, bottom],
            [left, right],
            [0, 0],
          ]);
    const positions = batchSize * outHeight * outWidth;
    const patches: tf.Tensor2D[] = [];
    for (let row = 0; row < kernelHeight; row++)
      for (let column = 0; column < kernelWidth; column++) {
        const seen = tf.stridedSlice(
          padded,
          [0, row, column, 0],
          [
            batchSize,
            row + (outHeight - 1) * strideHeight + 1,
            column + (outWidth - 1) * strideWidth + 1,
            inChannels,
          ],
          [1, strideHeight, strideWidth, 1],
        );
        patches.push(tf.reshape(seen, [positions, inChannels]));
      }
    const seenByAll = tf.transpose(tf.concat2d(patches, 1));
    return tf.reshape(tf.matMul(seenByAll, tf.reshape(dy, [positions, outChannels])), filterShape);
  });
}

interface PoolAttrs {
  readonly filterSize: Pair | number;
  readonly strides: Pair | number;
  readonly pad: 'valid' | 'same' | number;
}

/** Sends each output's gradient to the first maximum of its window; NHWC. */
function maxPoolGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dy, input } = inputs as unknown as { dy: tf.Tensor4D; input: tf.Tensor4D };
  const { filterSize, strides, pad } = attrs as unknown as PoolAttrs;
  const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad);
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = info;
  const { strideHeight, strideWidth, filterHeight, filterWidth } = info;
  const values = input.dataSync() as Float32Array;
  const upstream = dy.dataSync() as Float32Array;
  const gradient = new Float32Array(values.length);
  for (let at = 0; at < upstream.length; at++) {
    const channel = at % channels;
    const column = Math.floor(at / channels) % outWidth;
    const row = Math.floor(at / (channels * outWidth)) % outHeight;
    const image = Math.floor(at / (channels * outWidth * outHeight));
    const top = row * strideHeight - padInfo.top;
    const left = column * strideWidth - padInfo.left;
    let best = -1;
    for (let y = Math.max(top, 0); y < Math.min(top + filterHeight, inHeight); y++)
      for (let x = Math.max(left, 0); x < Math.min(left + filterWidth, inWidth); x++) {
        const index = ((image * inHeight + y) * inWidth + x) * channels + channel;
        if (best < 0 || values[index] > values[best]) best = index;
      }
    gradient[best] += upstream[at];
  }
  return tf.tensor(gradient, input.shape);
}

/** Row s of the result is the sum of the rows of x whose segment is s; negative segments are left out. */
function segmentSum({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, segmentIds } = inputs as unknown as { x: tf.Tensor; segmentIds: tf.Tensor };
  const { numSegments } = attrs as unknown as { numSegments: number };
  const values = x.dataSync() as Float32Array;
  const segments = segmentIds.dataSync() as Int32Array;
  const width = x.size / segments.length;
  const sums = new Float32Array(numSegments * width);
  segments.forEach((segment, row) => {
    if (segment < 0) return;
    for (let k = 0; k < width; k++) sums[segment * width + k] += values[row * width + k];
  });
  return tf.tensor(sums, [numSegments, ...x.shape.slice(segmentIds.rank)], x.dtype);
}
