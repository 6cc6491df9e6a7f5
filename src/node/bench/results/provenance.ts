/** Which code, when and on what machine: what belongs beside every measured number. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, type } from 'node:os';
import type { Provenance } from './record.ts';

/** As it is now. */
export function provenance(): Provenance {
  const model = cpus()[0]?.model ?? process.arch;
  return {
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    machine: `${model.trim()}, ${availableParallelism()} cores, ${type()}`,
    node: process.version,
  };
}

/** The commit that is checked out, with `+` where other files than results have been changed; `unknown` outside git. */
function commit(): string {
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
