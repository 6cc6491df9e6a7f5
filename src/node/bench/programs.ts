/** Programs that tests and benchmarks start: found, or installed on Debian as root. */
import { messageOf } from '#core/errors.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The full path of a program that runs with `--version`. */
export function runnable(program: string): string | undefined {
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

/** Installs a package of Debian where this process may; returns whether it did. */
export function installOnDebian(name: string): boolean {
  if (process.getuid?.() !== 0 || !isDebian()) return false;
  try {
    process.stderr.write(`No ${name} found: installing it with apt-get\n`);
    // Waits while another process holds the lock.
    const lock = ['-o', 'DPkg::Lock::Timeout=300'];
    quietly('apt-get', ['update', '-q', ...lock]);
    quietly('apt-get', ['install', '-y', '-q', ...lock, name]);
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
