/** A config table as text, a line per field. `live`: it can change during training, on the page. */
import { expectation, isOff, OFF, type FieldDescription } from '#core/config.ts';
import { show } from '#core/errors.ts';
import { onlyWith } from '#core/when.ts';
import { formatTable } from './output.ts';

export function formatFields(fields: readonly FieldDescription[]): string {
  if (fields.length === 0) return '  none';
  const rows = fields.map((field) => [
    `  ${field.key}`,
    isOff(field, field.default) ? OFF : field.kind === 'choice' ? field.default : show(field.default),
    expectation(field, { withUnit: true }),
    field.live ? 'yes' : '',
    field.when ? `${field.help} (${onlyWith(field.when)})` : field.help,
  ]);
  return formatTable(['  name', 'default', 'accepts', 'live', 'meaning'], rows);
}

/** Fields with those that matter most before the others, in the order in which they are named. */
export function mainFirst(
  fields: readonly FieldDescription[],
  main: readonly string[],
): readonly FieldDescription[] {
  const first = main.flatMap((key) => fields.filter((field) => field.key === key));
  return [...first, ...fields.filter(({ key }) => !main.includes(key))];
}
