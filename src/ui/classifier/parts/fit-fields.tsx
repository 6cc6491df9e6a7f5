/** The fields of one of the room's config tables. */
import { Field } from '../../parts/field.tsx';
import { problemAt } from '../../state/values.ts';
import type { FitSection } from '../state/fit-link.ts';
import type { FitStore } from '../state/fit-store.ts';

interface FitFieldsProps {
  readonly fit: FitStore;
  readonly section: FitSection;
  readonly title: string;
  /** Keys to show; all if absent. */
  readonly only?: readonly string[];
}

export function FitFields({ fit, section, title, only }: FitFieldsProps) {
  const fields = fit.form.fieldsOf(section).filter(({ key }) => !only || only.includes(key));
  if (fields.length === 0) return null;
  return (
    <div class="fields" role="group" aria-label={title}>
      <h3>{title}</h3>
      {fields.map((field) => (
        <Field
          key={`${section}.${field.key}`}
          field={field}
          value={fit.form.shown(section, field.key)}
          problem={problemAt(fit.problems.value, `${section}.${field.key}`)}
          waits={fit.form.waits(section, field.key)}
          only={fit.form.only(section, field.key)}
          onChange={(value) => fit.edit(section, field.key, value, field.live === true)}
        />
      ))}
    </div>
  );
}
