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
export function looksOf(element: Element, letter: 'A' | 'B' | undefined): Look {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const run = letter && token(`run-${letter.toLowerCase()}`);
  const point = run ?? token('accent');
  return {
    ink: token('faint-ink'),
    grid: token('grid'),
    line: run ?? token('gold'),
    // The alpha channel in hexadecimal; two overlapping clouds of points have to stay faint.
    dot: `${point}${run ? '60' : 'a0'}`,
    band: `${point}${run ? '28' : '38'}`,
    mark: run ?? token('mark'),
  };
}
