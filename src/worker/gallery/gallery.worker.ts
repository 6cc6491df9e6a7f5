/** The thread of the gallery: it plays worlds at random and is ended with the gallery. No agent is loaded. */
import { Previews } from './previews.ts';
import type { GalleryMessage } from './protocol.ts';

const previews = new Previews({
  post: (pictures, transfer) => globalThis.postMessage(pictures, { transfer }),
  now: () => performance.now(),
  later: (callback, milliseconds) => void setTimeout(callback, milliseconds),
});

globalThis.addEventListener('message', ({ data }: MessageEvent<GalleryMessage>) => previews.take(data));
