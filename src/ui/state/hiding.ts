/** Controls that a teacher's link leaves out, `hide=preset,seed`: each room has names of its own. */
import type { Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';

/** Of the arena: in the bar, the world's panel, the agent's panel, the head of a run, and below it. */
export const HIDEABLE = [
  ...(['reset', 'play', 'step', 'speed', 'backend', 'lessons', 'compare', 'share'] as const),
  ...(['world', 'gallery', 'seed', 'params', 'rewards', 'wrappers'] as const),
  ...(['agent', 'preset', 'config', 'humanPlay', 'overlays', 'diagnosis', 'dock'] as const),
] as const;
export type Hideable = (typeof HIDEABLE)[number];

/** The controls that `hide` names; unknown ones are reported. */
export function readHidden<Name extends string>(
  hide: string | undefined,
  names: readonly Name[],
  problems: Problem[],
): readonly Name[] {
  return (hide?.split(',') ?? []).flatMap((given) => {
    const found = names.find((name) => name === given);
    if (given !== '' && found === undefined)
      problems.push({ field: 'hide', expected: known(given, names), got: JSON.stringify(given) });
    return found ?? [];
  });
}

export function addHidden(link: URLSearchParams, hide: readonly string[]): void {
  if (hide.length > 0) link.set('hide', hide.join(','));
}
