/** Which pictures of an episode a film shows, and when. */

/** Seconds of the longest film, and for which the last picture stays. */
export const MOST_SECONDS = 60;
const LAST = 1;
/** Pixels of a film's longer side. */
const LONGER = { webm: 720, gif: 480 } as const;
/** Frames per second; browsers show none of a GIF that follow each other more closely. */
const MOST_RATE = { webm: 60, gif: 50 / 3 } as const;

export type Format = keyof typeof LONGER;

export interface Frame {
  readonly picture: number;
  /** Seconds from the beginning. */
  readonly at: number;
  readonly seconds: number;
}

/** Pictures are left out where there are more a second than the format has frames; never the first and the last. */
export function planFilm(pictures: number, rate: number, format: Format): readonly Frame[] {
  const every = Math.max(1, Math.ceil(rate / MOST_RATE[format] - 1e-9));
  const last = pictures - 1;
  const shown = Array.from({ length: Math.ceil(last / every) }, (_, k) => k * every);
  return [
    ...shown.map((picture, k) => ({
      picture,
      at: picture / rate,
      seconds: ((shown[k + 1] ?? last) - picture) / rate,
    })),
    { picture: last, at: last / rate, seconds: LAST },
  ];
}

/** Pixels of a film of pictures with this extent. Even, as video codecs want it. */
export function sizeOf(
  { width, height }: { readonly width: number; readonly height: number },
  format: Format,
): { readonly width: number; readonly height: number } {
  const scale = LONGER[format] / Math.max(width, height);
  const even = (length: number): number => Math.max(16, 2 * Math.round((length * scale) / 2));
  return { width: even(width), height: even(height) };
}
