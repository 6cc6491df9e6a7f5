/**
 * Lets the browser keep the page, so that it starts without a network. Where the server sends no headers for cross-origin isolation
 * the service worker adds them (src/worker/offline.worker.ts), from the next load on: at the first visit the page loads once more by
 * itself, unless somebody has begun to use it, or its runs could not go on.
 */
import { leaving } from './leaving.ts';

/** Milliseconds after the page has loaded: keeping comes after starting. */
const WAIT = 3000;
const RELOADED = 'ludus.reloaded';
/** What somebody does who uses the page. */
const USE = ['pointerdown', 'keydown', 'wheel', 'drop', 'hashchange'] as const;

export function keepOffline(): void {
  // A development server, which replaces modules as they change, has nothing to keep.
  if (import.meta.hot || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const isFirst = !crossOriginIsolated && !serviceWorker.controller;
  if (isFirst) reloadOnce(serviceWorker);
  addEventListener('load', () =>
    setTimeout(
      () => {
        // Where it is not allowed, as in some private windows, the page works with a network only.
        serviceWorker.register('./sw.js').catch(() => undefined);
      },
      isFirst ? 0 : WAIT,
    ),
  );
}

/** Loads the page once more as soon as the service worker answers for it. */
function reloadOnce(serviceWorker: ServiceWorkerContainer): void {
  let isUsed = false;
  for (const kind of USE) addEventListener(kind, () => (isUsed = true), { once: true, capture: true });
  const reload = async (): Promise<void> => {
    const save = await leaving.begun;
    if (isUsed || !(await save())) return;
    // Somebody may have begun meanwhile.
    if (!isUsed && remember()) location.reload();
  };
  serviceWorker.addEventListener('controllerchange', () => void reload(), { once: true });
}

/** Whether this tab has not done so before, and will know it: without that it could go on for ever. */
function remember(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED) !== null) return false;
    sessionStorage.setItem(RELOADED, 'yes');
    return true;
  } catch {
    return false;
  }
}
