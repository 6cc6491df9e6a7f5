/** Runs that are cut off, sent away or left without their folder: what was saved stays, and what goes on says so in a line. */
import { existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { ludus, start, temporaryFolder, type RunningLudus } from './ludus.ts';

const commands: Readonly<
  Record<string, { readonly args: readonly string[]; readonly length: string; readonly most: string }>
> = {
  train: {
    args: ['train', 'cart-pole', '--agent', 'dqn', '--set', 'replaySize=1000', '--episodes', '0'],
    length: '--steps',
    most: '1e12',
  },
  // The most epochs that there may be: minutes of them, one example at a time.
  fit: {
    args: ['fit', 'spiral', '--model', 'mlp', '--set', 'batchSize=1'],
    length: '--epochs',
    most: '100000',
  },
};
const table = Object.entries(commands).map(([command, { args, length, most }]) => ({
  command,
  short: [...args, '--json', length],
  endless: [...args, '--json', length, most],
  length,
}));

async function stepsIn(folder: string, name = 'checkpoint.ludus'): Promise<number> {
  return (await decodeCheckpoint(new Uint8Array(readFileSync(join(folder, name))))).steps;
}

async function exists(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((next) => setTimeout(next, 20));
}

/** A run that goes on and has saved. */
async function saved(endless: readonly string[], out: string): Promise<RunningLudus> {
  const running = start([...endless, '--out', out, '--save-every', '1']);
  await exists(join(out, 'config.json'));
  return running;
}

/** Stops a run that goes on, and gives the step at which it was saved. */
async function stopped(running: RunningLudus): Promise<unknown> {
  running.child.kill('SIGTERM');
  const { code, lines, stderr } = await running.finished;
  // A folder that went in the middle of a save is told of. What is unusual about the run depends on how far it came.
  expect(stderr.replaceAll(/^note: .*\n/gm, '')).toMatch(
    /^(cannot write [^\n]*; training goes on, and saving is tried again\n(saved again [^\n]*\n)?)?SIGTERM: saving; send it again to exit immediately\n$/,
  );
  expect(code).toBe(143);
  return lines.at(-1)?.['step'];
}

describe.each(table)('ludus $command', ({ command, short, endless, length }) => {
  it('saves soon after the start, however seldom it is asked to', async () => {
    const out = join(temporaryFolder(), 'run');
    const running = start([...endless, '--out', out, '--save-every', '1e6']);
    await exists(join(out, 'config.json'));
    running.child.kill('SIGKILL');
    await running.finished;
    expect(await stepsIn(out)).toBeGreaterThan(0);
  });

  it('goes back to the checkpoint before if the newest is damaged, and goes on from there', async () => {
    const out = join(temporaryFolder(), 'run');
    await ludus(...short, '2', '--out', out);
    await ludus(command, '--resume', out, length, '4');
    const [newest, before] = ['checkpoint.ludus', 'checkpoint.1.ludus'].map((name) => join(out, name));
    const [last, first] = [await stepsIn(out), await stepsIn(out, 'checkpoint.1.ludus')];
    expect(first).toBeLessThan(last);
    truncateSync(newest, 300);
    const { stderr, lines, code } = await ludus(command, '--resume', out, length, '4');
    expect(stderr).toContain(
      `"${newest}": checkpoint: expected a whole gzip file, got a file that is cut off or damaged; going back to "${before}"\n`,
    );
    expect(lines[0]).toMatchObject({ kind: 'start', step: first });
    expect(code).toBe(0);
    expect(await stepsIn(out)).toBe(last);
  });

  it.skipIf(process.platform === 'win32')('makes its folder again if it is moved meanwhile', async () => {
    const out = join(temporaryFolder(), 'run');
    const running = await saved(endless, out);
    const firstLine = (): string => readFileSync(join(out, 'metrics.jsonl'), 'utf8').split('\n', 1)[0];
    const first = firstLine();
    renameSync(out, `${out}.gone`);
    await exists(join(out, 'metrics.csv'));
    expect(await stopped(running)).toBe(await stepsIn(out));
    // The record is whole again, from its first line.
    expect(firstLine()).toBe(first);
  });

  it('goes on where it cannot save, says so once, and ends with the reason', async () => {
    const out = join(temporaryFolder(), 'run');
    const running = await saved(endless, out);
    renameSync(out, `${out}.gone`);
    writeFileSync(out, 'a file in the place of the folder');
    let stderr = '';
    await new Promise<void>((told) => {
      running.child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        if (stderr.includes('training goes on')) told();
      });
    });
    running.child.kill('SIGINT');
    const { code, ...finished } = await running.finished;
    const why = /^cannot write "[^"]*": ENOTDIR: not a directory/;
    // In the midst of a save the folder went first.
    const first = /^cannot write "[^"]*": (ENOTDIR: not a directory|ENOENT: no such file or directory)/;
    expect(finished.stderr.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`${first.source}; training goes on, and saving is tried again$`)),
      'SIGINT: saving; send it again to exit immediately',
      expect.stringMatching(new RegExp(`${why.source}$`)),
      '',
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('exits at once at a second %s, with its checkpoint as it was', async (signal, exit) => {
    const out = join(temporaryFolder(), 'run');
    const running = await saved(endless, out);
    running.child.kill(signal);
    running.child.kill(signal);
    expect((await running.finished).code).toBe(exit);
    expect(await stepsIn(out)).toBeGreaterThan(0);
    const resumed = start([command, '--resume', out, '--json']);
    await resumed.saw('start');
    expect(await stopped(resumed)).toBe(await stepsIn(out));
  });
});
