/**
 * A worker as the page holds it. comlink never rejects when a worker dies, so this does: it watches for errors and for workers
 * that have stopped, and rejects outstanding calls.
 */
import { releaseProxy, transfer, wrap, type Endpoint, type Remote } from 'comlink';
import { messageOf } from '#core/errors.ts';
import type { PageMessage, RunEvent, TrainerEvent } from './protocol.ts';
import { Watchdog, type WatchdogTiming } from './watchdog.ts';

/** What the client needs of a worker; in tests, a port with a `terminate`. */
export type WorkerLike = Endpoint & Pick<EventTarget, 'addEventListener'> & { terminate(): void };

/** A worker's commands as the page calls them, in groups too, because comlink's `Remote` distributes over unions. */
export type RemoteApi<Api> = {
  readonly [K in keyof Api]: Api[K] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : RemoteApi<Api[K]>;
};

/** Rejects outstanding calls when the worker dies. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** What every worker's commands begin with. */
interface Connected {
  connect(events: MessagePort): void;
}

export interface LinkListener {
  onEvent(event: RunEvent): void;
  /** The worker crashed, did not start or has stopped; every further call rejects. */
  onDeath(message: string): void;
}

/** A worker, its two channels and its end. */
export class Link<Api> {
  private readonly events: MessagePort;
  readonly watchdog: Watchdog;
  private ended: WorkerDied | undefined;
  private readonly worker: WorkerLike | undefined;
  private readonly api: RemoteApi<Api> | undefined;
  private readonly proxy: Remote<Connected> | undefined;
  private readonly listening = new AbortController();
  private readonly listener: LinkListener;
  /** Rejects the outstanding calls. */
  private readonly waiting = new Set<(error: WorkerDied) => void>();

  constructor(spawn: () => WorkerLike, timing: WatchdogTiming, listener: LinkListener) {
    this.listener = listener;
    this.watchdog = new Watchdog(timing);
    const { port1, port2 } = new MessageChannel();
    this.events = port1;
    port1.onmessage = ({ data }: MessageEvent<TrainerEvent>) => {
      // A port that was closed may still deliver what it had received.
      if (this.ended) return;
      if (data.kind === 'pulse') return this.watchdog.hear(data.vital);
      this.watchdog.hearAnything();
      if (data.kind === 'batch') this.send({ kind: 'taken' });
      listener.onEvent(data);
    };
    try {
      this.worker = spawn();
    } catch (error) {
      // Told as a worker that cannot be loaded would tell it: when whoever asked for it is ready to hear.
      setTimeout(() => this.die(messageOf(error)));
      return;
    }
    const { signal } = this.listening;
    this.worker.addEventListener(
      'error',
      (event) => {
        const { message } = event as ErrorEvent;
        event.preventDefault();
        this.die(message || 'the worker did not load');
      },
      { signal },
    );
    const unreadable = (): void => this.die('a message from the worker could not be read');
    this.worker.addEventListener('messageerror', unreadable, { signal });
    this.proxy = wrap<Connected>(this.worker);
    this.api = this.proxy as unknown as RemoteApi<Api>;
    this.proxy.connect(transfer(port2, [port2])).catch(nothing);
  }

  get dead(): boolean {
    return this.ended !== undefined;
  }

  send(message: PageMessage, memory: Transferable[] = []): void {
    this.events.postMessage(message, memory);
  }

  /** Ends the worker, which is of no use any more. */
  die(message: string): void {
    if (this.ended) return;
    this.close(new WorkerDied(message));
    this.listener.onDeath(message);
  }

  async call<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    if (this.ended) throw this.ended;
    const { api } = this;
    let giveUp: (error: WorkerDied) => void = nothing;
    const death = new Promise<never>((_, reject) => (giveUp = reject));
    this.waiting.add(giveUp);
    try {
      return await (api ? Promise.race([command(api), death]) : death);
    } finally {
      this.waiting.delete(giveUp);
    }
  }

  /** Ends the worker, if it has not ended; outstanding and further calls reject with the reason. */
  close(reason: WorkerDied): void {
    if (this.ended) return;
    this.ended = reason;
    this.waiting.forEach((giveUp) => giveUp(reason));
    this.events.close();
    // comlink keeps the worker of a proxy until the proxy is gone, and the worker's listeners would keep that: for ever.
    this.listening.abort();
    this.proxy?.[releaseProxy]();
    this.worker?.terminate();
  }
}

function nothing(): void {
  // The error reaches the caller, if there is one.
}
