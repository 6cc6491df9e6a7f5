/** The diagnosis of a run in the page's words, and its fixes as changes of the form. */
import { inWords, type Finding, type Fix } from '#core/finding.ts';
import type { Page } from './page.ts';
import type { RunStore } from './run-store.ts';
import { capital, same, told } from './values.ts';

/** `Final ε to 0.05`. */
export function fixLabel({ form }: RunStore, { section, key, value }: Fix): string {
  return `${form.labelOf(section, key)} to ${told(form.fieldOf(section, key), value)}`;
}

/** A text of a finding as a sentence that names settings as the form does. */
export function sentence({ form }: RunStore, text: string): string {
  return capital(inWords(text, (key) => form.labelOf('agent', key)));
}

/** Whether a fix is in the form already, so that only a reset is left to do. */
export function isDrafted({ form }: RunStore, { section, key, value }: Fix): boolean {
  return same(form.shown(section, key), value);
}

/** Whether a running agent takes the fix at once. */
export function isLive({ form }: RunStore, { section, key }: Fix): boolean {
  return form.fieldOf(section, key)?.live === true;
}

/** Sets what a fix says, in all runs where they have it in common. A run that has stopped goes on from its last checkpoint. */
export async function mend(page: Page, run: RunStore, { id }: Finding, fix: Fix): Promise<void> {
  for (const each of fix.section === 'agent' ? [run] : page.runs.value)
    each.edit(fix.section, fix.key, fix.value, isLive(each, fix));
  if (id === 'diverged') await run.restart();
}
