/** One field of a config table as a control: slider and number, choice, switch or structured text, with help and error. */
import { CircleQuestionMark, Layers, Pencil, Undo2 } from 'lucide-preact';
import { useId, useState } from 'preact/hooks';
import { isOff, type FieldDescription } from '#core/config.ts';
import type { Problem } from '#core/errors.ts';
import { opened } from '../editors/opened.ts';
import { isChanged, onlyWhen, ownValue, takeBack, type FormSection } from '../state/form-section.ts';
import { scaleOf, type NumberField } from '../state/scale.ts';
import { text, told } from '../state/values.ts';
import { Expected } from './expected.tsx';

interface FieldProps {
  readonly section: FormSection;
  readonly field: FieldDescription;
  /** Whether it appears with another one above it. */
  readonly depends: boolean;
}

export function Field({ section, field, depends }: FieldProps) {
  const { key } = field;
  const [open, setOpen] = useState(false);
  const id = useId();
  const [helpId, onlyId, errorId] = [`${id}-help`, `${id}-only`, `${id}-error`];
  const only = onlyWhen(section, key);
  const problem = section.problem(key);
  const control: ControlProps = {
    field,
    value: section.shown(key),
    problem,
    only,
    onChange: (value) => section.edit(field, value),
  };
  const describedBy = [helpId, only && onlyId, problem && errorId].filter(Boolean).join(' ');
  const classes = ['field', `field-${field.kind}`, depends && 'field-depends', only && 'field-idle'];
  return (
    <div class={classes.filter(Boolean).join(' ')} data-field={key}>
      <div class="field-head">
        <label for={id} title={field.help}>
          {field.label}
          {field.unit && !field.label.endsWith(field.unit) ? <span class="unit"> {field.unit}</span> : null}
        </label>
        {only ? null : <Tag live={field.live === true} waits={section.waits(key)} />}
        <button
          type="button"
          class="help-button"
          aria-expanded={open}
          aria-controls={helpId}
          aria-label={`About ${field.label}`}
          onClick={() => setOpen(!open)}
          onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
        >
          <CircleQuestionMark size={13} aria-hidden />
        </button>
        {isChanged(section, field) ? <TakeBack section={section} field={field} /> : null}
        <Control {...control} id={id} describedBy={describedBy} />
      </div>
      {only ? (
        <p id={onlyId} class="only">
          {only}
        </p>
      ) : null}
      <PaintButton field={field} />
      {key === 'network' && section.openBuilder ? <BuildButton open={section.openBuilder} /> : null}
      {field.kind === 'number' && !only ? <Slider {...control} field={field} /> : null}
      <p id={helpId} class="help" hidden={!open}>
        {field.help}
      </p>
      <Expected problem={problem} id={errorId} />
    </div>
  );
}

/** When a change takes effect. */
export function Tag({ live, waits }: { readonly live: boolean; readonly waits: boolean }) {
  if (live)
    return (
      <span class="tag tag-live" title="Changes apply at once, without a reset">
        live
      </span>
    );
  return waits ? <span class="tag tag-waits">needs reset</span> : null;
}

/** A dot beside a value that is not the field's own, and the way back to that. */
function TakeBack({ section, field }: Omit<FieldProps, 'depends'>) {
  const own = ownValue(section, field);
  return (
    <button
      type="button"
      class="take-back"
      title={`${own}. Click to go back to it.`}
      aria-label={`${field.label} back to ${own}`}
      onClick={() => takeBack(section, [field])}
    >
      <span class="dot" />
      <Undo2 size={12} aria-hidden />
    </button>
  );
}

/** Opens the editor of a level or a road. */
export function PaintButton({ field }: { readonly field: FieldDescription }) {
  if (field.kind !== 'json' || (!field.board && !field.circuit)) return null;
  return (
    <button
      type="button"
      class="icon wide"
      title="Draw it with mouse, finger or keyboard"
      onClick={() => (opened.value = { kind: field.board ? 'level' : 'road', key: field.key })}
    >
      <Pencil size={15} aria-hidden /> {field.board ? 'Edit' : 'Draw'} {field.label.toLowerCase()}
    </button>
  );
}

/** Opens the builder of networks. */
function BuildButton({ open }: { readonly open: () => void }) {
  return (
    <button type="button" class="icon wide" title="Add, remove and change layers by clicking" onClick={open}>
      <Layers size={15} aria-hidden /> Build the network
    </button>
  );
}

interface ControlProps {
  readonly field: FieldDescription;
  readonly value: unknown;
  readonly problem: Problem | undefined;
  /** Beside which values of others it would have an effect; undefined if it has one. */
  readonly only: string | undefined;
  readonly onChange: (value: unknown) => void;
}

function Control({
  id,
  field,
  value,
  problem,
  only,
  describedBy,
  onChange,
}: ControlProps & { readonly id: string; readonly describedBy: string }) {
  const shared = {
    id,
    'aria-describedby': describedBy,
    'aria-invalid': problem !== undefined,
    disabled: only !== undefined,
  };
  switch (field.kind) {
    case 'number':
      return (
        <TextInput
          {...shared}
          class="number"
          inputMode="decimal"
          value={told(field, value)}
          // The number itself, so that `off` and 0 are the same value.
          onChange={(given) => onChange(isOff(field, given) ? field.off : given)}
        />
      );
    case 'json':
      return <TextInput {...shared} class="json" value={text(value)} onChange={onChange} />;
    case 'toggle':
      return (
        <input
          {...shared}
          type="checkbox"
          role="switch"
          class="switch"
          checked={text(value) === 'true'}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <select
          {...shared}
          value={text(value)}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        >
          {field.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      );
  }
}

interface TextInputProps {
  readonly id?: string;
  readonly class?: string;
  readonly value: string;
  readonly inputMode?: 'decimal' | 'numeric';
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}

/** A text field that reports its value on Enter or on leaving it, not at every keystroke. */
export function TextInput({ value, onChange, inputMode, ...rest }: TextInputProps) {
  // A run that goes on draws its forms again: what is being typed outlives that.
  const [typed, setTyped] = useState<string>();
  return (
    <input
      {...rest}
      {...(inputMode && { inputMode })}
      type="text"
      autocomplete="off"
      spellcheck={false}
      value={typed ?? value}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onChange={({ currentTarget }) => {
        setTyped(undefined);
        onChange(currentTarget.value);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}

function Slider({ field, value, onChange }: Omit<ControlProps, 'field'> & { readonly field: NumberField }) {
  const scale = scaleOf(field);
  const number = Number(text(value));
  return (
    <input
      type="range"
      class="slider"
      aria-label={field.label}
      aria-valuetext={told(field, value)}
      min={0}
      max={scale.notches}
      step={1}
      value={Number.isFinite(number) ? scale.toNotch(number) : 0}
      onInput={({ currentTarget }) => onChange(scale.toValue(Number(currentTarget.value)))}
    />
  );
}
