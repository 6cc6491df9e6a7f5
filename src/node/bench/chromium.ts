/**
 * Finds a Chromium for the browser tests and benchmarks, or installs one on Debian as root, so that `npm test` works on a fresh
 * machine. It has to be the full Chromium: Playwright's headless shell has no WebGPU.
 */
import { messageOf } from '#core/errors.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright';

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

/** The path of a Chromium that starts: from CHROMIUM_PATH, the system, Playwright, or newly installed. */
export function findChromium(): string {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    const found = runnable(given);
    if (found === undefined) throw new Error(`CHROMIUM_PATH: expected a working Chromium, got ${given}`);
    return found;
  }
  const found = findInstalled() ?? (installOnDebian() ? findInstalled() : undefined);
  if (found === undefined)
    throw new Error(
      'No Chromium found: install one (`apt-get install chromium` or `npx playwright install chromium`), or set CHROMIUM_PATH.',
    );
  return found;
}

function findInstalled(): string | undefined {
  for (const candidate of [...CANDIDATES, chromium.executablePath()]) {
    const found = runnable(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The full path of a program that runs with `--version`. */
function runnable(program: string): string | undefined {
  try {
    const path = /[/\\]/.test(program) ? program : quietly('which', [program]).trim();
    if (!existsSync(path)) return undefined;
    // On Windows, Chrome opens a window for --version.
    if (process.platform !== 'win32') quietly(path, ['--version']);
    return path;
  } catch {
    return undefined;
  }
}

/** Installs Debian's Chromium where this process may; returns whether it did. */
function installOnDebian(): boolean {
  if (process.getuid?.() !== 0 || !isDebian()) return false;
  try {
    process.stderr.write('No Chromium found: installing it with apt-get\n');
    // Waits while another process holds the lock.
    const lock = ['-o', 'DPkg::Lock::Timeout=300'];
    quietly('apt-get', ['update', '-q', ...lock]);
    quietly('apt-get', ['install', '-y', '-q', ...lock, 'chromium']);
    return true;
  } catch (error) {
    process.stderr.write(`apt-get failed: ${messageOf(error)}\n`);
    return false;
  }
}

function isDebian(): boolean {
  if (!existsSync('/etc/os-release')) return false;
  const release = readFileSync('/etc/os-release', 'utf8');
  // Ubuntu's chromium package installs a snap, which does not run in containers.
  return /^ID=debian$/m.test(release);
}

function quietly(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
