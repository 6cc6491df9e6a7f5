/** Messages about a run that lie across the page until they are settled or dismissed. */
import { problemLine, type Problem } from '#core/errors.ts';

export interface Notice {
  readonly kind: 'error' | 'hint';
  readonly title: string;
  readonly lines: readonly string[];
  /** Whether a restart of the worker would help. */
  readonly restart: boolean;
}

export const SILENCE: Notice = {
  kind: 'hint',
  title: 'The worker is not responding',
  lines: ['It may be busy or may have stopped. Restarting resumes from the last checkpoint.'],
  restart: true,
};

/** What was wrong with a request, while the run stays as it is. */
export function hint(title: string, problems: readonly Problem[]): Notice {
  return { kind: 'hint', title, lines: problems.map(problemLine), restart: false };
}

/** What ended the run. */
export function failure(title: string, lines: readonly string[]): Notice {
  return { kind: 'error', title, lines, restart: true };
}
