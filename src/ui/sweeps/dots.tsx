/** Dots of marks, from the worst to the best: one path for all that look alike, since there may be a thousand. */
import type { Mark } from './marks.ts';
import { point } from './scale.ts';

/** Shades from the worst to the best. */
const SHADES = 9;

/** Things with a score by their shade; those that failed come first, without one. */
export function byShade<T extends { readonly score: number }>(
  all: readonly T[],
  rank: (score: number) => number,
): readonly { readonly shade: number | undefined; readonly members: readonly T[] }[] {
  const groups = new Map<number | undefined, T[]>();
  for (const each of all) {
    const shade =
      each.score === -Infinity
        ? undefined
        : Math.round((rank(each.score) / 100) * (SHADES - 1)) / (SHADES - 1);
    const group = groups.get(shade);
    if (group) group.push(each);
    else groups.set(shade, [each]);
  }
  return [...groups].toSorted(([a = -1], [b = -1]) => a - b).map(([shade, members]) => ({ shade, members }));
}

interface ShadeProps {
  readonly class: string;
  readonly shade: number | undefined;
  readonly d: string;
  readonly width: number;
}

/** A path in the colour of a shade. */
export function Shade({ class: look, shade, d, width }: ShadeProps) {
  return (
    <path
      class={shade === undefined ? `${look} sweep-failed` : look}
      style={shade === undefined ? undefined : `--rank: ${100 * shade}%`}
      stroke-width={width}
      d={d}
    />
  );
}

interface DotsProps {
  readonly marks: readonly (Mark & { readonly score: number })[];
  readonly rank: (score: number) => number;
  readonly radius: number;
}

export function Dots({ marks, rank, radius }: DotsProps) {
  return (
    <>
      {byShade(marks, rank).map(({ shade, members }) => (
        <Shade key={shade} class="sweep-dot" shade={shade} d={dotsAt(members)} width={2 * radius} />
      ))}
    </>
  );
}

/** Lines without a length, whose round ends are dots. */
export function dotsAt(marks: readonly Mark[]): string {
  return marks.map(({ x, y }) => `M${point(x, y)}h0`).join('');
}
