/** Finds a GPU adapter, and tells hardware from software rendering. */

/** Whether this engine has WebGPU at all. */
export function hasGpuApi(): boolean {
  return gpuApi() !== undefined;
}

function gpuApi(): GPU | undefined {
  return (globalThis.navigator as Navigator | undefined)?.gpu;
}

/** The best adapter, if there is one. `software` also accepts one that runs on the CPU. */
export async function findAdapter(software: boolean): Promise<GPUAdapter | undefined> {
  const gpu = gpuApi();
  if (!gpu) return undefined;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter || (!software && isSoftware(adapter))) return undefined;
  return adapter;
}

function isSoftware(adapter: GPUAdapter): boolean {
  const { vendor, architecture, device, description } = adapter.info;
  const fallback = (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  return fallback || looksLikeSoftware(`${vendor} ${architecture} ${device} ${description}`);
}

/** Whether a driver runs on the CPU, judging by its name. */
export function looksLikeSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(name);
}
