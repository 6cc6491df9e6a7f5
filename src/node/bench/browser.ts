/**
 * Serves the production build and starts Chromium for the browser tests and benchmarks. The flags give machines without a GPU
 * WebGL and WebGPU on the CPU.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { build, preview, type PreviewServer } from 'vite';
import { findChromium } from './chromium.ts';

const SOFTWARE_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const SOFTWARE_WEBGPU = ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-vulkan=swiftshader'];

export interface Site extends AsyncDisposable {
  /** Address of the served build. */
  readonly url: string;
  /** Where the build is. */
  readonly folder: string;
}

/** Builds the page and serves it as `npm run preview` would. */
export async function serve(): Promise<Site> {
  const outDir = mkdtempSync(join(tmpdir(), 'ludus-page-'));
  await build({ logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server: PreviewServer = await preview({ build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('preview: expected an address, got none');
  return {
    url,
    folder: outDir,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

/** Starts Chromium; without `webgpu` the pages find no adapter. */
export async function launch(options: { readonly webgpu: boolean }): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', ...SOFTWARE_WEBGL, ...(options.webgpu ? SOFTWARE_WEBGPU : [])],
  });
}
