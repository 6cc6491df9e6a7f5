/** The page's side of the thread that writes a GIF. */
import { transfer } from 'comlink';
import { LoneWorker } from '../alone.ts';
import type { WorkerLike } from '../client.ts';
import type { GifApi, GifFrame } from './protocol.ts';

export class GifClient implements Disposable {
  private readonly worker: LoneWorker<GifApi>;

  constructor(worker: WorkerLike) {
    this.worker = new LoneWorker(worker, 'writes the GIF');
  }

  /** Transfers the pixels. */
  add(pixels: Uint8ClampedArray<ArrayBuffer>, frame: GifFrame): Promise<void> {
    return this.worker.call((api) => api.add(transfer(pixels, [pixels.buffer]), frame));
  }

  /** The whole file. */
  end(): Promise<Uint8Array<ArrayBuffer>> {
    return this.worker.call((api) => api.end());
  }

  [Symbol.dispose](): void {
    this.worker[Symbol.dispose]();
  }
}
