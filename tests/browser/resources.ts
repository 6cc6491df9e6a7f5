/** Code that runs in the page or in its workers: counts what they hold, and takes it away from them. */
import type { Route } from 'playwright';

/** Remembers WebGL contexts and counts what is made and deleted; runs in the page before its own code. */
export function countResources(): void {
  type Method = (this: unknown, ...args: unknown[]) => unknown;
  const contexts = new Set<unknown>();
  const counts: Record<string, number> = {};
  const wrap = (target: object, name: string, seen: (result: unknown, args: unknown[]) => void): void => {
    const original = Object.getOwnPropertyDescriptor(target, name)?.value as Method;
    const wrapped: Method = function (...args) {
      const result = original.apply(this, args);
      seen(result, args);
      return result;
    };
    Object.defineProperty(target, name, { value: wrapped, configurable: true, writable: true });
  };
  const count = (what: string, by: number) => () => void (counts[what] = (counts[what] ?? 0) + by);
  // What a context holds goes with it, though nobody deletes it.
  const made: Record<string, Set<unknown>> = {};
  const forget = (): void => Object.values(made).forEach((each) => each.clear());
  wrap(HTMLCanvasElement.prototype, 'getContext', (context, [kind]) => {
    if (!context || !String(kind).startsWith('webgl') || contexts.has(context)) return;
    contexts.add(context);
    (context as WebGL2RenderingContext).canvas.addEventListener('webglcontextlost', forget);
  });
  for (const what of [
    'Buffer',
    'Texture',
    'Program',
    'VertexArray',
    'Framebuffer',
    'Renderbuffer',
    'Shader',
  ]) {
    const own = (made[what] = new Set());
    wrap(WebGL2RenderingContext.prototype, `create${what}`, (object) => void own.add(object));
    wrap(WebGL2RenderingContext.prototype, `delete${what}`, (_, [object]) => void own.delete(object));
  }
  wrap(ResizeObserver.prototype, 'observe', count('ResizeObserver', 1));
  wrap(ResizeObserver.prototype, 'disconnect', count('ResizeObserver', -1));
  Object.assign(globalThis, {
    contexts,
    held: () => ({
      ...counts,
      ...Object.fromEntries(Object.entries(made).map(([what, objects]) => [what, objects.size])),
      contexts: contexts.size,
      canvases: document.querySelectorAll('canvas').length,
    }),
  });
}

/** Takes the graphics context away or gives it back, as a GPU that resets does; runs in the page. */
export function switchContexts(how: 'loseContext' | 'restoreContext'): void {
  type Context = WebGL2RenderingContext & { lose?: WEBGL_lose_context | null };
  const { contexts } = globalThis as unknown as { readonly contexts: Iterable<Context> };
  // A lost context gives no extension any more: the first one is kept with it.
  for (const context of contexts) {
    context.lose ??= context.getExtension('WEBGL_lose_context');
    context.lose?.[how]();
  }
}

/** Answers a request for a script with this code before it. */
export async function precededBy(route: Route, code: string): Promise<void> {
  const response = await route.fetch();
  await route.fulfill({ response, body: `${code};${await response.text()}` });
}

/**
 * Code for a worker or a page, to run before its own: `outside` then takes its graphics devices away and makes its storage fail,
 * `left` times in this way, and counts what it read back from WebGPU.
 */
export const OUTSIDE = `
  const contexts = new Set();
  const devices = new Set();
  const outside = {
    storage: { kind: '', left: 0 },
    reads: 0,
    loseContexts: () => {
      for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
      contexts.clear();
    },
    loseDevices: () => {
      for (const device of devices) device.destroy();
      devices.clear();
    },
  };
  globalThis.outside = outside;
  const { getContext } = OffscreenCanvas.prototype;
  OffscreenCanvas.prototype.getContext = function (...args) {
    const context = getContext.apply(this, args);
    if (context && String(args[0]).startsWith('webgl')) contexts.add(context);
    return context;
  };
  if (globalThis.GPUAdapter) {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await requestDevice.apply(this, args);
      devices.add(device);
      return device;
    };
    const { mapAsync } = GPUBuffer.prototype;
    GPUBuffer.prototype.mapAsync = function (...args) {
      outside.reads++;
      return mapAsync.apply(this, args);
    };
  }
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    const { kind, left } = outside.storage;
    if (left === 0) return put.apply(this, args);
    outside.storage.left--;
    if (kind === 'throws') throw new DOMException('full', 'QuotaExceededError');
    if (kind === 'closes') this.transaction.db.close();
    if (kind === 'drops') return this.count();
    if (kind === 'tears' && args[0] instanceof Uint8Array) args[0] = args[0].slice(0, 10);
    const request = put.apply(this, args);
    if (kind === 'aborts') this.transaction.abort();
    return request;
  };
`;
