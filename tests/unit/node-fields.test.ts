/** Config tables as the command line lists them. */
import { expect, test } from 'vitest';
import { formatFields } from '#node/fields.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { describe } from '#core/config.ts';

test('a default that switches its field off is listed as `off`, and `off` among what it accepts', () => {
  const rows = formatFields(describe(wrapperTable)).split('\n');
  const row = (key: string): string => rows.find((line) => line.trimStart().startsWith(key)) ?? '';
  expect(row('timeLimit')).toMatch(/^ +timeLimit +off +a whole number from 0 to 1000000 steps, or off/);
  expect(row('frameStack')).toMatch(/^ +frameStack +off +a whole number from 1 to 16, or off/);
  expect(row('pixels')).toMatch(/^ +pixels +false +true or false/);
});
