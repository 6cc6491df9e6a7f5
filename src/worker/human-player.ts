/** A human player in the worker: keys go down and up, and the world steps in real time on its own clock. */
import type { HumanGame } from '#train/runs/human-play.ts';
import type { RecordedEpisode } from '#train/recordings/recording.ts';
import { Pace } from './pace.ts';

/** Milliseconds until a pressed key counts as held, in a world that waits for keys. */
const REPEAT_DELAY = 250;

interface HumanPlayerDeps {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** The picture has changed. */
  show(): void;
  /** An episode has ended or was abandoned. */
  keep(episode: RecordedEpisode): void;
}

export class HumanPlayer {
  readonly play: HumanGame;
  private readonly deps: HumanPlayerDeps;
  private readonly pace = new Pace();
  /** Actions of the pressed keys, the latest last. */
  private down: number[] = [];
  /** Pressed since the last step: a short press counts even if the key is up again. */
  private tapped: number | undefined;
  /** A real-time world waits for the first key, so that the player does not lose before looking. */
  private waiting = true;
  /** Incremented to end repeated steps: by a released key and, where the world waits for keys, by each press and episode end. */
  private round = 0;
  private over = false;

  constructor(play: HumanGame, deps: HumanPlayerDeps) {
    this.play = play;
    this.deps = deps;
  }

  /** A key went down or up, given by its action in `spec.keys`. */
  press(action: number, down: boolean): void {
    const at = this.down.lastIndexOf(action);
    if (!down && at >= 0) this.down.splice(at, 1);
    if (!down) return;
    this.down.push(action);
    if (!this.play.realTime) {
      this.step([action]);
      void this.repeat(action, ++this.round);
      return;
    }
    this.tapped = action;
    if (!this.waiting) return;
    this.waiting = false;
    this.pace.restart();
    void this.goOn(++this.round);
  }

  /** Releases all keys; a real-time world waits for the next one. */
  releaseKeys(): void {
    this.down = [];
    this.tapped = undefined;
    this.round++;
    this.waiting = true;
  }

  /** Abandons the episode and starts another. */
  again(): void {
    if (!this.play.realTime) this.round++;
    const left = this.play.leave();
    if (left) this.deps.keep(left);
    this.deps.show();
  }

  /** Ends play; returns the episode as far as it got. The world can be played again. */
  end(): RecordedEpisode | undefined {
    this.over = true;
    return this.play.leave();
  }

  private async goOn(round: number): Promise<void> {
    const { deps, pace, play } = this;
    while (round === this.round && !this.over) {
      for (let due = pace.due(deps.now(), play.rate); due >= 1; due--) {
        this.step(this.pressed());
        this.tapped = undefined;
        pace.spend(1);
      }
      await deps.sleep(pace.wait(play.rate));
    }
  }

  private pressed(): readonly number[] {
    const { down, tapped } = this;
    return tapped === undefined || down.includes(tapped) ? down : [...down, tapped];
  }

  private async repeat(action: number, round: number): Promise<void> {
    const held = (): boolean => round === this.round && !this.over && this.down.includes(action);
    await this.deps.sleep(REPEAT_DELAY);
    while (held()) {
      this.step([action]);
      await this.deps.sleep(1000 / this.play.rate);
    }
  }

  private step(pressed: readonly number[]): void {
    const ended = this.play.step(pressed);
    // A key still held from the last step is not meant for the new episode.
    if (ended && !this.play.realTime) this.round++;
    if (ended) this.deps.keep(ended);
    this.deps.show();
  }
}
