/** Values beside which a field has an effect, or has none, by the conditions of its table. */
import type { FieldDescription } from '#core/config.ts';

type Params = Readonly<Record<string, unknown>>;

/** Values of other fields beside which this one has an effect; none if it always has one. */
export function meeting(fields: readonly FieldDescription[], key: string): Params {
  const when = fields.find((field) => field.key === key)?.when;
  if (!when || when === 'never') return {};
  const other = fields.find((field) => field.key === when.field);
  const usual = other?.kind === 'number' ? other.default : 0;
  const value = 'above' in when ? (usual > when.above ? usual : when.above + 1) : when.is[0];
  return { ...meeting(fields, when.field), [when.field]: value };
}

/** All settings, by one field each, beside which this one has no effect. */
export function missing(fields: readonly FieldDescription[], key: string): readonly Params[] {
  const when = fields.find((field) => field.key === key)?.when;
  if (!when) return [];
  if (when === 'never') return [{}];
  if ('above' in when) return [{ [when.field]: when.above }];
  const other = fields.find((field) => field.key === when.field);
  const values: readonly (string | boolean)[] = other?.kind === 'choice' ? other.options : [false, true];
  return values.filter((value) => !when.is.includes(value)).map((value) => ({ [when.field]: value }));
}

/** The values to try of a field: its ends, or all that there are to choose from. */
export function ends(field: FieldDescription): readonly unknown[] {
  switch (field.kind) {
    case 'number':
      return [field.min, field.max];
    case 'choice':
      return field.options;
    case 'toggle':
      return [false, true];
    case 'json':
      return [field.default];
  }
}
