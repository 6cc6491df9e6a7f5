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

/** The value of a colour token where an element is. */
export function tokenOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
}

/** Colours of a line in the colour of a token, or of the only run on the page. */
export function looksOf(element: Element, tone: string | undefined): Look {
  const token = (name: string): string => tokenOf(element, name);
  const run = tone === undefined ? undefined : token(tone);
  const point = run ?? token('accent');
  return {
    ink: token('faint-ink'),
    back: token('back'),
    grid: token('grid'),
    line: run ?? token('gold'),
    // The alpha channel in hexadecimal; two overlapping clouds of points have to stay faint.
    dot: `${point}${run ? '60' : 'a0'}`,
    band: `${point}${run ? '28' : '38'}`,
    mark: run ?? token('mark'),
  };
}
