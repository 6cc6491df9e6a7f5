/** What an episode looked like: the draw list of every step, replayed from its actions. */
import { DrawList, STRIDE, type Picture } from '#core/draw-list.ts';
import { Playback } from './playback.ts';
import type { Recording } from './recording.ts';

/** Numbers of all pictures together: 64 MB. */
const MOST_NUMBERS = 2 ** 24;

/** From the first state of the first episode to its last, at most so many, and how many a second are real time. */
export function picturesOf(
  recording: Recording,
  most: number,
): { readonly pictures: readonly Picture[]; readonly fps: number; readonly isWhole: boolean } {
  const playback = new Playback(recording);
  const { env } = playback;
  const list = new DrawList();
  const pictures: Picture[] = [];
  let numbers = 0;
  const draw = (): void => {
    env.draw(0, list);
    const { count, width, height, background } = list;
    pictures.push({ numbers: list.numbers.slice(0, count * STRIDE), count, width, height, background });
    numbers += count * STRIDE;
  };
  playback.onEnd = draw;
  playback.begin(0);
  draw();
  const hasRoom = (): boolean => pictures.length < most && numbers < MOST_NUMBERS;
  let goesOn = true;
  while (goesOn && hasRoom()) {
    goesOn = playback.step();
    // After an end the world shows the next episode.
    if (!(env.terminated[0] | env.truncated[0])) draw();
  }
  return { pictures, fps: env.spec.fps, isWhole: !goesOn };
}
