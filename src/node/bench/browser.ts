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

/** Builds the page into a new folder. */
export async function buildPage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ludus-page-'));
  await build({ logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  return folder;
}

/** Serves a build as `npm run preview` would; without one, a new build that goes with the server. */
export async function serve(built?: string): Promise<Site> {
  const folder = built ?? (await buildPage());
  const server: PreviewServer = await preview({
    build: { outDir: folder },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('preview: expected an address, got none');
  return {
    url,
    folder,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      if (built === undefined) rmSync(folder, { recursive: true, force: true });
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
