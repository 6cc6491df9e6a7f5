/** Builds and serves the page: for the browser tests, for benchmarks, and for a sweep that is watched. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview, type Plugin, type PreviewServer } from 'vite';

export interface Site extends AsyncDisposable {
  /** Address of the served build. */
  readonly url: string;
  /** Where the build is. */
  readonly folder: string;
}

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** Where `npm run build` puts the page; undefined if it has not been built. */
export function builtPage(): string | undefined {
  const folder = join(PROJECT, 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
}

/** Builds the page into a new folder. */
export async function buildPage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ludus-page-'));
  await build({ root: PROJECT, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  return folder;
}

interface ServeOptions {
  /** A build; without one, a new build that goes with the server. */
  readonly built?: string;
  /** Any that is free if not given. */
  readonly port?: number;
  /** What it serves besides. */
  readonly plugins?: Plugin[];
}

/** Serves a build as `npm run preview` would, to this machine alone. Rejects if the port is taken. */
export async function serve({ built, port = 0, plugins = [] }: ServeOptions = {}): Promise<Site> {
  const folder = built ?? (await buildPage());
  const server: PreviewServer = await preview({
    root: PROJECT,
    logLevel: 'error',
    plugins,
    build: { outDir: folder },
    preview: { port, strictPort: true, host: '127.0.0.1', cors: false },
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
