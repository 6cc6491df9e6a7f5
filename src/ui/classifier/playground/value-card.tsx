/** What a weight or bias is, beside the pointer; a click on it turns the card into a field. */
import { useEffect, useRef } from 'preact/hooks';
import type { WeightId } from './weights.ts';

/** Which number is looked at, where on the drawing, and whether it is being changed. */
export interface Looked {
  readonly id: WeightId;
  readonly x: number;
  readonly y: number;
  readonly editing: boolean;
}

interface ValueCardProps {
  readonly looked: Looked;
  readonly value: number;
  readonly onSet: (value: number) => void;
  readonly onClose: () => void;
}

export function ValueCard({ looked: { id, x, y, editing }, value, onSet, onClose }: ValueCardProps) {
  const field = useRef<HTMLInputElement>(null);
  const name = id.input === undefined ? 'Bias' : 'Weight';
  useEffect(() => {
    if (!editing) return;
    field.current?.focus();
    field.current?.select();
  }, [editing, id]);
  const take = (text: string): void => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isFinite(number)) onSet(number);
    onClose();
  };
  return (
    <div class="value-card" style={{ left: `${x}px`, top: `${y}px` }} data-editing={editing || undefined}>
      {editing ? (
        <label>
          {name}{' '}
          <input
            ref={field}
            type="text"
            inputMode="decimal"
            aria-label={name}
            defaultValue={value.toPrecision(3)}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Enter') take(currentTarget.value);
              else if (key === 'Escape') onClose();
            }}
            onBlur={onClose}
          />
        </label>
      ) : (
        <>
          {name} is <b>{value.toFixed(2)}</b>. <small>Click to change it.</small>
        </>
      )}
    </div>
  );
}
