/**
 * Draws the icons of the installed page from public/favicon.svg with a browser: `npx tsx scripts/icons.ts`. Maskable ones and
 * Apple's have no corners of their own and their drawing within the middle 80 %.
 */
import { readFileSync } from 'node:fs';
import { launch } from '#node/bench/browser.ts';

const SVG = readFileSync('public/favicon.svg', 'utf8');
const GROUND = '#0b0e14';
const ICONS = [
  { file: 'icon-192.png', size: 192, full: false },
  { file: 'icon-512.png', size: 512, full: false },
  { file: 'icon-maskable-512.png', size: 512, full: true },
  { file: 'apple-touch-icon.png', size: 180, full: true },
];

const browser = await launch({ webgpu: false });
for (const { file, size, full } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const share = full ? 80 : 100;
  await page.setContent(
    `<body style="margin:0;display:grid;place-items:center;height:100vh${full ? `;background:${GROUND}` : ''}">` +
      SVG.replace('<svg ', `<svg style="width:${share}%;height:${share}%" `),
  );
  await page.screenshot({ path: `public/${file}`, omitBackground: !full });
  await page.close();
}
await browser.close();
