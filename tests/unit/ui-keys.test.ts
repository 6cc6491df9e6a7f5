/** Which shortcut a pressed key is, on keyboards of several layouts. */
import { expect, test } from 'vitest';
import { shortcutOf } from '#ui/state/actions.ts';

test.each([
  ['US', 'r', 'KeyR', 'KeyR'],
  ['US with caps lock', 'H', 'KeyH', 'KeyH'],
  ['Dvorak: types p in the place of R', 'p', 'KeyR', 'KeyP'],
  ['Dvorak: types r', 'r', 'KeyO', 'KeyR'],
  ['Dvorak: types a semicolon', ';', 'KeyZ', ';'],
  ['Dvorak: types v in the place of the full stop', 'v', 'Period', 'KeyV'],
  ['Russian', 'к', 'KeyR', 'KeyR'],
  ['Greek', 'ρ', 'KeyR', 'KeyR'],
  ['AZERTY: digits need Shift', '&', 'Digit1', 'Digit1'],
  ['US', ' ', 'Space', 'Space'],
  ['US', 'ArrowRight', 'ArrowRight', 'ArrowRight'],
])('%s: %j on %s is %s', (_, key, code, expected) => {
  expect(shortcutOf({ key, code })).toBe(expected);
});
