/** The colours of the page: all of them in one style sheet, and every text readable on every ground, light and dark. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const STYLES = 'src/ui/styles/tokens.css';
const GROUNDS = ['back', 'panel', 'raised', 'chosen', 'warned', 'failed'];
const TEXTS = ['ink', 'dim', 'faint', 'accent', 'gold', 'mark', 'bad', 'good', 'run-a', 'run-b'];
/** Grounds of a hue that `on-hue` is written on. */
const HUES = ['accent', 'run-a', 'run-b', 'gold', 'good'];
/** Hues that are written on a tint of themselves, the share of which is in the style sheet. */
const TINTED = ['accent', 'gold', 'mark', 'good', 'bad'];

type Rgb = readonly [number, number, number];

const sheet = readFileSync(STYLES, 'utf8');

function token(name: string, look: 'light' | 'dark'): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\);`).exec(sheet);
  if (!found) throw new Error(`${STYLES}: expected --${name}, got none`);
  const hex = found[look === 'light' ? 1 : 2];
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

function tintShare(name: string): number {
  const found = new RegExp(`--${name}-tint: color-mix\\(in srgb, var\\(--${name}\\) (\\d+)%`).exec(sheet);
  if (!found) throw new Error(`${STYLES}: expected --${name}-tint, got none`);
  return Number(found[1]) / 100;
}

/** As WCAG 2.2 defines it. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function over(ground: Rgb, hue: Rgb, share: number): Rgb {
  return ground.map((byte, k) => byte + (hue[k] - byte) * share) as unknown as Rgb;
}

test.each(['light', 'dark'] as const)('every text has a contrast of 4.5 on every ground: %s', (look) => {
  const low: string[] = [];
  const check = (what: string, one: Rgb, other: Rgb): void => {
    const found = contrast(one, other);
    if (!(found >= 4.5)) low.push(`${what}: ${found.toFixed(2)}`);
  };
  for (const text of TEXTS)
    for (const ground of GROUNDS) check(`${text} on ${ground}`, token(text, look), token(ground, look));
  for (const hue of HUES) check(`on-hue on ${hue}`, token('on-hue', look), token(hue, look));
  for (const ground of ['back', 'panel'])
    check(
      `dim on the tint of accent over ${ground}`,
      token('dim', look),
      over(token(ground, look), token('accent', look), tintShare('accent')),
    );
  for (const hue of TINTED)
    for (const ground of ['back', 'panel', 'raised'])
      check(
        `${hue} on its tint over ${ground}`,
        token(hue, look),
        over(token(ground, look), token(hue, look), tintShare(hue)),
      );
  const confusion = readFileSync('src/ui/classifier/styles/train.css', 'utf8');
  const deepest = Number(/--share\) \* (\d+)%/.exec(confusion)?.[1]) / 100;
  for (const hue of ['run-a', 'run-b'])
    check(
      `ink on a cell of the confusion matrix in ${hue}`,
      token('ink', look),
      over(token('raised', look), token(hue, look), deepest),
    );
  expect(low).toEqual([]);
});

test('no style sheet but that of the tokens names a colour', () => {
  const literal = /#[\da-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/gi;
  const sheets = readdirSync('src/ui', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src/ui', path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.css') && path !== STYLES);
  expect(sheets.length).toBeGreaterThan(10);
  const found = sheets.flatMap((path) =>
    (readFileSync(path, 'utf8').match(literal) ?? []).map((colour) => `${path}: ${colour}`),
  );
  expect(found).toEqual([]);
});
