/** Films an episode: one that the agent plays now, in a world beside that of the run, or one of a recording. */
import type { Picture } from '#core/draw-list.ts';
import { refusal } from '#core/errors.ts';
import { picturesOf } from '#train/recordings/pictures.ts';
import {
  parseRecording,
  recordingHeader,
  type RecordedEpisode,
  type Recording,
} from '#train/recordings/recording.ts';
import type { Run } from '#train/runs/run.ts';
import { parseSeed } from '#train/world/setup.ts';

/** The longest film, in steps. */
const MOST_STEPS = 20_000;

export interface FilmRequest {
  /** Of the world in which the agent plays. */
  readonly seed: number | string;
  /** A recording whose only episode is filmed instead, as its text. */
  readonly recording?: string;
  /** Steps after which the film is cut off. */
  readonly most: number;
}

export interface FilmedEpisode {
  /** From the first state to the last. */
  readonly pictures: readonly Picture[];
  /** Pictures per second in real time. */
  readonly fps: number;
  /** As recorded. */
  readonly return: number;
  /** Whether it shows the episode to its end. */
  readonly isWhole: boolean;
}

/** Training goes on as if nobody had filmed. */
export function filmEpisode(run: Run, { seed, recording: text, most: wanted }: FilmRequest): FilmedEpisode {
  const most = Math.min(Math.max(1, Math.ceil(wanted)), MOST_STEPS);
  const recording = text === undefined ? played(run, parseSeed(seed), most) : parseRecording(text);
  const [episode] = recording.episodes;
  if (!episode) throw refusal('recording', 'an episode', 'a recording without any');
  const { pictures, fps, isWhole } = picturesOf(recording, most + 1);
  return {
    pictures,
    fps,
    return: episode.return,
    isWhole: isWhole && !(text === undefined && episode.end === 'cut'),
  };
}

/** An episode without exploration. */
function played(run: Run, seed: number, most: number): Recording {
  const { setup } = run;
  const episodes: RecordedEpisode[] = [];
  run.evaluate({ episodes: 1, seed, maxSteps: most, record: (episode) => episodes.push(episode) });
  return { header: recordingHeader(setup.world.create(setup.params), setup), episodes };
}

/** What can be transferred instead of copied. */
export function memoryOf({ pictures }: FilmedEpisode): ArrayBuffer[] {
  return pictures.map(({ numbers }) => numbers.buffer);
}
