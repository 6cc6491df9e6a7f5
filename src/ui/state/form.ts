/** What the forms show for each field: the user's value, else the preset's or the default, and whether it waits for a reset. */
import { computed, type Signal } from '@preact/signals';
import { isSuited } from '#core/agent.ts';
import type { FieldDescription } from '#core/config.ts';
import type { Problem } from '#core/errors.ts';
import { unmet, withoutEffect } from '#core/when.ts';
import type { Catalogue, NamedRequest, RunInfo } from '#worker/protocol.ts';
import { PART, same, type Section } from './values.ts';

export class Form {
  private readonly catalogue: Signal<Catalogue | undefined>;
  private readonly draft: Signal<NamedRequest>;
  private readonly info: Signal<RunInfo | undefined>;
  readonly world = computed(() =>
    this.catalogue.value?.worlds.find((entry) => entry.id === this.draft.value.world),
  );
  readonly agent = computed(() =>
    this.catalogue.value?.agents.find((entry) => entry.id === this.draft.value.agent),
  );
  /** The drafted world's, preferably as the run plays it, because it may depend on parameters and wrappers. */
  private readonly spec = computed(() => {
    const { value: info } = this.info;
    return info?.request.world === this.draft.value.world ? info.spec : this.world.value?.spec;
  });
  /** The reward terms of the world. */
  readonly terms = computed(() => this.spec.value?.rewards ?? []);

  /** The agent's presets for this world. */
  readonly presets = computed(() => {
    const { value: spec } = this.spec;
    const presets = this.agent.value?.presets ?? [];
    return spec ? presets.filter(({ suits = {} }) => isSuited(suits, spec)) : presets;
  });

  constructor(
    catalogue: Signal<Catalogue | undefined>,
    draft: Signal<NamedRequest>,
    info: Signal<RunInfo | undefined>,
  ) {
    this.catalogue = catalogue;
    this.draft = draft;
    this.info = info;
  }

  /** The value that the form shows for a field. */
  shown(section: Section, key: string): unknown {
    return this.draft.value[PART[section]]?.[key] ?? this.unchanged(section, key);
  }

  /** An agent's title. */
  titleOf(agent: string): string {
    return this.catalogue.value?.agents.find(({ id }) => id === agent)?.title ?? agent;
  }

  /** A field's label. */
  labelOf(section: Section, key: string): string {
    if (section === 'reward')
      return this.terms.value.find((term) => term.id === key)?.label ?? `Reward ${key}`;
    return this.fieldOf(section, key)?.label ?? key;
  }

  /** A field by its key; reward terms have no description of their own. */
  fieldOf(section: Section, key: string): FieldDescription | undefined {
    return section === 'reward' ? undefined : this.fieldsOf(section).find((field) => field.key === key);
  }

  /** Whether a field waits for a reset. */
  waits(section: Section, key: string): boolean {
    const { value: info } = this.info;
    if (
      !info ||
      info.request.world !== this.draft.value.world ||
      info.request.agent !== this.draft.value.agent
    )
      return false;
    return !same(this.shown(section, key), info.request[PART[section]][key]);
  }

  /** Beside which values of others a field would have an effect, in words; undefined if it has one. */
  only(section: Section, key: string): string | undefined {
    if (section === 'reward') return undefined;
    const condition = unmet(this.fieldsOf(section), key, (other) => this.shown(section, other));
    if (!condition) return undefined;
    if (condition === 'never') return 'no effect in this world';
    const label = this.labelOf(section, condition.field);
    if ('above' in condition) return `only when ${label} is above ${condition.above}`;
    const values = condition.is.map((value) => (value === true ? 'on' : value === false ? 'off' : value));
    const other =
      condition.or === undefined ? '' : ` or a ${this.labelOf(section, condition.or)} of your own`;
    return `only when ${label} is ${values.join(' or ')}${other}`;
  }

  /** Drafted values of world and agent that change nothing. */
  idle(): readonly Problem[] {
    return (['world', 'agent'] as const).flatMap((section) =>
      withoutEffect(
        this.fieldsOf(section),
        this.draft.value[PART[section]] ?? {},
        (key) => this.shown(section, key),
        (key) => this.unchanged(section, key),
        section,
      ),
    );
  }

  private fieldsOf(section: 'world' | 'wrap' | 'agent'): readonly FieldDescription[] {
    switch (section) {
      case 'world':
        return this.world.value?.fields ?? [];
      case 'wrap':
        return this.catalogue.value?.wrappers ?? [];
      case 'agent':
        return this.agent.value?.fields ?? [];
    }
  }

  /** A field's value if the user gives none. */
  unchanged(section: Section, key: string): unknown {
    const { value: agent } = this.agent;
    switch (section) {
      case 'world':
      case 'wrap':
        return this.fieldsOf(section).find((field) => field.key === key)?.default;
      case 'reward':
        return this.terms.value.find((term) => term.id === key)?.weight;
      case 'agent': {
        const preset = agent?.presets.find((entry) => entry.id === this.draft.value.preset);
        return preset?.config[key] ?? agent?.fields.find((field) => field.key === key)?.default;
      }
    }
  }
}
