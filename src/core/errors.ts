/** The two kinds of error that people meet: a wrong input, which names its field, and a broken promise of our own. */

/** One thing that is wrong with what the user gave. */
export interface Problem {
  /** Dotted path of the field, e.g. `agent.learningRate`. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** Thrown before anything starts when an input is wrong; the command line exits with 2, the page marks the fields. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemLine).join('\n'));
    this.problems = problems;
  }
}

/** `learningRate: expected a number from 0.00001 to 1, got 7`. */
export function problemLine(problem: Problem): string {
  return `${problem.field}: expected ${problem.expected}, got ${problem.got}`;
}

/** The first thing that is wrong with an input, or undefined if what was tried went well. */
export function problemOf(attempt: () => unknown): Problem | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.problems[0];
    throw error;
  }
}

/** How a value reads in an error message: short, quoted if it is text. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'number'
      ? String(value)
      : ((JSON.stringify(value) as string | undefined) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
