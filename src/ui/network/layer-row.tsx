/** A layer of the builder: its settings, its shape, what is wrong with it, and how it looks while it learns. */
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-preact';
import type { Problem } from '#core/errors.ts';
import type { LayerEntry, LayerLook } from '#worker/protocol.ts';
import { count, parsed, text } from '../state/values.ts';
import { LAYER_KINDS, settingAt, type DraftLayer, type LayerEdit, type LayerSetting } from './layers.ts';
import { LiveLayer } from './live-layer.tsx';
import { TextInput } from '../parts/field.tsx';
import { IconButton } from '../parts/icon-button.tsx';

interface LayerRowProps {
  readonly at: number;
  readonly layer: DraftLayer;
  readonly count: number;
  /** As it is planned; absent where it cannot be. */
  readonly entry: LayerEntry | undefined;
  readonly look: LayerLook | undefined;
  readonly problem: Problem | undefined;
  readonly edit: (edit: LayerEdit) => void;
}

export function LayerRow({ at, layer, count: layers, entry, look, problem, edit }: LayerRowProps) {
  const name = `layer ${at + 1}`;
  const settings = LAYER_KINDS[layer.kind] ?? [];
  return (
    <li class="layer" aria-label={`Layer ${at + 1}`} data-wrong={problem ? '' : undefined}>
      <select
        aria-label={`Kind of ${name}`}
        value={layer.kind}
        onChange={({ currentTarget }) => edit({ kind: 'become', at, layer: currentTarget.value })}
      >
        {[...new Set([...Object.keys(LAYER_KINDS), layer.kind])].map((kind) => (
          <option key={kind}>{kind}</option>
        ))}
      </select>
      <span class="layer-settings">
        {settings.map((setting) => (
          <Setting
            key={setting.key}
            setting={setting}
            of={name}
            value={layer[setting.key]}
            onChange={(value) => edit({ kind: 'set', at, key: setting.key, value })}
          />
        ))}
      </span>
      <Shape entry={entry} />
      <span class="layer-buttons">
        <IconButton
          label={`Move ${name} up`}
          disabled={at === 0}
          onClick={() => edit({ kind: 'move', at, to: at - 1 })}
        >
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={`Move ${name} down`}
          disabled={at === layers - 1}
          onClick={() => edit({ kind: 'move', at, to: at + 1 })}
        >
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <IconButton label={`Remove ${name}`} onClick={() => edit({ kind: 'remove', at })}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </span>
      {problem ? (
        <p class="error" role="alert">
          {settingAt(problem.field) || 'This layer'}: expected {problem.expected}, got {problem.got}.
        </p>
      ) : null}
      {look && layer.kind !== 'flatten' ? <LiveLayer look={look} /> : null}
    </li>
  );
}

/** A layer that the user has not chosen. */
export function FixedRow({
  entry,
  look,
  note,
}: {
  readonly entry: LayerEntry;
  readonly look: LayerLook | undefined;
  readonly note: string;
}) {
  const settings = Object.entries(entry.settings)
    .filter(([key, value]) => value !== undefined && key !== 'init' && key !== 'gain')
    .map(([key, value]) => `${key} ${text(value)}`);
  return (
    <li class="layer layer-fixed">
      <b>{entry.kind}</b>
      <span class="layer-settings">
        {settings.join(', ')} <span class="layer-note">{note}</span>
      </span>
      <Shape entry={entry} />
      {look && entry.kind !== 'flatten' ? <LiveLayer look={look} /> : null}
    </li>
  );
}

function Shape({ entry }: { readonly entry: LayerEntry | undefined }) {
  if (!entry) return <span class="layer-shape">–</span>;
  const { output, parameters } = entry;
  return (
    <span class="layer-shape">
      {output.join(' × ')}
      {parameters > 0 ? <span class="layer-count">{count(parameters)} parameters</span> : null}
    </span>
  );
}

interface SettingProps {
  readonly setting: LayerSetting;
  /** `layer 2`. */
  readonly of: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function Setting({ setting, of, value, onChange }: SettingProps) {
  const { label } = setting;
  const name = `${label} of ${of}`;
  switch (setting.control) {
    case 'toggle':
      return (
        <label>
          <input
            type="checkbox"
            aria-label={name}
            checked={value === true}
            onChange={({ currentTarget }) => onChange(currentTarget.checked || undefined)}
          />{' '}
          {label}
        </label>
      );
    case 'choice':
      return (
        <select
          aria-label={name}
          title={label}
          value={text(value ?? (setting.key === 'activation' ? 'linear' : setting.usual))}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        >
          {setting.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    case 'number':
    case 'shape':
      return (
        <label>
          {label}{' '}
          <TextInput
            {...(setting.control === 'number' && { inputMode: 'decimal' })}
            aria-label={name}
            value={text(value ?? '')}
            placeholder={text(setting.usual)}
            onChange={(given) => onChange(read(given))}
          />
        </label>
      );
  }
}

/** A number or a list where the text is one; nothing where it is empty; else the text, which the worker refuses. */
function read(given: string): unknown {
  const trimmed = given.trim();
  if (trimmed === '') return undefined;
  return parsed(trimmed) ?? trimmed;
}
