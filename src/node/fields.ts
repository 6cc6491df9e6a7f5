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
