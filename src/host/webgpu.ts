/**
 * tfjs's WebGPU backend on a device of our own: with every limit and feature that the kernels can use, and with its loss
 * noticed, both of which tfjs leaves out.
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

/** The best adapter there is, or undefined. `software` says whether one that computes on the CPU will do. */
export async function findAdapter(software: boolean): Promise<GPUAdapter | undefined> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) return undefined;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter || (!software && isSoftware(adapter))) return undefined;
  return adapter;
}

/** Makes `webgpu` tfjs's backend, on its own device. `lost` is called with the reason when the device goes away. */
export async function startWebgpu(adapter: GPUAdapter, lost: (reason: string) => void): Promise<void> {
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  void device.lost.then(({ reason, message }) => lost(message || reason));
  // The import has registered a backend that would ask for a device of its own; the kernels stay registered.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3);
  await tf.setBackend('webgpu');
  await tf.ready();
}

function isSoftware(adapter: GPUAdapter): boolean {
  const { vendor, architecture, device, description } = adapter.info;
  const fallback = (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  return fallback || looksLikeSoftware(`${vendor} ${architecture} ${device} ${description}`);
}

/** Whether a driver's name is one of those that compute on the CPU. */
export function looksLikeSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(name);
}
