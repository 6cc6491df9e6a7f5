/** The colours of a chart, which are the page's own: what is drawn on a canvas cannot refer to a style sheet. */

export interface Look {
  readonly ink: string;
  readonly grid: string;
  readonly line: string;
  readonly dot: string;
  /** Between the extremes of points that share a column. */
  readonly band: string;
  readonly mark: string;
}

/** Of a run alone on the page, or of one of two by its letter. */
export function looksOf(element: Element, letter: 'A' | 'B' | undefined): Look {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const run = letter && token(`run-${letter.toLowerCase()}`);
  const point = run ?? token('accent');
  return {
    ink: token('faint-ink'),
    grid: token('grid'),
    line: run ?? token('gold'),
    // The alpha channel in hexadecimal; of two clouds both must stay faint.
    dot: `${point}${run ? '60' : 'a0'}`,
    band: `${point}${run ? '28' : '38'}`,
    mark: run ?? token('mark'),
  };
}
