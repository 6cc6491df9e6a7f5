/** Starts Chromium for the browser tests and benchmarks. The flags give machines without a GPU WebGL and WebGPU on the CPU. */
import { chromium, type Browser } from 'playwright';
import { findChromium, findShell } from './chromium.ts';

/** WebGL on the CPU. The page around it is drawn without that GPU, which Debian's Chromium would use: it costs three times as much. */
export const FLAGS: readonly string[] = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-rasterization',
];
const WEBGPU = ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-vulkan=swiftshader'];

/** Starts Chromium; without `webgpu` the pages find no adapter. */
export async function launch({ webgpu }: { readonly webgpu: boolean }): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...FLAGS, ...(webgpu ? WEBGPU : [])],
  });
}

/**
 * Starts the headless shell, which has no WebGPU and needs the least time, the more so where the CPU puts the page together: `gpu`
 * is as users have it, where reading a picture back is no task of the page.
 */
export async function launchShell(composing: 'cpu' | 'gpu' = 'cpu'): Promise<Browser> {
  const args = composing === 'cpu' ? [...FLAGS, '--disable-gpu-compositing'] : [...FLAGS];
  return chromium.launch({ executablePath: findShell(), args });
}
