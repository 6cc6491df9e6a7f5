/** The letter of a run in its colour, to tell the runs apart; nothing while there is only one. */
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';

export function LetterBadge({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  if (!page.comparing.value) return null;
  const letter = page.letterOf(run);
  return (
    <span class="letter" data-run={letter}>
      {letter}
    </span>
  );
}
