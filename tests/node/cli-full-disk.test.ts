/** Disks and outputs that take no more: one line that names the file, earlier files kept, and no half file left. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { ludus, start, startIn, temporaryFolder, type Finished } from './ludus.ts';

const train = ['train', 'frozen-lake', '--agent', 'q-learning', '--json', '--episodes', '0'];

interface Limits {
  /** Blocks of 512 bytes in POSIX shells, of 1024 in bash: the largest file that may be written. */
  readonly fileSize?: number;
  readonly stdout?: string;
}

/** Runs `ludus` where writes fail. */
async function limited({ fileSize, stdout }: Limits, ...args: readonly string[]): Promise<Finished> {
  const limit = fileSize === undefined ? '' : `ulimit -f ${fileSize}; trap '' XFSZ; `;
  const to = stdout === undefined ? '' : ` > ${stdout}`;
  return startIn(`${limit}exec "$0" "$@"${to}`, args).finished;
}

function wholeLines(path: string): boolean {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.pop() === '' && lines.every((line) => typeof JSON.parse(line) === 'object');
}

describe.skipIf(process.platform === 'win32')('a disk that is full', () => {
  it('while training: checkpoints and whole lines stay, and training goes on', async () => {
    const out = join(temporaryFolder(), 'run');
    await ludus(...train, '--steps', '400', '--out', out);
    const earlier = readFileSync(join(out, 'checkpoint.ludus'));
    const { code, stderr } = await limited(
      { fileSize: 16 },
      'train',
      '--resume',
      out,
      '--steps',
      '40000',
      '--episodes',
      '0',
    );
    const why = 'cannot write ".*run/metrics\\.jsonl": EFBIG: file too large';
    expect(stderr).toMatch(new RegExp(`^${why}; training goes on, and saving is tried again\n${why}\n$`));
    expect(code).toBe(1);
    // The checkpoint itself still fitted.
    expect(readFileSync(join(out, 'checkpoint.1.ludus')).equals(earlier)).toBe(true);
    const newest = await decodeCheckpoint(new Uint8Array(readFileSync(join(out, 'checkpoint.ludus'))));
    expect(newest.steps).toBe(40_000);
    expect(wholeLines(join(out, 'metrics.jsonl'))).toBe(true);
    expect(readdirSync(out).filter((name) => /^\.|\.new$/.test(name))).toEqual([]);
    const resumed = await ludus('train', '--resume', out, '--steps', '40100', '--episodes', '0');
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
  });

  it('while exporting: the earlier file stays', async () => {
    const folder = temporaryFolder();
    const [run, out] = [join(folder, 'run'), join(folder, 'out')];
    const quick = ['--set', 'learningStarts=50', '--steps', '60', '--episodes', '0'];
    await ludus('train', 'cart-pole', '--agent', 'dqn', ...quick, '--out', run);
    for (const format of ['safetensors', 'layers-model'])
      expect((await ludus('export', run, '--format', format, '--out', out)).code).toBe(0);
    const names = readdirSync(out).toSorted();
    const before = names.map((name) => readFileSync(join(out, name)));
    for (const [format, file] of [
      ['safetensors', 'model.safetensors'],
      ['layers-model', 'weights.bin'],
    ]) {
      const { code, stderr } = await limited(
        { fileSize: 4 },
        'export',
        run,
        '--format',
        format,
        '--out',
        out,
      );
      expect(stderr).toBe(`--out: cannot write "${join(out, file)}": EFBIG: file too large\n`);
      expect(code).toBe(1);
    }
    expect(readdirSync(out).toSorted()).toEqual(names);
    names.forEach((name, i) => expect(readFileSync(join(out, name)).equals(before[i])).toBe(true));
  });

  it('while recording: whole episodes stay', async () => {
    const folder = temporaryFolder();
    const [run, file] = [join(folder, 'run'), join(folder, 'play.jsonl')];
    await ludus(...train, '--steps', '100', '--out', run);
    const { code, stderr } = await limited(
      { fileSize: 4 },
      'evaluate',
      run,
      '--episodes',
      '100',
      '--record',
      file,
    );
    expect(stderr).toContain(`cannot write "${file}": EFBIG: file too large\n`);
    expect(code).toBe(1);
    expect(wholeLines(file)).toBe(true);
    expect(statSync(file).size).toBeGreaterThan(2000);
    expect((await ludus('replay', file)).code).toBe(0);
  });
});

describe.skipIf(!existsSync('/dev/full'))('an output that takes no more', () => {
  const full = { stdout: '/dev/full' };

  it('stops a run, which is saved, with one line', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code, stderr } = await limited(full, ...train, '--steps', '1e12', '--out', out);
    expect(stderr).toBe('output: cannot be written: ENOSPC: no space left on device, write: saving\n');
    expect(code).toBe(1);
    const file = readFileSync(join(out, 'checkpoint.ludus'));
    expect((await decodeCheckpoint(new Uint8Array(file))).steps).toBeGreaterThan(0);
  });

  it('fails a command that has nothing to save, with one line', async () => {
    expect(await limited(full, 'envs')).toMatchObject({
      code: 1,
      stderr: 'output: cannot be written: ENOSPC: no space left on device, write\n',
    });
  });
});

it('saves when standard error is closed as well', async () => {
  const out = join(temporaryFolder(), 'run');
  const running = start([...train, '--steps', '1e12', '--out', out]);
  await running.saw('start');
  running.child.stderr?.destroy();
  running.child.stdout?.destroy();
  expect((await running.finished).code).toBe(141);
  expect(existsSync(join(out, 'checkpoint.ludus'))).toBe(true);
});
