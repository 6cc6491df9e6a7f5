/**
 * One config table as a form shows it: what its fields hold, which of them are shown, how they are folded, and how they differ
 * from what they would be by themselves. The same for the settings of an agent, of a world and of a classifier.
 */
import type { FieldDescription } from '#core/config.ts';
import { THEMES, type Theme } from '#core/themes.ts';
import type { Problem } from '#core/errors.ts';
import { unmet } from '#core/when.ts';
import { same, told } from './values.ts';

export interface FormSection {
  /** Tells its fields from those of another run. */
  readonly id: string;
  readonly fields: readonly FieldDescription[];
  /** Keys of the fields that matter most, in their order; absent: all that have no theme. */
  readonly main?: readonly string[] | undefined;
  /** The chosen preset. */
  readonly preset?: string | undefined;
  readonly shown: (key: string) => unknown;
  /** A field's value if the user gives none: the preset's, or the default. */
  readonly unchanged: (key: string) => unknown;
  /** Whether the value differs from the one in force and waits for a reset. */
  readonly waits: (key: string) => boolean;
  readonly problem: (key: string) => Problem | undefined;
  readonly edit: (field: FieldDescription, value: unknown) => void;
  /** Opens the builder of its network, where there is one. */
  readonly openBuilder?: () => void;
}

/** The fields of a section with a heading of their own. */
export interface Fold {
  readonly theme: Theme;
  readonly fields: readonly FieldDescription[];
}

export interface Folds {
  /** Without a heading. */
  readonly top: readonly FieldDescription[];
  readonly folds: readonly Fold[];
}

/** The main fields first, all others by theme; those that depend on another one follow it. */
export function folded({ fields, main }: Pick<FormSection, 'fields' | 'main'>): Folds {
  const isTop = ({ key, theme }: FieldDescription): boolean => main?.includes(key) ?? theme === undefined;
  const place = ({ key }: FieldDescription): number => main?.indexOf(key) ?? 0;
  const top = afterSwitches(fields.filter(isTop).toSorted((a, b) => place(a) - place(b)));
  const rest = fields.filter((field) => !isTop(field));
  const folds = THEMES.map((theme) => ({
    theme,
    fields: afterSwitches(rest.filter((f) => f.theme === theme)),
  }));
  return { top, folds: folds.filter((fold) => fold.fields.length > 0) };
}

/** The switch of a field among others; undefined if it has none there. */
export function switchOf(
  { when }: FieldDescription,
  fields: readonly FieldDescription[],
): FieldDescription | undefined {
  return when === undefined || when === 'never' ? undefined : fields.find(({ key }) => key === when.field);
}

function afterSwitches(fields: readonly FieldDescription[]): readonly FieldDescription[] {
  const withItsOwn = (field: FieldDescription): readonly FieldDescription[] => [
    field,
    ...fields.filter((other) => switchOf(other, fields) === field).flatMap(withItsOwn),
  ];
  return fields.filter((field) => !switchOf(field, fields)).flatMap(withItsOwn);
}

/** Whether a field has an effect beside the values of the others. One that is wrong is shown in any case. */
export function isShown(section: FormSection, { key }: FieldDescription): boolean {
  return unmet(section.fields, key, section.shown) === undefined || section.problem(key) !== undefined;
}

/** Beside which values of others a field would have an effect, in words; undefined if it has one. */
export function onlyWhen({ fields, shown }: FormSection, key: string): string | undefined {
  const condition = unmet(fields, key, shown);
  if (!condition) return undefined;
  if (condition === 'never') return 'no effect here';
  const labelOf = (other: string): string => fields.find((field) => field.key === other)?.label ?? other;
  const label = labelOf(condition.field);
  if ('above' in condition) return `only when ${label} is above ${condition.above}`;
  const values = condition.is.map((value) => (value === true ? 'on' : value === false ? 'off' : value));
  const other = condition.or === undefined ? '' : ` or a ${labelOf(condition.or)} of your own`;
  return `only when ${label} is ${values.join(' or ')}${other}`;
}

export function isChanged({ shown, unchanged }: FormSection, { key }: FieldDescription): boolean {
  return !same(shown(key), unchanged(key));
}

/** The shown fields that differ from their preset or default. */
export function changedOf(
  section: FormSection,
  fields: readonly FieldDescription[],
): readonly FieldDescription[] {
  return fields.filter((field) => isShown(section, field) && isChanged(section, field));
}

/** What a field's own value is, and whose: `Preset cleanrl: 0.00025`. */
export function ownValue({ preset, unchanged }: FormSection, field: FieldDescription): string {
  return `${preset === undefined ? 'Default' : `Preset ${preset}`}: ${told(field, unchanged(field.key))}`;
}

/** Takes back what the user changed: of one field, or of all, also of those that are not shown now. */
export function takeBack(section: FormSection, fields = section.fields): void {
  for (const field of fields)
    if (isChanged(section, field)) section.edit(field, section.unchanged(field.key));
}

/** Whether a field is found by what is typed into a search: every word in its name, key, theme, options or help. */
export function isFound(field: FieldDescription, query: string): boolean {
  const { label, key, theme = '', help, formerly = [] } = field;
  const options = field.kind === 'choice' ? field.options : [];
  const text = plain([label, key, theme, help, ...formerly, ...options].join(' '));
  return plain(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** British and American, hyphens and cases alike. */
function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll('z', 's').replaceAll('-', ' ');
}
