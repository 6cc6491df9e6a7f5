/** Starts Chromium for the browser tests and benchmarks. The flags give machines without a GPU WebGL and WebGPU on the CPU. */
import { chromium, type Browser } from 'playwright';
import { findChromium } from './chromium.ts';

const SOFTWARE_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const SOFTWARE_WEBGPU = ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-vulkan=swiftshader'];

/** Starts Chromium; without `webgpu` the pages find no adapter. */
export async function launch(options: { readonly webgpu: boolean }): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', ...SOFTWARE_WEBGL, ...(options.webgpu ? SOFTWARE_WEBGPU : [])],
  });
}
