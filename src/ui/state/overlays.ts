/** Which overlays are shown, on all runs of the page alike: compared runs are compared in everything. */
import { OVERLAYS, type Overlay } from '#core/overlay.ts';
import type { Problem } from '#core/errors.ts';

export type Shown = ReadonlySet<Overlay>;

/** What opens without a link. */
export const SHOWN_FIRST: Shown = new Set(['bars']);

/** In a link, for no overlay at all. */
const NONE = 'none';

export function toggled(shown: Shown, overlay: Overlay): Shown {
  return new Set(OVERLAYS.filter((each) => shown.has(each) !== (each === overlay)));
}

/** As a link holds them; undefined for the usual ones. */
export function toShow(shown: Shown): string | undefined {
  const text = OVERLAYS.filter((overlay) => shown.has(overlay)).join(',');
  return text === [...SHOWN_FIRST].join(',') ? undefined : text || NONE;
}

/** Reads what a link holds; unknown names are reported and left out. */
export function fromShow(text: string): { readonly shown: Shown; readonly problems: readonly Problem[] } {
  const names = text === NONE ? [] : text.split(',');
  const unknown = names.filter((name) => !OVERLAYS.some((overlay) => overlay === name));
  const expected = `some of ${OVERLAYS.join(', ')}, or ${NONE}`;
  return {
    shown: new Set(OVERLAYS.filter((overlay) => names.includes(overlay))),
    problems: unknown.map((name) => ({ field: 'show', expected, got: JSON.stringify(name) })),
  };
}
