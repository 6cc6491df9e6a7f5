/** The page's side of the thread that writes a GIF. */
import { transfer, wrap } from 'comlink';
import type { WorkerLike } from '../client.ts';
import type { GifApi, GifFrame } from './protocol.ts';

export class GifClient implements Disposable {
  private readonly worker: WorkerLike;
  private readonly api;
  /** Rejects when the thread has stopped, since comlink does not. */
  private readonly death: Promise<never>;

  constructor(worker: WorkerLike) {
    this.worker = worker;
    this.api = wrap<GifApi>(worker);
    this.death = new Promise<never>((_, reject) =>
      worker.addEventListener('error', () => reject(new Error('the worker that writes the GIF has stopped'))),
    );
    this.death.catch(() => undefined);
  }

  /** Transfers the pixels. */
  add(pixels: Uint8ClampedArray<ArrayBuffer>, frame: GifFrame): Promise<void> {
    return Promise.race([this.death, this.api.add(transfer(pixels, [pixels.buffer]), frame)]);
  }

  /** The whole file. */
  end(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.race([this.death, this.api.end()]);
  }

  [Symbol.dispose](): void {
    this.worker.terminate();
  }
}
