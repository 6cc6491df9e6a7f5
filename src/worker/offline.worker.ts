/**
 * The service worker: keeps what the arena needs to start, so that it starts without a network. The build puts in the list of
 * files (scripts/offline-plugin.ts). The page itself comes from the network where there is one: it names its files by their
 * content, so that whatever it asks for is either the kept file or a newer one.
 *
 * Where the server sends no headers for cross-origin isolation, as of hosts for static files, it adds them: with them the page has
 * shared memory, and steps several threads.
 */

/** Addresses relative to this file, and a digest of them all. Replaced by the build. */
declare const OFFLINE: { readonly files: readonly string[]; readonly digest: string };

/** What of the service worker's own types is needed; TypeScript has them in another library than the page's. */
interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Clients {
  claim(): Promise<void>;
}

const PREFIX = 'ludus-';
const NAME = `${PREFIX}${OFFLINE.digest}`;
/** What may be kept when it is used first, e.g. the classifier's worker; data sets may not. */
const KEPT_WHEN_USED = /\/assets\/[^/]+\.(js|css|wasm)$/;

/** As vite.config.ts sends them. Of the page and of workers, whose scripts an isolated page takes with the second only. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The response with the headers of isolation, if it has none of its own. */
function isolated(response: Response): Response {
  const { ok, body, status, statusText, headers: given } = response;
  const headers = new Headers(given);
  // Redirections and errors cannot be copied, and need not be.
  if (!ok || headers.has('Cross-Origin-Embedder-Policy')) return response;
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(body, { status, statusText, headers });
}

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(OFFLINE.files.map((file) => new Request(file, { cache: 'no-cache' })));
}

/** Deletes what earlier builds kept, once no page of theirs is open. */
async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)),
  );
  await (globalThis as unknown as { readonly clients: Clients }).clients.claim();
}

function pageOf(request: Request): string {
  return /\/rescue(\.html)?$/.test(new URL(request.url).pathname) ? 'rescue.html' : './';
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  if (request.mode === 'navigate')
    return fetch(request).catch(async () => (await cache.match(pageOf(request))) ?? Response.error());
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && KEPT_WHEN_USED.test(new URL(request.url).pathname))
    await cache.put(request, response.clone());
  return response;
}

addEventListener('install', (event) => (event as Extendable).waitUntil(install()));
addEventListener('activate', (event) => (event as Extendable).waitUntil(activate()));
addEventListener('fetch', (event) => {
  const { request } = event as Fetching;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  (event as Fetching).respondWith(answer(request).then(isolated));
});
