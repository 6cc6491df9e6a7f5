/** The page's play by hand in the worker: begins and ends it, remembers its world between two sittings, tells what was played. */
import { HumanGame } from '#train/runs/human-play.ts';
import { episodeSteps, recordingLine, type RecordedEpisode } from '#train/recordings/recording.ts';
import type { RunSetup } from '#train/request/resolve.ts';
import type { Scene } from '#train/runs/run.ts';
import { HumanPlayer } from './human-player.ts';
import type { HumanPlayInfo, PlayedEpisode } from './protocol.ts';

interface HumanPlayDeps {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** The world looks different now. */
  show(): void;
  /** An episode has ended or was left while the play goes on. */
  played(episode: PlayedEpisode): void;
}

export class HumanPlay {
  private readonly deps: HumanPlayDeps;
  private current: HumanPlayer | undefined;
  private last: { readonly key: string; readonly play: HumanGame } | undefined;

  constructor(deps: HumanPlayDeps) {
    this.deps = deps;
  }

  /** The person at the keys, if a person plays now. */
  get player(): HumanPlayer | undefined {
    return this.current;
  }

  /**
   * Begins play in a world of its own like that of the run. Under the same rules and seed it is the one of before, with its next
   * episodes: else every sitting would begin alike.
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

  /** Ends it; gives the episode that was under way. */
  end(): PlayedEpisode | undefined {
    const { current } = this;
    this.current = undefined;
    const episode = current?.end();
    return current && episode && describe(current.play, episode);
  }

  /** Ends it, and tells of the episode that was under way as of any other. */
  leave(): void {
    const left = this.end();
    if (left) this.deps.played(left);
  }

  /** What there is to see of it. */
  scene(): Scene | undefined {
    if (!this.current) return undefined;
    const { env } = this.current.play;
    // The picture already is the next episode's first.
    const over = (env.terminated[0] | env.truncated[0]) !== 0;
    const episode = over
      ? { return: 0, length: 0 }
      : { return: env.episodeReturn[0], length: env.episodeLength[0] };
    return { env, episode, inspection: () => ({}) };
  }
}

function describe({ header, env }: HumanGame, episode: RecordedEpisode): PlayedEpisode {
  const { return: total, end } = episode;
  const steps = episodeSteps(episode, env.spec);
  return { header: recordingLine(header), line: recordingLine(episode), steps, return: total, end };
}
