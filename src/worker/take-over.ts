/** The page's play by hand in the worker: begins and ends it, remembers its world between two sittings, tells what was played. */
import { HandPlay } from '#train/runs/human-play.ts';
import { episodeSteps, recordingLine, type RecordedEpisode } from '#train/recordings/recording.ts';
import type { Run } from '#train/request/resolve.ts';
import type { Scene } from './frames.ts';
import { Hand } from './hand.ts';
import type { HandInfo, PlayedEpisode } from './protocol.ts';

interface TakeOverSurroundings {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** The world looks different now. */
  show(): void;
  /** An episode has ended or was left while the play goes on. */
  played(episode: PlayedEpisode): void;
}

export class TakeOver {
  private readonly here: TakeOverSurroundings;
  private current: Hand | undefined;
  private last: { readonly key: string; readonly play: HandPlay } | undefined;

  constructor(here: TakeOverSurroundings) {
    this.here = here;
  }

  /** Who plays by hand now. */
  get hand(): Hand | undefined {
    return this.current;
  }

  /**
   * Begins play in a world of its own like that of the run. Under the same rules and seed it is the one of before, with its next
   * episodes: else every sitting would begin alike.
   */
  begin(run: Run): HandInfo {
    this.leave();
    let play = new HandPlay(run, run.seed);
    const header = recordingLine(play.header);
    const key = `${run.seed} ${header}`;
    if (this.last?.key === key) ({ play } = this.last);
    this.last = { key, play };
    const { here } = this;
    this.current = new Hand(play, {
      now: () => here.now(),
      sleep: (milliseconds) => here.sleep(milliseconds),
      show: () => here.show(),
      keep: (episode) => here.played(describe(play, episode)),
    });
    here.show();
    return { header, world: run.world.id, realTime: play.realTime };
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
    if (left) this.here.played(left);
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
    return { env, episode, thoughts: () => ({}) };
  }
}

function describe({ header, env }: HandPlay, episode: RecordedEpisode): PlayedEpisode {
  const { return: total, end } = episode;
  const steps = episodeSteps(episode, env.spec);
  return { header: recordingLine(header), line: recordingLine(episode), steps, return: total, end };
}
