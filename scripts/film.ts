/** Makes a film of a recording: the draw list of every step, in the form that the page reads. */
import type { Picture } from '#core/draw-list.ts';
import { picturesOf } from '#train/recordings/pictures.ts';
import type { Recording } from '#train/recordings/recording.ts';
import type { FilmFile } from '#ui/first-sight/film.ts';

/** Thousandths of a world unit are a fifth of a pixel in a picture of CartPole 1200 pixels wide. */
const UNIT = 0.001;

/** The first episode as a film; worlds whose number of shapes changes are refused. */
export function filmOf(recording: Recording): Omit<FilmFile, 'title' | 'trainedFor'> {
  const [{ player }] = recording.episodes;
  const { frames, extent, fps } = framesOf(recording);
  const [first] = frames;
  if (frames.some(({ length }) => length !== first.length))
    throw new Error('film: expected as many shapes in every frame, got more or fewer');
  const moving = first.flatMap((value, at) => (frames.some((frame) => frame[at] !== value) ? [at] : []));
  const { width, height, background } = extent;
  return {
    world: recording.header.world,
    agent: player,
    fps,
    width,
    height,
    background,
    unit: UNIT,
    first: first.map(inUnits),
    moving,
    changes: frames
      .slice(1)
      .map((frame, k) => moving.map((at) => Math.round(frame[at] / UNIT) - Math.round(frames[k][at] / UNIT))),
  };
}

/** The numbers of the first episode's draw lists, from the reset to its last step. */
export function framesOf(recording: Recording): {
  readonly frames: readonly (readonly number[])[];
  readonly extent: Picture;
  readonly fps: number;
} {
  const { pictures, fps } = picturesOf(recording, Infinity);
  return { frames: pictures.map(({ numbers }) => [...numbers]), extent: pictures[0], fps };
}

/** Of numbers that stay, as many digits as a picture needs. */
function inUnits(value: number): number {
  return Number((Math.round(value / UNIT) * UNIT).toFixed(3));
}
