/** Finds a GPU, and tells hardware from drivers that compute on the CPU. */

/** The best adapter there is, or undefined. `software` says whether one that computes on the CPU will do. */
export async function findAdapter(software: boolean): Promise<GPUAdapter | undefined> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
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

/** Whether a driver's name is one of those that compute on the CPU. */
export function looksLikeSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(name);
}
