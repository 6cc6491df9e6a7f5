/** The worker of a run of an agent: what it shows of its world, and human play. */
import type { RunInfo, Setup, TrainerApi, PlayedEpisode } from '#worker/protocol.ts';
import type { WorkerLike } from '#worker/client.ts';
import { RunWorker } from './run-worker.ts';
import type { OtherEvent, RunWorkerDeps } from './run-worker-deps.ts';
import { Screen } from './screen.ts';

interface AgentWorkerDeps extends Omit<RunWorkerDeps<Setup, RunInfo>, 'onOther' | 'onTurn'> {
  readonly onPlayed: (episode: PlayedEpisode) => void;
}

export class AgentWorker extends RunWorker<TrainerApi, Setup, RunInfo> {
  readonly screen = new Screen((buffer) => this.giveBack(buffer));

  constructor(spawn: () => WorkerLike, deps: AgentWorkerDeps) {
    super(spawn, {
      ...deps,
      onOther: (event) => this.take(event, deps),
      onTurn: () => this.screen.forget(),
    });
  }

  override [Symbol.dispose](): void {
    this.screen[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  private take(event: OtherEvent, { onPlayed }: AgentWorkerDeps): void {
    switch (event.kind) {
      case 'frame':
        this.screen.take(event);
        break;
      case 'played':
        onPlayed(event.episode);
        break;
      case 'loading':
      case 'analysing':
        // Worlds have no files, and agents are not analysed.
        break;
    }
  }
}
