/** The model: picker, preset, seed, backend and settings. */
import { useId } from 'preact/hooks';
import { TextInput } from '../../parts/field.tsx';
import { Fields, ProblemLine } from '../../parts/fields.tsx';
import { count, plural, problemAt, text } from '../../state/values.ts';
import { BACKENDS, type BackendChoice } from '#worker/protocol.ts';
import { fitSection } from '../state/fit-section.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';

export function ModelPanel({ room }: { readonly room: Room }) {
  const { fit } = room;
  const title = useId();
  return (
    <section class="panel panel-agent" aria-labelledby={title}>
      <h2 id={title}>Model</h2>
      {room.hides('model') ? null : (
        <select
          class="picker"
          aria-label="Model"
          value={fit.draft.value.model}
          onChange={({ currentTarget }) => void fit.pickModel(currentTarget.value)}
        >
          {fit.catalogue.value?.models.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      )}
      <ProblemLine problem={problemAt(fit.problems.value, 'model')} />
      <p class="summary">{fit.form.model.value?.summary}</p>
      <Layers fit={fit} />
      {room.hides('preset') ? null : <Preset fit={fit} />}
      {room.hides('seed') ? null : <Seed fit={fit} />}
      {room.hides('backend') ? null : <Backend fit={fit} />}
      {fit.form.pending.value ? (
        <button type="button" class="main apply" onClick={() => void fit.reset()}>
          Start over with the changes
        </button>
      ) : null}
      {room.hides('config') ? null : (
        <Fields
          key={fit.draft.value.model}
          section={fitSection(fit, 'model', () => (room.building.value = true))}
          title="Settings"
        />
      )}
    </section>
  );
}

/** The layers with their output shapes. */
function Layers({ fit }: { readonly fit: FitStore }) {
  const { value: info } = fit.info;
  if (!info || info.request.model !== fit.draft.value.model) return null;
  return (
    <details class="layers">
      <summary>
        {plural(info.layers.length, 'layer')}, {plural(info.parameters, 'parameter')}
      </summary>
      <ol>
        {info.layers.map(({ kind, shape, parameters }, k) => (
          <li key={`${k} ${kind}`}>
            <span>{kind}</span> <span>{shape.join(' × ')}</span>{' '}
            <span>{parameters > 0 ? count(parameters) : ''}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Preset({ fit }: { readonly fit: FitStore }) {
  const { value: presets } = fit.form.presets;
  if (presets.length === 0) return null;
  const { preset } = fit.draft.value;
  return (
    <label class="preset" title={presets.find(({ id }) => id === preset)?.source}>
      Preset
      <select
        value={preset ?? ''}
        onChange={({ currentTarget }) => void fit.pickPreset(currentTarget.value || undefined)}
      >
        <option value="">defaults</option>
        {presets.map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

function Seed({ fit }: { readonly fit: FitStore }) {
  const id = useId();
  return (
    <div class="preset field">
      <label for={id}>Seed</label>
      <TextInput
        id={id}
        class="number"
        inputMode="numeric"
        value={text(fit.draft.value.seed ?? 1)}
        onChange={(value) => fit.setSeed(value)}
      />
      <ProblemLine problem={problemAt(fit.problems.value, 'seed')} />
    </div>
  );
}

function Backend({ fit }: { readonly fit: FitStore }) {
  const { value: info } = fit.info;
  return (
    <label class="preset" title="What computes the gradient steps. Changing it starts over.">
      Backend
      <span class="backend">
        <output aria-label="Backend in use">{info?.backend.label}</output>
        <select
          value={fit.backend.value}
          onChange={({ currentTarget }) => {
            const choice = currentTarget.value as BackendChoice;
            void fit.make(fit.draft.value, choice);
          }}
        >
          {BACKENDS.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
