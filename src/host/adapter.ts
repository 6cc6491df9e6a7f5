/** Finds a GPU by WebGPU or WebGL, and tells hardware from software rendering. */

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
function looksLikeSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(name);
}

/** Whether this thread has WebGL 2, in hardware unless `software` is accepted. In a worker that takes an OffscreenCanvas. */
export function hasWebgl(software: boolean): boolean {
  const context =
    typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = names ? String(context.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '';
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return software || !looksLikeSoftware(renderer);
}
