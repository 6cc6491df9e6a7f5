/** Turns errors of commands into data for the page, since comlink would lose their class. */
import { InputError, messageOf, type Problem } from '#core/errors.ts';
import type { Outcome } from './protocol.ts';

/** The result of a task, or the reasons why it was refused. */
export function outcomeOf<T>(task: () => T): Outcome<T> {
  try {
    return { ok: true, value: task() };
  } catch (error) {
    return refused(error);
  }
}

/** The same for a task that takes its time. */
export async function outcomeLater<T>(task: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    return refused(error);
  }
}

/** The reasons why a task is refused; none if it succeeds. */
export function problemsOf(task: () => unknown): readonly Problem[] {
  const outcome = outcomeOf(task);
  return outcome.ok ? [] : outcome.problems;
}

/** An input error's problems; any other error becomes one problem of the run as a whole. */
export function refused(error: unknown): Extract<Outcome<never>, { readonly ok: false }> {
  if (error instanceof InputError) return { ok: false, problems: error.problems };
  const got = messageOf(error);
  return { ok: false, problems: [{ field: 'run', expected: 'a run that starts', got }] };
}
