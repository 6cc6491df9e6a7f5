/** In one line, how the second of two runs differs from the first. */
import type { Page } from '../state/page.ts';
import { LetterBadge } from './letter.tsx';

/** Differences named before the rest are only counted: more do not fit a line. */
const MOST = 3;

export function Differences({ page }: { readonly page: Page }) {
  if (!page.comparing.value) return null;
  const { value: all } = page.differences;
  const second = page.runs.value[1];
  const rest = all.length - MOST;
  const named = all.slice(0, MOST).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
  return (
    <p class="differences" role="status" aria-label="Difference">
      {all.length === 0 ? (
        'No difference yet: change a setting of run B'
      ) : (
        <>
          <LetterBadge page={page} run={second} /> {named}
        </>
      )}
    </p>
  );
}
