/** Fields that have an effect only beside certain values of others, e.g. the size of a map only where the map is random. */
import { currentKeys, type FieldDescription } from './config.ts';
import { show, type Problem } from './errors.ts';

/**
 * While another field of the table has one of these values, or more than a number, and has an effect itself. `or`: or while
 * this third field is not at its default. `never`: a field of a shared table that means nothing here.
 */
export type Condition =
  | 'never'
  | { readonly field: string; readonly is: readonly (string | boolean)[]; readonly or?: string }
  | { readonly field: string; readonly above: number };

type Fields = readonly FieldDescription[];
/** The value of a field by its key; texts of numbers and switches will do. */
type ValueOf = (key: string) => unknown;

/** The condition that keeps a field from having an effect; undefined if none does. */
export function unmet(fields: Fields, key: string, valueOf: ValueOf): Condition | undefined {
  const condition = fields.find((field) => field.key === key)?.when;
  if (!condition || condition === 'never') return condition;
  if (holds(condition, valueOf(condition.field))) return unmet(fields, condition.field, valueOf);
  const other = 'or' in condition ? fields.find((field) => field.key === condition.or) : undefined;
  return other && !sameText(valueOf(other.key), other.default) ? undefined : condition;
}

function holds(condition: Exclude<Condition, 'never'>, value: unknown): boolean {
  if ('above' in condition) return Number(value) > condition.above;
  return condition.is.some((wanted) => String(wanted) === String(value));
}

/** A condition as options of the command line: `map=random`, `learningRateSteps above 0`. */
function conditionText(condition: Exclude<Condition, 'never'>): string {
  const { field } = condition;
  if ('above' in condition) return `${field} above ${condition.above}`;
  const values = `${field}=${condition.is.map(String).join(' or ')}`;
  return condition.or === undefined ? values : `${values}, or ${condition.or} given,`;
}

/** When a field has an effect, in words: `only with map=random`. */
export function onlyWith(condition: Condition): string {
  return condition === 'never' ? 'no effect here' : `only with ${conditionText(condition).replace(/,$/, '')}`;
}

/**
 * The given values that change nothing, as problems: those of a field without an effect that differ from what it has
 * otherwise, its preset's value or default.
 */
export function withoutEffect(
  fields: Fields,
  given: Readonly<Record<string, unknown>>,
  valueOf: ValueOf,
  otherwise: ValueOf,
  where: string,
): readonly Problem[] {
  return Object.keys(currentKeys(fields, given)).flatMap((key) => {
    const condition = unmet(fields, key, valueOf);
    if (!condition || sameText(valueOf(key), otherwise(key))) return [];
    const field = `${where}.${key}`;
    if (condition === 'never')
      return [
        { field, expected: `${plain(otherwise(key))}, as it has no effect here`, got: plain(valueOf(key)) },
      ];
    const expected = `${conditionText(condition)} for it to have an effect`;
    return [{ field, expected, got: `${condition.field}=${plain(valueOf(condition.field))}` }];
  });
}

function sameText(a: unknown, b: unknown): boolean {
  return plain(a) === plain(b) || (plain(a) !== '' && Number(plain(a)) === Number(plain(b)));
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : show(value);
}
