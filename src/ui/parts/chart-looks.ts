/** The colours of a chart, repeated from the style sheet, which a canvas cannot refer to. */

export interface Look {
  readonly ink: string;
  readonly back: string;
  readonly grid: string;
  readonly line: string;
  readonly dot: string;
  /** Between the extremes of points that share a column. */
  readonly band: string;
  readonly mark: string;
}

/** The computed colour of a token where an element is: `light-dark()` and mixes are resolved. */
export function tokenOf(host: Element, name: string): string {
  const probe = host.appendChild(document.createElement('i'));
  probe.style.color = `var(--${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Colours of a line in the colour of a token, or of the only run on the page. */
export function looksOf(host: Element, tone: string | undefined): Look {
  const token = (name: string): string => tokenOf(host, name);
  const run = tone === undefined ? undefined : token(tone);
  const point = run ?? token('accent');
  return {
    ink: token('faint'),
    back: token('back'),
    grid: token('grid'),
    line: run ?? token('gold'),
    // Two overlapping clouds of points have to stay faint.
    dot: faded(point, run ? 0.38 : 0.63),
    band: faded(point, run ? 0.16 : 0.22),
    mark: run ?? token('mark'),
  };
}

/** A computed colour, `rgb(r, g, b)`, with an alpha. */
function faded(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
