/** The code, date and machine of a measurement. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, type } from 'node:os';
import { version } from '../../version.ts';
import type { Provenance } from './record.ts';

export function provenance(): Provenance {
  const model = cpus()[0]?.model ?? process.arch;
  return {
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    machine: `${model.trim()}, ${availableParallelism()} cores, ${type()}`,
    node: process.version,
  };
}

/** The commit checked out, with `+` if files outside docs have changed; `unknown` outside git. Of the npm package its version. */
function commit(): string {
  // The package may lie in a repository of its user's.
  if (import.meta.url.endsWith('.js')) return version();
  try {
    const changes = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs');
    return `${git('rev-parse', '--short=10', 'HEAD')}${changes === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
