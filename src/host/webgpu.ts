/**
 * tfjs's WebGPU backend on a device of our own, with all limits and features that its kernels can use, and with a callback for
 * its loss; tfjs has neither.
 */
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

const FEATURES = ['timestamp-query', 'shader-f16', 'subgroups', 'bgra8unorm-storage'] as const;

const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
  'maxSampledTexturesPerShaderStage',
  'maxSamplersPerShaderStage',
] as const;

/**
 * Makes `webgpu` tfjs's current backend. Calls `failed` with the reason if the device is lost, or if a command failed: what it was
 * to compute is then missing from everything after it.
 */
export async function startWebgpu(adapter: GPUAdapter, failed: (reason: string) => void): Promise<void> {
  // The import has registered a backend that would request its own device. Kernels stay registered.
  forget();
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  void device.lost.then(({ reason, message }) => failed(`the GPU was lost (${message || reason})`));
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    failed(`${nameOf(event.error)}: ${event.error.message.split('\n')[0]}`);
  });
  // Another start may have come first meanwhile.
  forget();
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3);
  await tf.setBackend('webgpu');
  await tf.ready();
}

/** Ends what there is under this name: the backend of an earlier start, or none. */
function forget(): void {
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
}

function nameOf(error: GPUError): string {
  if (error instanceof GPUOutOfMemoryError) return 'the GPU is out of memory';
  return error instanceof GPUValidationError ? 'the GPU refused a command' : 'the GPU failed';
}
