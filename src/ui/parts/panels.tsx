/** The two panels of settings: the world with its parameters and reward terms, the agent with its preset and settings. */
import type { FieldDescription } from '#core/config.ts';
import type { AgentEntry, WorldEntry } from '#worker/protocol.ts';
import { CloneCard, LearnsFrom } from './clone-card.tsx';
import { Field, TextInput } from './field.tsx';
import type { Store } from '../state/store.ts';
import { problemAt, rewardField, text, type Section } from '../state/values.ts';

export function WorldPanel({ store }: { readonly store: Store }) {
  const { catalogue, draft, problems } = store;
  const { world, terms } = store.form;
  return (
    <section class="panel" aria-labelledby="world-title">
      <h2 id="world-title">World</h2>
      <Picker
        id="world"
        label="World"
        entries={catalogue.value?.worlds ?? []}
        value={draft.value.world}
        onPick={(id) => void store.pickWorld(id)}
      />
      <Said problem={problemAt(problems.value, 'world')} />
      <p class="summary">{world.value?.summary}</p>
      <Fields store={store} section="world" title="Parameters" fields={world.value?.fields ?? []} />
      <Fields store={store} section="reward" title="Rewards" fields={terms.value.map(rewardField)} />
      <Fields store={store} section="wrap" title="Wrappers" fields={catalogue.value?.wrappers ?? []} />
    </section>
  );
}

export function AgentPanel({ store }: { readonly store: Store }) {
  const { catalogue, draft, problems } = store;
  const { agent } = store.form;
  const { value: asked } = store.cloning.asked;
  const shown = asked ? catalogue.value?.agents.find(({ id }) => id === asked.request.agent) : agent.value;
  const presets = asked ? [] : (shown?.presets ?? []);
  const preset = presets.find((entry) => entry.id === draft.value.preset);
  return (
    <section class="panel" aria-labelledby="agent-title">
      <h2 id="agent-title">Agent</h2>
      <Picker
        id="agent"
        label="Agent"
        entries={catalogue.value?.agents ?? []}
        value={shown?.id ?? draft.value.agent}
        onPick={(id) => void store.pickAgent(id)}
      />
      <Said problem={problemAt(problems.value, 'agent') ?? problemAt(problems.value, 'demonstrations')} />
      <p class="summary">{shown?.summary}</p>
      <CloneCard store={store} />
      <LearnsFrom store={store} />
      <div class="row">
        {presets.length > 0 ? (
          <label class="stack" title={preset?.source}>
            <span>Preset</span>
            <select
              id="preset"
              value={draft.value.preset ?? ''}
              onChange={({ currentTarget }) => void store.pickPreset(currentTarget.value || undefined)}
            >
              <option value="">defaults</option>
              {presets.map(({ id }) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <SeedField store={store} />
      </div>
      <Said problem={problemAt(problems.value, 'preset')} />
      <Said problem={problemAt(problems.value, 'seed')} id="seed-error" />
      {asked ? null : (
        <Fields store={store} section="agent" title="Settings" fields={agent.value?.fields ?? []} />
      )}
    </section>
  );
}

function SeedField({ store }: { readonly store: Store }) {
  const { info, draft, problems } = store;
  const shown = draft.value.seed ?? info.value?.request.seed ?? 1;
  const waits = info.value !== undefined && String(shown) !== String(info.value.request.seed);
  return (
    <label
      class="stack"
      data-waits={waits || undefined}
      title="The same seed gives the same worlds and the same first network; a reset applies it"
    >
      <span>Seed {waits ? <em class="tag tag-waits">needs reset</em> : null}</span>
      <TextInput
        id="seed"
        class="number"
        inputMode="numeric"
        aria-invalid={problemAt(problems.value, 'seed') !== undefined}
        aria-describedby="seed-error"
        value={text(shown)}
        onChange={(seed) => store.setSeed(seed)}
      />
    </label>
  );
}

interface FieldsProps {
  readonly store: Store;
  readonly section: Section;
  readonly title: string;
  readonly fields: readonly FieldDescription[];
}

function Fields({ store, section, title, fields }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <div class="fields" role="group" aria-label={title}>
      <h3>{title}</h3>
      {fields.map((field) => {
        const name = `${section}.${field.key}`;
        return (
          <Field
            key={name}
            name={name}
            field={field}
            value={store.form.shown(section, field.key)}
            problem={problemAt(store.problems.value, name)}
            waits={store.form.waits(section, field.key)}
            onChange={(value) => store.edit(section, field.key, value, field.live === true)}
          />
        );
      })}
    </div>
  );
}

interface PickerProps {
  readonly id: string;
  readonly label: string;
  readonly entries: readonly (WorldEntry | AgentEntry)[];
  readonly value: string;
  readonly onPick: (id: string) => void;
}

/** A list by group: few entries today, dozens later. */
function Picker({ id, label, entries, value, onPick }: PickerProps) {
  const groups = [...Map.groupBy(entries, (entry) => entry.group)];
  return (
    <select
      id={id}
      class="picker"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onPick(currentTarget.value)}
    >
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
function Said({ problem, id }: { readonly problem: ReturnType<typeof problemAt>; readonly id?: string }) {
  // A problem of a single field (`agent.learningRate`) is said there.
  if (!problem || problem.field.includes('.')) return null;
  return (
    <p id={id} class="error" role="alert">
      Expected {problem.expected}, got {problem.got}.
    </p>
  );
}
