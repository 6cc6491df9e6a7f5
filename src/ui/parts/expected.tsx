/** What is wrong with a value, at the value. */
import type { Problem } from '#core/errors.ts';

interface ExpectedProps {
  readonly problem: Problem | undefined;
  readonly id?: string | undefined;
}

export function Expected({ problem, id }: ExpectedProps) {
  return problem ? (
    <p id={id} class="error" role="alert">
      Expected {problem.expected}, got {problem.got}.
    </p>
  ) : null;
}
