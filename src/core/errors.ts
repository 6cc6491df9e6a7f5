/** Errors in user input: which field is wrong, what was expected and what was given. */

export interface Problem {
  /** Dotted path of the field, e.g. `agent.learningRate`. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** Thrown before anything starts: the command line exits with code 2, the page marks the fields. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemLine).join('\n'));
    this.problems = problems;
  }
}

/** The error of one wrong field. */
export function refusal(field: string, expected: string, got: string): InputError {
  return new InputError([{ field, expected, got }]);
}

/** What was thrown, in words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** `learningRate: expected a number from 0.00001 to 1, got 7`. */
export function problemLine(problem: Problem): string {
  return `${problem.field}: expected ${problem.expected}, got ${problem.got}`;
}

/** The first problem of the `InputError` that an attempt throws; undefined if it succeeds. Other errors pass through. */
export function problemOf(attempt: () => unknown): Problem | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.problems[0];
    throw error;
  }
}

/** A value for an error message: text in quotes, long values shortened. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : asJson(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function asJson(value: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text ?? typeof value;
  } catch {
    // Nested more deeply than the stack is, or in a circle.
    return `a deeply nested ${Array.isArray(value) ? 'list' : 'record'}`;
  }
}
