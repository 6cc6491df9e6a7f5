/** A worker that plays what a run has learnt, apart from the run. It is started when it is first asked. */
import { RunClient, type RemoteApi, type WorkerLike } from '#worker/client.ts';
import type { RunInfo, Setup, TrainerApi } from '#worker/protocol.ts';
import type { SideApi } from '#worker/time/protocol.ts';

/** An evaluation may take long: silence is no fault. */
const TIMING = { heartbeat: 60_000, patience: 600_000, checkpoint: Infinity };

export class Theatre implements Disposable {
  private readonly spawn: () => WorkerLike;
  private client: RunClient<TrainerApi, Setup, RunInfo> | undefined;

  constructor(spawn: () => WorkerLike) {
    this.spawn = spawn;
  }

  /** Rejects with `WorkerDied` if the worker dies or is closed before it answers. */
  ask<R>(command: (side: RemoteApi<SideApi>) => Promise<R>): Promise<R> {
    this.client ??= new RunClient(
      this.spawn,
      { onEvent: () => undefined, onDeath: () => undefined, onSilence: () => undefined },
      TIMING,
    );
    return this.client.ask((api) => command(api.side));
  }

  [Symbol.dispose](): void {
    this.client?.[Symbol.dispose]();
    this.client = undefined;
  }
}
