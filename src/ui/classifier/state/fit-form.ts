/** What the room's forms show for each field: the user's value, else the preset's or the default, and whether it waits for a reset. */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { FieldDescription } from '#core/config.ts';
import type { FitCatalogue, FitInfo, FitRequest } from '#worker/classifier/protocol.ts';
import { same } from '../../state/values.ts';
import { FIT_PART, type FitSection } from './fit-link.ts';

export class FitForm {
  private readonly catalogue: ReadonlySignal<FitCatalogue | undefined>;
  private readonly draft: ReadonlySignal<FitRequest>;
  private readonly info: ReadonlySignal<FitInfo | undefined>;
  readonly data = computed(() =>
    this.catalogue.value?.data.find((entry) => entry.id === this.draft.value.data),
  );
  readonly model = computed(() =>
    this.catalogue.value?.models.find((entry) => entry.id === this.draft.value.model),
  );
  /** The model's presets for these data, and the drafted one. */
  readonly presets = computed(() => {
    const { data, preset } = this.draft.value;
    const presets = this.model.value?.presets ?? [];
    return presets.filter((entry) => entry.id === preset || (entry.data?.includes(data) ?? true));
  });

  constructor(
    catalogue: ReadonlySignal<FitCatalogue | undefined>,
    draft: ReadonlySignal<FitRequest>,
    info: ReadonlySignal<FitInfo | undefined>,
  ) {
    this.catalogue = catalogue;
    this.draft = draft;
    this.info = info;
  }

  fieldsOf(section: FitSection): readonly FieldDescription[] {
    switch (section) {
      case 'data':
        return this.data.value?.fields ?? [];
      case 'augment':
        return this.catalogue.value?.augment ?? [];
      case 'model':
        return this.model.value?.fields ?? [];
    }
  }

  /** The value that the form shows for a field. */
  shown(section: FitSection, key: string): unknown {
    return this.draft.value[FIT_PART[section]]?.[key] ?? this.unchanged(section, key);
  }

  /** A field's value if the user gives none. */
  unchanged(section: FitSection, key: string): unknown {
    const fallback = this.fieldsOf(section).find((field) => field.key === key)?.default;
    const preset = this.model.value?.presets.find(({ id }) => id === this.draft.value.preset);
    switch (section) {
      case 'data':
        return fallback;
      case 'augment':
        return preset?.augment?.[key] ?? fallback;
      case 'model':
        return preset?.config[key] ?? fallback;
    }
  }

  /** Whether a field waits for a reset. */
  waits(section: FitSection, key: string): boolean {
    const { value: info } = this.info;
    const { value: draft } = this.draft;
    if (!info || info.request.data !== draft.data || info.request.model !== draft.model) return false;
    return !same(this.shown(section, key), info.request[FIT_PART[section]][key]);
  }

  /** Whether anything waits. */
  readonly pending = computed(() => {
    const { value: info } = this.info;
    if (!info) return false;
    const sections = ['data', 'augment', 'model'] as const;
    const isOther = !same(this.draft.value.seed ?? 1, info.request.seed);
    return isOther || sections.some((s) => this.fieldsOf(s).some(({ key }) => this.waits(s, key)));
  });
}
