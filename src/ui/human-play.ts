/** Play by hand on the page: whether it is going on, which keys are down, and the recordings of what was played. */
import { signal } from '@preact/signals';
import type { RemoteApi } from '#worker/client.ts';
import type { Amount, HumanPlayInfo, PlayedEpisode } from '#worker/protocol.ts';

/** What was played under the same rules: a recording that grows. */
export interface PlayedRecording extends Amount {
  readonly header: string;
  readonly world: string;
  /** Lines of the recording after the header, as texts. */
  readonly lines: readonly string[];
}

export class HumanPlays {
  /** Play that is going on. */
  readonly game = signal<HumanPlayInfo | undefined>(undefined);
  /** Whether a key was pressed since the play began or rested. */
  readonly begun = signal(false);
  /** The last episode of this sitting. */
  readonly last = signal<PlayedEpisode | undefined>(undefined);
  /** All that was played on this page, the newest last. */
  readonly recordings = signal<readonly PlayedRecording[]>([]);
  private readonly call: (command: (api: RemoteApi) => Promise<unknown>) => void;
  /** `KeyboardEvent.code`s, or names of buttons, that are down, and the action of each. */
  readonly down = signal<ReadonlyMap<string, number>>(new Map());

  /** `call` sends a command to the worker and lets nobody wait for it. */
  constructor(call: (command: (api: RemoteApi) => Promise<unknown>) => void) {
    this.call = call;
  }

  begin(game: HumanPlayInfo): void {
    this.game.value = game;
    this.begun.value = false;
    this.last.value = undefined;
  }

  /** The play is over; whatever ended it has told the worker. */
  end(): void {
    this.game.value = undefined;
    this.down.value = new Map();
  }

  /** A key goes down; it has no second effect until it is up. */
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

  /** The page is no longer looked at: no key is down, and the world waits. */
  releaseKeys(): void {
    if (!this.game.value) return;
    this.down.value = new Map();
    this.begun.value = false;
    this.call((api) => api.releaseKeys());
  }

  newEpisode(): void {
    if (this.game.value) this.call((api) => api.newEpisode());
  }

  /** Keeps an episode. */
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
