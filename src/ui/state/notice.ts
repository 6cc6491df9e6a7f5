/** Messages about a run, shown across the page until resolved or dismissed. */
import { problemLine, type Problem } from '#core/errors.ts';

export interface Notice {
  /** `note`: nothing is wrong. */
  readonly kind: 'error' | 'hint' | 'note';
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

/** The problems of a refused request; the run continues. */
export function hint(title: string, problems: readonly Problem[]): Notice {
  return { kind: 'hint', title, lines: problems.map(problemLine), restart: false };
}

/** What the page did by itself, and why. */
export function note(title: string, lines: readonly string[]): Notice {
  return { kind: 'note', title, lines, restart: false };
}

/** The error that ended the run. */
export function failure(title: string, lines: readonly string[]): Notice {
  return { kind: 'error', title, lines, restart: true };
}
