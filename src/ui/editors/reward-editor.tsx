/** What is added to the reward: a formula, bonuses on cells, and potential-based shaping; all live. */
import { Brush, X } from 'lucide-preact';
import { useId, useRef, useState } from 'preact/hooks';
import { problemAt, text } from '../state/values.ts';
import { Tag, TextInput } from '../parts/field.tsx';
import type { RewardEditorProps } from './reward-additions.tsx';
import { cellsOf, painting, type Painting } from './painting.ts';
import { Expected } from '../parts/expected.tsx';
import './editors.css';

type Key = Painting['key'] | 'formula';

export function RewardEditor(props: RewardEditorProps) {
  const { run } = props;
  const spec = run.worker.info.value?.spec;
  const quantities = spec?.quantities ?? [];
  return (
    <div class="reward-editor">
      <Formula
        {...props}
        edit="formula"
        label="Formula"
        quantities={quantities}
        placeholder={`-0.1 * abs(${quantities[0] ?? 'x'})`}
        help="Added to the reward of every step, computed from the state the step ends in."
      />
      {spec?.grid ? (
        <Cells
          {...props}
          edit="bonus"
          label="Bonuses on cells"
          help="Added to the reward of every step that ends on the cell. Paint them on the picture."
        />
      ) : null}
      <Formula
        {...props}
        edit="potential"
        label="Potential Φ"
        quantities={quantities}
        placeholder={spec?.grid ? 'x + y, or paint it' : (quantities[0] ?? 'x')}
        help="Shaping: adds γ Φ(s′) − Φ(s), with the agent's γ and Φ = 0 in terminal states. It may speed up learning and leaves every optimal policy as it is (Ng, Harada & Russell 1999)."
      />
      {spec?.grid ? <Cells {...props} edit="potential" label="Potential by cell" /> : null}
      <p class="help">
        Only the agent receives these. Returns stay those of the world, so runs remain comparable.
      </p>
    </div>
  );
}

interface PartProps extends RewardEditorProps {
  readonly label: string;
  readonly help?: string;
}

interface FormulaProps extends PartProps {
  readonly edit: Key;
  readonly quantities: readonly string[];
  readonly placeholder: string;
}

function Formula({ page, run, edit, label, quantities, placeholder, help }: FormulaProps) {
  const id = useId();
  const input = useRef<HTMLDivElement>(null);
  const value = run.form.shown('reward', edit);
  const problem = problemAt(run.problems.value, `reward.${edit}`);
  const byCell = cellsOf(value).length > 0;
  const set = (given: string): void => page.edit('reward', edit, given.trim(), true);
  /** Puts a name where the cursor is, or was. */
  const insert = (name: string): void => {
    const box = input.current?.querySelector('input');
    if (!box) return;
    box.setRangeText(
      name,
      box.selectionStart ?? box.value.length,
      box.selectionEnd ?? box.value.length,
      'end',
    );
    box.focus();
    // As if it had been typed.
    box.dispatchEvent(new Event('change'));
  };
  return (
    <div class="field" ref={input}>
      <div class="field-head">
        <label for={id}>{label}</label>
        <Tag live waits={false} />
      </div>
      <TextInput
        id={id}
        class="formula"
        value={byCell ? '' : text(value ?? '')}
        placeholder={byCell ? 'painted on cells' : placeholder}
        aria-invalid={problem !== undefined && !byCell}
        aria-describedby={`${id}-help`}
        onChange={set}
      />
      <div class="quantities" role="group" aria-label={`Quantities for ${label}`}>
        {quantities.map((name) => (
          <button
            key={name}
            type="button"
            title={`Insert ${name} into the formula`}
            // The input keeps the focus, and its text until it is whole.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => insert(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <p id={`${id}-help`} class="help">
        {help}
      </p>
      <Expected problem={problem} />
    </div>
  );
}

interface CellsProps extends PartProps {
  readonly edit: Painting['key'];
}

function Cells({ page, run, edit, label, help }: CellsProps) {
  const [value, setValue] = useState(edit === 'bonus' ? -0.5 : 1);
  const { value: current } = painting;
  const paints = current?.key === edit;
  const cells = cellsOf(run.form.shown('reward', edit));
  // Of the potential it stands beside the formula.
  const problem = edit === 'bonus' ? problemAt(run.problems.value, 'reward.bonus') : undefined;
  const change = (next: number): void => {
    if (!Number.isFinite(next)) return;
    setValue(next);
    if (paints) painting.value = { key: edit, value: next };
  };
  return (
    <div class="field" role="group" aria-label={label}>
      <div class="field-head">
        <span>{label}</span>
        <label class="brush-value">
          Brush
          <input
            type="number"
            step="any"
            value={value}
            onInput={({ currentTarget }) => change(currentTarget.valueAsNumber)}
          />
        </label>
      </div>
      <div class="editor-buttons">
        <button
          type="button"
          class="icon wide"
          aria-pressed={paints}
          title="Paint on the picture with mouse, finger or keyboard; the right button erases"
          onClick={() => (painting.value = paints ? undefined : { key: edit, value })}
        >
          <Brush size={15} aria-hidden /> {paints ? 'Done' : 'Paint'}
        </button>
        {cells.length > 0 ? (
          <button
            type="button"
            class="icon wide"
            title={`Clear all ${cells.length} cells`}
            onClick={() => page.edit('reward', edit, '', true)}
          >
            <X size={15} aria-hidden /> Clear {cells.length}
          </button>
        ) : null}
      </div>
      {help === undefined ? null : <p class="help">{help}</p>}
      <Expected problem={problem} />
    </div>
  );
}
