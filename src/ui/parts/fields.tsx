/** What the panels of settings are made of: sections of fields, folded by theme and searchable, and problems without a field. */
import { signal } from '@preact/signals';
import { ChevronRight, Undo2 } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { FieldDescription } from '#core/config.ts';
import {
  changedOf,
  folded,
  isFound,
  isShown,
  ownValue,
  switchOf,
  takeBack,
  type Fold,
  type FormSection,
} from '../state/form-section.ts';
import type { AgentEntry, WorldEntry } from '#worker/protocol.ts';
import type { problemAt } from '../state/values.ts';
import { Expected } from './expected.tsx';
import { Field, PaintButton } from './field.tsx';
import { useGrowing } from './growing.ts';
import { SearchBox } from './search-box.tsx';
import { capital } from '../state/values.ts';

/** Titles of the folds that are open, whichever agent or world they are of. */
const openFolds = signal<ReadonlySet<string>>(new Set());

const NONE: ReadonlySet<FieldDescription> = new Set();

interface FieldsProps {
  readonly section: FormSection;
  readonly title: string;
}

/** A section: what matters most, then all else by theme, with a search over both. */
export function Fields({ section, title }: FieldsProps) {
  const [query, setQuery] = useState('');
  const { top, folds } = folded(section);
  const searchable = section.main !== undefined && folds.length > 0;
  const searched = searchable && query.trim() !== '';
  const found = (fields: readonly FieldDescription[]): readonly FieldDescription[] =>
    searched ? fields.filter((field) => field.when !== 'never' && isFound(field, query)) : fields;
  const first = found(top);
  const left = folds
    .map(({ theme, fields }) => ({ theme, fields: found(fields) }))
    .filter(({ fields }) => fields.length > 0);
  const all = [first, ...left.map(({ fields }) => fields)].flat();
  const isEmpty = searched && all.length === 0;
  const drawn = useGrowing(searched ? all.length : 0);
  const later = searched ? new Set(all.slice(drawn)) : NONE;
  if (section.fields.length === 0) return null;
  return (
    <div class="fields" role="group" aria-label={title}>
      <SectionHead section={section} title={title} />
      {searchable ? <SearchBox value={query} onChange={setQuery} /> : null}
      <FieldList section={section} fields={first} all={searched} later={later} />
      {left.map((fold) => (
        <ThemeFold key={fold.theme} section={section} fold={fold} searched={searched} later={later} />
      ))}
      <p class="nothing-found" role="status">
        {isEmpty ? `No setting is called “${query.trim()}”.` : ''}
      </p>
    </div>
  );
}

/** The title, and the way back from all changes at once. */
function SectionHead({ section, title }: FieldsProps) {
  const changed = changedOf(section, section.fields);
  const to = section.preset === undefined ? 'defaults' : 'preset';
  return (
    <div class="section-head">
      <h3>{title}</h3>
      {changed.length === 0 ? null : (
        <button
          type="button"
          class="take-back-all"
          title={changed.map((field) => `${field.label}: ${ownValue(section, field)}`).join('\n')}
          onClick={() => takeBack(section)}
        >
          <Undo2 size={12} aria-hidden /> Back to {to} ({changed.length})
        </button>
      )}
    </div>
  );
}

interface ThemeFoldProps {
  readonly section: FormSection;
  readonly fold: Fold;
  readonly searched: boolean;
  readonly later: ReadonlySet<FieldDescription>;
}

function ThemeFold({ section, fold: { theme, fields }, searched, later }: ThemeFoldProps) {
  const changed = changedOf(section, fields).length;
  const count = fields.filter((field) => searched || isShown(section, field)).length;
  // What is wrong must be seen where it can be corrected.
  const forced = searched || fields.some(({ key }) => section.problem(key) !== undefined);
  if (count === 0) return null;
  const note = changed === 0 ? String(count) : `${changed} of ${count} changed`;
  return (
    <FoldOut title={theme} note={note} marked={changed > 0} forced={forced}>
      {() => <FieldList section={section} fields={fields} all={searched} later={later} />}
    </FoldOut>
  );
}

/** A section that is folded away as a whole, with the number of those that are in effect. */
export function FoldedFields({ section, title }: FieldsProps) {
  const { fields } = section;
  const changed = changedOf(section, fields).length;
  const forced = fields.some(({ key }) => section.problem(key) !== undefined);
  if (fields.length === 0) return null;
  return (
    <div class="fields" role="group" aria-label={title}>
      <FoldOut
        title={title}
        note={changed === 0 ? 'none on' : `${changed} on`}
        marked={changed > 0}
        forced={forced}
      >
        {() => <FieldList section={section} fields={fields} all={false} later={NONE} />}
      </FoldOut>
    </div>
  );
}

interface FoldOutProps {
  readonly title: string;
  readonly note: string;
  readonly marked: boolean;
  /** Open whatever the user chose. */
  readonly forced: boolean;
  /** Drawn only while it is open: most of a long form never is. */
  readonly children: () => ComponentChildren;
}

function FoldOut({ title, note, marked, forced, children }: FoldOutProps) {
  const id = useId();
  const open = forced || openFolds.value.has(title);
  const toggle = (): void => {
    const others = new Set(openFolds.value);
    if (!others.delete(title)) others.add(title);
    openFolds.value = others;
  };
  return (
    <div class="fold">
      <button
        type="button"
        class="fold-head"
        aria-expanded={open}
        aria-controls={id}
        aria-disabled={forced}
        onClick={toggle}
      >
        <ChevronRight size={14} aria-hidden />
        <span class="fold-title">{title}</span>
        {marked ? <span class="dot" /> : null}
        <span class="fold-note">{note}</span>
      </button>
      <div id={id} class="fold-body" hidden={!open}>
        {open ? children() : null}
      </div>
    </div>
  );
}

interface FieldListProps {
  readonly section: FormSection;
  readonly fields: readonly FieldDescription[];
  /** Also those that have no effect now, with what would give them one. */
  readonly all: boolean;
  /** Those that are drawn in a moment. */
  readonly later: ReadonlySet<FieldDescription>;
}

function FieldList({ section, fields, all, later }: FieldListProps) {
  return (
    <>
      {fields
        .filter((field) => (all || isShown(section, field)) && !later.has(field))
        .map((field) => (
          <Field
            // A field of another run is another control, with its help closed.
            key={`${section.id}.${field.key}`}
            section={section}
            field={field}
            depends={switchOf(field, fields.slice(0, fields.indexOf(field))) !== undefined}
          />
        ))}
      {/* The editor of a level switches to it, so it is in reach before that. */}
      {fields
        .filter((field) => !all && !isShown(section, field))
        .map((field) => (
          <PaintButton key={`${section.id}.${field.key}`} field={field} />
        ))}
    </>
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
      {entries.length > 0 ? null : <option value={value}>Loading…</option>}
      {groups.map(([group, members]) => (
        <optgroup key={group} label={capital(group)}>
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
  return <Expected problem={problem?.field.includes('.') ? undefined : problem} id={id} />;
}
