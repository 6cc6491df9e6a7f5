/** One field of a config table as a control: slider and number, choice, switch or structured text, with help and error. */
import { CircleQuestionMark, Pencil } from 'lucide-preact';
import { useId, useState } from 'preact/hooks';
import { isOff, type FieldDescription } from '#core/config.ts';
import type { Problem } from '#core/errors.ts';
import { opened } from '../editors/opened.ts';
import { scaleOf, type NumberField } from '../state/scale.ts';
import { text, told } from '../state/values.ts';

export interface FieldProps {
  readonly field: FieldDescription;
  readonly value: unknown;
  readonly problem: Problem | undefined;
  /** The value differs from the one in force and waits for a reset. */
  readonly waits: boolean;
  /** Beside which values of others the field would have an effect; undefined if it has one. */
  readonly only?: string | undefined;
  readonly onChange: (value: unknown) => void;
}

export function Field(props: FieldProps) {
  const { field, problem, waits, only } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const [helpId, onlyId, errorId] = [`${id}-help`, `${id}-only`, `${id}-error`];
  const describedBy = [helpId, only && onlyId, problem && errorId].filter(Boolean).join(' ');
  return (
    <div class={`field field-${field.kind} ${only ? 'field-idle' : ''}`}>
      <div class="field-head">
        <label for={id} title={field.help}>
          {field.label}
          {field.unit && !field.label.endsWith(field.unit) ? <span class="unit"> {field.unit}</span> : null}
        </label>
        {only ? null : field.live ? (
          <span class="tag tag-live" title="Changes apply at once, without a reset">
            live
          </span>
        ) : waits ? (
          <span class="tag tag-waits">needs reset</span>
        ) : null}
        <button
          type="button"
          class="help-button"
          aria-expanded={open}
          aria-controls={helpId}
          aria-label={`About ${field.label}`}
          onClick={() => setOpen(!open)}
        >
          <CircleQuestionMark size={13} aria-hidden />
        </button>
        <Control {...props} id={id} describedBy={describedBy} />
      </div>
      {only ? (
        <p id={onlyId} class="only">
          {only}
        </p>
      ) : null}
      {field.kind === 'json' ? <PaintButton field={field} /> : null}
      {field.kind === 'number' && !only ? <Slider {...props} field={field} /> : null}
      <p id={helpId} class="help" hidden={!open}>
        {field.help}
      </p>
      {problem ? (
        <p id={errorId} class="error" role="alert">
          Expected {problem.expected}, got {problem.got}.
        </p>
      ) : null}
    </div>
  );
}

/** Opens the editor of a level or a road. */
function PaintButton({ field }: { readonly field: FieldDescription & { readonly kind: 'json' } }) {
  if (!field.board && !field.circuit) return null;
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

function Control({
  id,
  field,
  value,
  problem,
  only,
  describedBy,
  onChange,
}: FieldProps & { readonly id: string; readonly describedBy: string }) {
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
  readonly id: string;
  readonly class: string;
  readonly value: string;
  readonly inputMode?: 'decimal' | 'numeric';
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}

/** A text field that reports its value on Enter or on leaving it, not at every keystroke. */
export function TextInput({ value, onChange, inputMode, ...rest }: TextInputProps) {
  return (
    <input
      {...rest}
      {...(inputMode && { inputMode })}
      type="text"
      autocomplete="off"
      spellcheck={false}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function Slider({ field, value, onChange }: FieldProps & { readonly field: NumberField }) {
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
