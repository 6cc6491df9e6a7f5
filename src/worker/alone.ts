/** A worker with a task of its own, without a run. */
import { wrap } from 'comlink';
import type { RemoteApi, WorkerLike } from './link.ts';

export class LoneWorker<Api> implements Disposable {
  private readonly worker: WorkerLike;
  private readonly api: RemoteApi<Api>;
  /** Rejects when the thread has stopped, since comlink does not. */
  private readonly death: Promise<never>;

  /** `does`: its task, e.g. `writes the GIF`. */
  constructor(worker: WorkerLike, does: string) {
    this.worker = worker;
    this.api = wrap<Api>(worker) as unknown as RemoteApi<Api>;
    this.death = new Promise<never>((_, reject) =>
      worker.addEventListener('error', () => reject(new Error(`the worker that ${does} has stopped`))),
    );
    this.death.catch(() => undefined);
  }

  call<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    return Promise.race([this.death, command(this.api)]);
  }

  [Symbol.dispose](): void {
    this.worker.terminate();
  }
}
