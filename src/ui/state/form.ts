/** What the forms show for each field: the user's value, else the preset's or the default, and whether it waits for a reset. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { isSuited } from '#core/agent.ts';
import type { FieldDescription } from '#core/config.ts';
import type { Problem } from '#core/errors.ts';
import { REWARD_EDITS } from '#core/shaping.ts';
import { withoutEffect } from '#core/when.ts';
import type { Catalogue, NamedRequest, RunInfo } from '#worker/protocol.ts';
import { PART, rewardField, same, type Section } from './values.ts';

interface LiveDifference {
  readonly section: 'reward' | 'agent';
  readonly key: string;
  readonly shown: unknown;
  readonly is: unknown;
}

export class Form {
  private readonly catalogue: ReadonlySignal<Catalogue | undefined>;
  private readonly draft: ReadonlySignal<NamedRequest>;
  private readonly info: ReadonlySignal<RunInfo | undefined>;
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

  private readonly weights = computed(() => this.terms.value.map(rewardField));

  /** The agent's presets for this world. */
  readonly presets = computed(() => {
    const { value: spec } = this.spec;
    const presets = this.agent.value?.presets ?? [];
    return spec ? presets.filter(({ suits = {} }) => isSuited(suits, spec)) : presets;
  });

  /** The drafted preset. */
  private readonly preset = computed(() =>
    this.agent.value?.presets.find(({ id }) => id === this.draft.value.preset),
  );

  constructor(
    catalogue: ReadonlySignal<Catalogue | undefined>,
    draft: ReadonlySignal<NamedRequest>,
    info: ReadonlySignal<RunInfo | undefined>,
  ) {
    this.catalogue = catalogue;
    this.draft = draft;
    this.info = info;
  }

  /** The value that the form shows for a field. */
  shown(section: Section, key: string): unknown {
    return this.draft.value[PART[section]]?.[key] ?? this.unchanged(section, key);
  }

  /** The drafted seed, else that of the run. */
  get seed(): unknown {
    return this.draft.value.seed ?? this.info.value?.request.seed ?? 1;
  }

  /** The keys of a section's fields. */
  keysOf(section: Section): readonly string[] {
    if (section === 'reward') return this.terms.value.map(({ id }) => id);
    return this.fieldsOf(section).map(({ key }) => key);
  }

  /** An agent's title. */
  titleOf(agent: string): string {
    return this.catalogue.value?.agents.find(({ id }) => id === agent)?.title ?? agent;
  }

  /** A field's label. */
  labelOf(section: Section, key: string): string {
    return this.fieldOf(section, key)?.label ?? (section === 'reward' ? `Reward ${key}` : key);
  }

  /** A field by its key. */
  fieldOf(section: Section, key: string): FieldDescription | undefined {
    return this.fieldsOf(section).find((field) => field.key === key);
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

  /** The live values that the form shows otherwise than the run has them, if that is of the same agent. */
  liveDifferences(): readonly LiveDifference[] {
    const { value: info } = this.info;
    if (info?.request.agent !== this.draft.value.agent) return [];
    const fields = this.agent.value?.fields.filter(({ live }) => live) ?? [];
    const names = [
      ...[...this.terms.value.map(({ id }) => id), ...REWARD_EDITS].map((id) => ['reward', id] as const),
      ...fields.map(({ key }) => ['agent', key] as const),
    ];
    return names
      .map(([section, key]) => ({
        section,
        key,
        shown: this.shown(section, key),
        is: info.request[PART[section]][key],
      }))
      .filter(({ shown, is }) => !same(shown, is));
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

  /** The fields of a section; for reward terms, their weights. */
  fieldsOf(section: Section): readonly FieldDescription[] {
    switch (section) {
      case 'reward':
        return this.weights.value;
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
    const preset = section === 'agent' ? this.preset.value : undefined;
    return preset?.config[key] ?? this.fieldOf(section, key)?.default;
  }
}
