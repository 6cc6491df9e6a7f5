/** What the two panels of settings are made of: groups of fields, pickers, and problems that have no field. */
import type { FieldDescription } from '#core/config.ts';
import type { AgentEntry, WorldEntry } from '#worker/protocol.ts';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { problemAt, type Section } from '../state/values.ts';
import { Field } from './field.tsx';

interface FieldsProps {
  readonly page: Page;
  readonly run: RunStore;
  readonly section: Section;
  readonly title: string;
  readonly fields: readonly FieldDescription[];
}

export function Fields({ page, run, section, title, fields }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <div class="fields" role="group" aria-label={title}>
      <h3>{title}</h3>
      {fields.map((field) => {
        const name = `${section}.${field.key}`;
        return (
          <Field
            // A field of another run is another control, with its help closed.
            key={`${run.id} ${name}`}
            field={field}
            value={run.form.shown(section, field.key)}
            problem={problemAt(run.problems.value, name)}
            waits={run.form.waits(section, field.key)}
            only={run.form.only(section, field.key)}
            onChange={(value) => page.edit(section, field.key, value, field.live === true)}
          />
        );
      })}
    </div>
  );
}

interface PickerProps {
  readonly label: string;
  readonly entries: readonly (WorldEntry | AgentEntry)[];
  readonly value: string;
  readonly onPick: (id: string) => void;
}

/** A list by group: few entries today, dozens later. */
export function Picker({ label, entries, value, onPick }: PickerProps) {
  const groups = [...Map.groupBy(entries, (entry) => entry.group)];
  return (
    <select
      class="picker"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onPick(currentTarget.value)}
    >
      {entries.length > 0 ? null : <option value={value}>Loading …</option>}
      {groups.map(([group, members]) => (
        <optgroup key={group} label={`${group[0]?.toUpperCase()}${group.slice(1)}`}>
          {members.map((entry) => (
            <option key={entry.id} value={entry.id}>
              {entry.title}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** The problem of something that has no field of its own below it. */
export function ProblemLine({
  problem,
  id,
}: {
  readonly problem: ReturnType<typeof problemAt>;
  readonly id?: string;
}) {
  // A problem of a single field (`agent.learningRate`) is shown at that field.
  if (!problem || problem.field.includes('.')) return null;
  return (
    <p id={id} class="error" role="alert">
      Expected {problem.expected}, got {problem.got}.
    </p>
  );
}
