/** Why what the user has opened cannot be read. */
import { TriangleAlert } from 'lucide-preact';
import { problemLine } from '#core/errors.ts';
import type { SweepStore } from './sweep-store.ts';

export function Problems({ store }: { readonly store: SweepStore }) {
  const { value: problems } = store.problems;
  if (problems.length === 0) return null;
  const { value: source } = store.source;
  return (
    <div class="notice notice-error" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <div>
        <strong>{source?.name ?? 'This'} cannot be read as a sweep</strong>
        {problems.slice(0, 5).map((problem) => (
          <p key={problem.field}>{problemLine(problem)}</p>
        ))}
      </div>
    </div>
  );
}
