/** The sections of the arena's forms: of the agent of one run, and of the world that all runs have in common. */
import { openTab } from './dock.ts';
import type { FormSection } from './form-section.ts';
import type { Page } from './page.ts';
import type { RunStore } from './run-store.ts';
import { problemAt, type Section } from './values.ts';

export function runSection(page: Page, run: RunStore, section: Section): FormSection {
  const { form } = run;
  return {
    id: `${run.id} ${section}`,
    fields: form.fieldsOf(section),
    main: section === 'agent' ? form.agent.value?.main : undefined,
    preset: section === 'agent' ? run.draft.value.preset : undefined,
    shown: (key) => form.shown(section, key),
    unchanged: (key) => form.unchanged(section, key),
    waits: (key) => form.waits(section, key),
    problem: (key) => problemAt(run.problems.value, `${section}.${key}`),
    ...(section === 'agent' && { openBuilder: () => (openTab.value = 'network') }),
    edit: ({ key, live }, value) => page.edit(section, key, value, live === true),
  };
}
