/** Lets the browser keep the page, so that it starts without a network. */

/** Milliseconds after the page has loaded: keeping comes after starting. */
const WAIT = 3000;

export function keepOffline(): void {
  // A development server, which replaces modules as they change, has nothing to keep.
  if (import.meta.hot || !('serviceWorker' in navigator)) return;
  addEventListener('load', () =>
    setTimeout(() => {
      // Where it is not allowed, as in some private windows, the page works with a network only.
      navigator.serviceWorker.register('./sw.js').catch(() => undefined);
    }, WAIT),
  );
}
