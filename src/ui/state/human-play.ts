/** Human play: the game in progress, the pressed keys, and the recordings. */
import { signal, type Signal } from '@preact/signals';
import type { RemoteApi } from '#worker/client.ts';
import type { Amount, HumanPlayInfo, PlayedEpisode, TrainerApi } from '#worker/protocol.ts';

/** A growing recording of play under the same rules. */
export interface PlayedRecording extends Amount {
  readonly header: string;
  readonly world: string;
  /** Lines of the recording after the header, as texts. */
  readonly lines: readonly string[];
}

export class HumanPlays {
  /** The game in progress. */
  readonly game = signal<HumanPlayInfo | undefined>(undefined);
  /** Whether a key was pressed since play started or was interrupted. */
  readonly begun = signal(false);
  /** The last episode since the play began. */
  readonly last = signal<PlayedEpisode | undefined>(undefined);
  /** All recordings of this page, from any run, the newest last. */
  readonly recordings: Signal<readonly PlayedRecording[]>;
  private readonly call: (command: (api: RemoteApi<TrainerApi>) => Promise<unknown>) => void;
  /** The pressed `KeyboardEvent.code`s or buttons, and the action of each. */
  readonly down = signal<ReadonlyMap<string, number>>(new Map());

  /** `call` sends a command to the worker without waiting for the answer. */
  constructor(
    call: (command: (api: RemoteApi<TrainerApi>) => Promise<unknown>) => void,
    recordings: Signal<readonly PlayedRecording[]>,
  ) {
    this.call = call;
    this.recordings = recordings;
  }

  begin(game: HumanPlayInfo): void {
    this.game.value = game;
    this.begun.value = false;
    this.last.value = undefined;
  }

  /** Marks play as over; the worker has been told already. */
  end(): void {
    this.game.value = undefined;
    this.down.value = new Map();
  }

  /** A key goes down; repeats are ignored until it is up. */
  press(key: string, action: number): void {
    if (!this.game.value || this.down.value.has(key)) return;
    this.down.value = new Map(this.down.value).set(key, action);
    this.begun.value = true;
    this.call((api) => api.press(action, true));
  }

  release(key: string): void {
    const action = this.down.value.get(key);
    if (action === undefined) return;
    this.down.value = new Map([...this.down.value].filter(([name]) => name !== key));
    this.call((api) => api.press(action, false));
  }

  /** Releases all keys when the page loses the focus; the world waits. */
  releaseKeys(): void {
    if (!this.game.value) return;
    this.down.value = new Map();
    this.begun.value = false;
    this.call((api) => api.releaseKeys());
  }

  newEpisode(): void {
    if (this.game.value) this.call((api) => api.newEpisode());
  }

  /** Adds an episode to its recording. */
  take(episode: PlayedEpisode): void {
    const { header, line, steps } = episode;
    this.last.value = episode;
    const before = this.recordings.value.find((recording) => recording.header === header);
    const { world } = JSON.parse(header) as { world: string };
    const recording = {
      header,
      world,
      lines: [...(before?.lines ?? []), line],
      episodes: (before?.episodes ?? 0) + 1,
      steps: (before?.steps ?? 0) + steps,
    };
    this.recordings.value = [...this.recordings.value.filter((other) => other !== before), recording];
  }

  /** The newest recording of a world. */
  of(world: string | undefined): PlayedRecording | undefined {
    return this.recordings.value.findLast((recording) => recording.world === world);
  }
}

/** A recording as the text of its file. */
export function recordingText({ header, lines }: PlayedRecording): string {
  return header + lines.join('');
}
