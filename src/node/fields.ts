/** A config table as text: one line per field with its default, its range and its help. */
import { expectation, type FieldDescription } from '#core/config.ts';
import { show } from '#core/errors.ts';
import { formatTable } from './output.ts';

export function formatFields(fields: readonly FieldDescription[]): string {
  if (fields.length === 0) return '  none';
  const rows = fields.map((field) => [
    `  ${field.key}`,
    field.kind === 'choice' ? field.default : show(field.default),
    expectation(field) + (field.unit ? ` ${field.unit}` : ''),
    field.live ? 'live' : '',
    field.help,
  ]);
  return formatTable(['  field', 'default', 'accepts', '', ''], rows);
}
