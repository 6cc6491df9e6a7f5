/**
 * A real file system that is read-only: a folder mounted so in a namespace of its own, which needs Linux and no privilege. One that
 * becomes so while a run writes cannot be had that way, as a file is open: for that see the faults of `storage-faults.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ludus, startIn, temporaryFolder, type RunningLudus } from './ludus.ts';

const NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'] as const;
const canMount =
  spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

const bind = (folder: string): string => `mount --bind '${folder}' '${folder}'`;
const close = (folder: string): string => `mount -o remount,bind,ro '${folder}'`;
const RUN = 'exec "$0" "$@"';

function readOnly(folder: string, ...args: readonly string[]): RunningLudus {
  return startIn(`${bind(folder)} && ${close(folder)} && ${RUN}`, args, NAMESPACE);
}

/** A folder with a run of 400 steps. */
async function trained(): Promise<{ readonly folder: string; readonly out: string }> {
  const folder = temporaryFolder();
  const out = join(folder, 'run');
  await ludus(
    'train',
    'frozen-lake',
    '--agent',
    'q-learning',
    '--episodes',
    '0',
    '--steps',
    '400',
    '--out',
    out,
  );
  return { folder, out };
}

describe.skipIf(!canMount)('a file system that is read-only', () => {
  it('is refused before anything is trained, and read', async () => {
    const { folder, out } = await trained();
    const other = join(folder, 'other');
    const made = await readOnly(folder, 'train', 'frozen-lake', '--agent', 'q-learning', '--out', other)
      .finished;
    expect(made.stderr).toBe(`--out: cannot create the folder "${other}": EROFS: read-only file system\n`);
    expect(made.code).toBe(1);
    const resumed = await readOnly(folder, 'train', '--resume', out, '--steps', '4000').finished;
    expect(resumed.stderr).toMatch(/^cannot write ".*run\/.*": EROFS: read-only file system\n$/);
    expect(resumed.code).toBe(1);
    const evaluated = await readOnly(folder, 'evaluate', out, '--episodes', '10', '--json').finished;
    expect(evaluated).toMatchObject({ code: 0, stderr: '' });
    expect(evaluated.lines.at(-1)).toMatchObject({ kind: 'evaluation', step: 400, episodes: 10 });
  });
});
