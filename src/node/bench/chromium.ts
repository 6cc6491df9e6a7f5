/**
 * Finds a Chromium for the browser tests and benchmarks, or installs one on Debian as root, so that `npm test` works on a fresh
 * machine. There are two: the full one, which alone has WebGPU, and the headless shell, the same engine without windows, whose
 * pages need half the processor time.
 */
import { chromium } from 'playwright';
import { installOnDebian, runnable } from './programs.ts';

/** Usual locations, the most likely first; names without a slash are looked up in PATH. */
const CANDIDATES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
] as const;
/** The name of the shell in PATH, and of its package. */
const SHELL = 'chromium-headless-shell';

/** The path of a full Chromium that starts: from CHROMIUM_PATH, the system, Playwright, or newly installed. */
export function findChromium(): string {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    const found = runnable(given);
    if (found === undefined) throw new Error(`CHROMIUM_PATH: expected a working Chromium, got ${given}`);
    return found;
  }
  const found = findInstalled() ?? (installOnDebian('chromium') ? findInstalled() : undefined);
  if (found === undefined)
    throw new Error(
      'No Chromium found: install one (`apt-get install chromium` or `npx playwright install chromium`), or set CHROMIUM_PATH.',
    );
  return found;
}

/** The path of a Chromium that need not have WebGPU: the headless shell, or what `findChromium` finds. */
export function findShell(): string {
  if (process.env['CHROMIUM_PATH']) return findChromium();
  return runnable(SHELL) ?? (installOnDebian(SHELL) ? runnable(SHELL) : undefined) ?? findChromium();
}

function findInstalled(): string | undefined {
  for (const candidate of [...CANDIDATES, chromium.executablePath()]) {
    const found = runnable(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}
