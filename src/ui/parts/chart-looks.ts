/** The colours of a chart, repeated from the style sheet, which a canvas cannot refer to. */

export interface Look {
  readonly ink: string;
  readonly grid: string;
  readonly line: string;
  readonly dot: string;
  /** Between the extremes of points that share a column. */
  readonly band: string;
  readonly mark: string;
}

/** Colours of the only run on the page, or of one of two by its letter. */
export function looksOf(host: Element, letter: 'A' | 'B' | undefined): Look {
  // The computed colour of an element: that of a token is still what the style sheet says, light and dark.
  const probe = host.appendChild(document.createElement('i'));
  const token = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const run = letter && token(`run-${letter.toLowerCase()}`);
  const point = run ?? token('accent');
  const look: Look = {
    ink: token('faint'),
    grid: token('grid'),
    line: run ?? token('gold'),
    // Two overlapping clouds of points have to stay faint.
    dot: faded(point, run ? 0.38 : 0.63),
    band: faded(point, run ? 0.16 : 0.22),
    mark: run ?? token('mark'),
  };
  probe.remove();
  return look;
}

/** A computed colour, `rgb(r, g, b)`, with an alpha. */
function faded(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
