/** Human play in the worker: starts and ends it, keeps its world between sessions, and reports the episodes played. */
import { HumanGame } from '#train/runs/human-play.ts';
import { episodeSteps, recordingLine, type RecordedEpisode } from '#train/recordings/recording.ts';
import type { RunSetup } from '#train/request/resolve.ts';
import type { Scene } from '#train/runs/run.ts';
import { HumanPlayer } from './human-player.ts';
import type { HumanPlayInfo, PlayedEpisode } from './protocol.ts';

interface HumanPlayDeps {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** The picture has changed. */
  show(): void;
  /** An episode has ended or was abandoned while play continues. */
  played(episode: PlayedEpisode): void;
}

export class HumanPlay {
  private readonly deps: HumanPlayDeps;
  private current: HumanPlayer | undefined;
  private last: { readonly key: string; readonly play: HumanGame } | undefined;

  constructor(deps: HumanPlayDeps) {
    this.deps = deps;
  }

  /** The active player, if any. */
  get player(): HumanPlayer | undefined {
    return this.current;
  }

  /**
   * Starts play in a separate world set up like that of the run. With the same rules and seed the previous world is kept, so
   * that new episodes follow instead of the same ones again.
   */
  begin(setup: RunSetup): HumanPlayInfo {
    this.leave();
    let play = new HumanGame(setup, setup.seed);
    const header = recordingLine(play.header);
    const key = `${setup.seed} ${header}`;
    if (this.last?.key === key) ({ play } = this.last);
    this.last = { key, play };
    const { deps } = this;
    this.current = new HumanPlayer(play, {
      now: () => deps.now(),
      sleep: (milliseconds) => deps.sleep(milliseconds),
      show: () => deps.show(),
      keep: (episode) => deps.played(describe(play, episode)),
    });
    deps.show();
    return { header, world: setup.world.id, realTime: play.realTime };
  }

  /** Ends play; returns the episode in progress. */
  end(): PlayedEpisode | undefined {
    const { current } = this;
    this.current = undefined;
    const episode = current?.end();
    return current && episode && describe(current.play, episode);
  }

  /** Ends play and reports the episode in progress like any other. */
  leave(): void {
    const left = this.end();
    if (left) this.deps.played(left);
  }

  /** What there is to show. */
  scene(): Scene | undefined {
    if (!this.current) return undefined;
    const { env } = this.current.play;
    // The picture already shows the start of the next episode.
    const over = (env.terminated[0] | env.truncated[0]) !== 0;
    const episode = over
      ? { return: 0, length: 0 }
      : { return: env.episodeReturn[0], length: env.episodeLength[0] };
    return { env, episode, inspection: () => ({}), overlays: () => [], look: () => ({}) };
  }
}

function describe({ header, env }: HumanGame, episode: RecordedEpisode): PlayedEpisode {
  const { return: total, end } = episode;
  const steps = episodeSteps(episode, env.spec);
  return { header: recordingLine(header), line: recordingLine(episode), steps, return: total, end };
}
