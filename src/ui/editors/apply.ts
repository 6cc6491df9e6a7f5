/** What becomes of what an editor holds. */
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { closeEditor } from './opened.ts';
import type { Verdict } from './verdict.ts';

interface Result {
  readonly page: Page;
  readonly run: RunStore;
  /** Parameters of the world. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly verdict: Verdict;
}

/** Starts over with it. What the world refuses is kept in the form, which says why; the run goes on as before. */
export async function train(result: Result): Promise<void> {
  if (keep(result)) await result.page.reset();
}

/** Play with it by hand. What runs already need not start over: the agent keeps what it has learned. */
export async function play(result: Result): Promise<void> {
  const { page, run, values } = result;
  if (!keep(result)) return;
  if (Object.keys(values).some((key) => run.form.waits('world', key))) await page.reset();
  if (page.player.value !== run) await page.toggleHumanPlay(run);
}

function keep({ page, values, verdict }: Result): boolean {
  closeEditor();
  for (const [key, value] of Object.entries(values)) page.edit('world', key, value, false);
  return verdict?.fine !== false;
}
