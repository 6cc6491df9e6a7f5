/** In one line, how each further run differs from the first. */
import type { Page } from '../state/page.ts';
import { LetterBadge } from './letter.tsx';

/** Differences named before the rest are only counted: more do not fit a line. */
const MOST = 3;

export function Differences({ page }: { readonly page: Page }) {
  if (!page.comparing.value) return null;
  const [, ...others] = page.runs.value;
  const { value: all } = page.differences;
  return (
    <p class="differences" role="status" aria-label="Difference">
      {all.every((entries) => entries.length === 0)
        ? `No difference yet: change a setting of run ${others.map((run) => page.letterOf(run)).join(' or ')}`
        : others.map((run, i) => (
            <span key={run.id}>
              <LetterBadge page={page} run={run} /> {summary(all[i], Math.ceil(MOST / others.length))}
            </span>
          ))}
    </p>
  );
}

function summary(all: readonly string[], most: number): string {
  if (all.length === 0) return 'like A';
  const rest = all.length - most;
  return all.slice(0, most).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
}
