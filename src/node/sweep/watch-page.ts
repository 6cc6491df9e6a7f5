/** The room of sweeps, served to this machine with the folder of a sweep: its plan and its results, to be read and nothing else. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { messageOf, refusal } from '#core/errors.ts';
import { PLAN, RESULTS } from '#train/sweep/result-line.ts';

/** Where the page asks for them. The names are all that can be asked for, so that no path leads anywhere else. */
const FILES: ReadonlyMap<string, string> = new Map([PLAN, RESULTS].map((name) => [`/sweep/${name}`, name]));

export interface WatchPage extends AsyncDisposable {
  /** The address of the room, in which the sweep is open. */
  readonly url: string;
}

/** `built`: where the page is, if it is not where it is usually built. Throws an `InputError` at `--serve` if the page is not built, or the port is taken. */
export async function serveSweep(
  folder: string,
  { port, built: given }: { readonly port: number; readonly built?: string },
): Promise<WatchPage> {
  const { builtPage, serve } = await pageServer();
  const built = given ?? builtPage();
  if (built === undefined)
    throw refusal('--serve', 'the page to have been built (npm run build)', 'no build in dist');
  const plugin = {
    name: 'ludus:sweep',
    configurePreviewServer: ({ middlewares }: { readonly middlewares: Middlewares }): void => {
      middlewares.use((request, response, next) => {
        const path = pathOf(request);
        if (path !== '/sweep' && !path.startsWith('/sweep/')) return next();
        void answer(folder, path, request, response);
      });
    },
  };
  try {
    const site = await serve({ built, port, plugins: [plugin] });
    const room = new URLSearchParams({ room: 'sweeps', served: basename(folder) });
    return {
      url: `${site.url}#${room.toString()}`,
      [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
    };
  } catch (error) {
    throw refusal('--serve', 'a port that is free', `${port} (${messageOf(error)})`);
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
interface Middlewares {
  use(handler: Handler): unknown;
}

async function answer(
  folder: string,
  path: string,
  { method = '', headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = FILES.get(path);
  try {
    if (!isOfThisMachine(headers.host)) return end(response, 403);
    if (name === undefined) return end(response, 404);
    if (method !== 'GET' && method !== 'HEAD') return end(response, 405);
    const file = join(folder, name);
    const { size, mtimeMs } = await stat(file);
    // Time alone would not tell two results of the same second apart.
    const tag = `"${size}-${mtimeMs}"`;
    response.setHeader('Cache-Control', 'no-cache').setHeader('ETag', tag);
    if (headers['if-none-match'] === tag) return end(response, 304);
    response
      .setHeader('Content-Type', 'application/json')
      .setHeader('X-Content-Type-Options', 'nosniff')
      .setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    if (method === 'HEAD') return end(response, 200);
    response.writeHead(200).end(await readFile(file));
  } catch (error) {
    end(response, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 404 : 500);
  }
}

/** Any site can have a name of its own point to this machine, and would be of the same origin. */
function isOfThisMachine(host = ''): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** As it was sent, since nothing but a name is looked for: what is encoded or goes up is no name. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0];
}

/** Vite, which is there where the page can be built. */
async function pageServer() {
  // A user of the package may have Vite, too.
  if (!existsSync(new URL('../../../index.html', import.meta.url)))
    throw refusal('--serve', 'the project itself, with the page', 'the package, which has none');
  return import('../page-server.ts');
}
