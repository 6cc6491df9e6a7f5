/** Play by hand in the worker: keys go down and up, the world steps at a person's pace, on a clock of its own. */
import type { HumanGame } from '#train/runs/human-play.ts';
import type { RecordedEpisode } from '#train/recordings/recording.ts';
import { Pace } from './pace.ts';

/** Milliseconds for which a key is down before it counts as held, in a world that waits for keys. */
const REPEAT_DELAY = 250;

interface HumanPlayerDeps {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** The world looks different now. */
  show(): void;
  /** An episode has ended or was left. */
  keep(episode: RecordedEpisode): void;
}

export class HumanPlayer {
  readonly play: HumanGame;
  private readonly deps: HumanPlayerDeps;
  private readonly pace = new Pace();
  /** Actions of the keys that are down, the newest last. */
  private down: number[] = [];
  /** Pressed since the last step: a short press counts even if the key is up again by then. */
  private tapped: number | undefined;
  /** A world that goes on by itself waits for the first key, so that nobody loses before they look. */
  private waiting = true;
  /** Counts what ends the steps that come without a press: keys let go, and where the world waits for keys each press and end. */
  private round = 0;
  private over = false;

  constructor(play: HumanGame, deps: HumanPlayerDeps) {
    this.play = play;
    this.deps = deps;
  }

  /** A key went down or up, named by the action that `spec.keys` gives it. */
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

  /** All keys up; a world that goes on by itself waits for the next one. */
  releaseKeys(): void {
    this.down = [];
    this.tapped = undefined;
    this.round++;
    this.waiting = true;
  }

  /** Leaves the episode and begins another. */
  again(): void {
    if (!this.play.realTime) this.round++;
    const left = this.play.leave();
    if (left) this.deps.keep(left);
    this.deps.show();
  }

  /** Ends the play; gives the episode as far as it got. The world stays for another hand. */
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
    // Who still holds the key of the last step has not seen the new episode yet.
    if (ended && !this.play.realTime) this.round++;
    if (ended) this.deps.keep(ended);
    this.deps.show();
  }
}
