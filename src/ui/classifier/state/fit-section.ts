/** The sections of the room's forms. */
import type { FormSection } from '../../state/form-section.ts';
import { problemAt } from '../../state/values.ts';
import type { FitSection } from './fit-link.ts';
import type { FitStore } from './fit-store.ts';

export function fitSection(fit: FitStore, section: FitSection, openBuilder?: () => void): FormSection {
  const { form } = fit;
  return {
    id: section,
    fields: form.fieldsOf(section),
    main: section === 'model' ? form.model.value?.main : undefined,
    preset: section === 'model' ? fit.draft.value.preset : undefined,
    shown: (key) => form.shown(section, key),
    unchanged: (key) => form.unchanged(section, key),
    waits: (key) => form.waits(section, key),
    problem: (key) => problemAt(fit.problems.value, `${section}.${key}`),
    ...(openBuilder && { openBuilder }),
    edit: ({ key, live }, value) => fit.edit(section, key, value, live === true),
  };
}
