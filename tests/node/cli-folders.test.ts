/** Whose a run's folder is: one process at a time writes to it. The cases are in tests/unit/node-files.test.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { ludus, start, temporaryFolder, type RunningLudus } from './ludus.ts';

const train = ['train', 'frozen-lake', '--agent', 'q-learning', '--json', '--episodes', '0'];

async function stepsIn(folder: string): Promise<number> {
  const file = readFileSync(join(folder, 'checkpoint.ludus'));
  return (await decodeCheckpoint(new Uint8Array(file))).steps;
}

/** A run that does not end, and has saved once. */
async function endless(out: string): Promise<RunningLudus> {
  const running = start([...train, '--steps', '1e12', '--out', out, '--save-every', '1']);
  await running.saw('start');
  while (!existsSync(join(out, 'checkpoint.ludus'))) await new Promise((next) => setTimeout(next, 50));
  return running;
}

it('a folder that is being written to is refused to all others, and free again afterwards', async () => {
  const out = join(temporaryFolder(), 'run');
  const first = await endless(out);
  const busy = `expected a folder that no other process writes to; name another, got "${out}", which process ${first.child.pid} writes to\n`;
  for (const [flag, ...args] of [
    ['--out', ...train, '--steps', '10', '--out', `${out}/`],
    ['--resume', 'train', '--resume', out, '--steps', '10'],
    ['--results', 'bench', 'agents', '--results', out, '--only', 'sarsa cliff-walking', '--seeds', '1'],
  ])
    expect(await ludus(...args)).toMatchObject({ code: 2, stdout: '', stderr: `${flag}: ${busy}` });
  first.child.kill('SIGTERM');
  const { lines, code } = await first.finished;
  expect(code).toBe(143);
  expect(await stepsIn(out)).toBe(lines.at(-1)?.['step']);
  expect(existsSync(`${out}.1`)).toBe(false);
  expect(readdirSync(out).filter((name) => name.startsWith('.') || name.endsWith('.new'))).toEqual([]);
  const second = await ludus(...train, '--steps', '10', '--out', `${out}/`);
  expect(second).toMatchObject({ code: 0, stderr: `moved the earlier run to ${out}.1\n` });
  expect(await stepsIn(out)).toBe(10);
});

it('of two runs that start together, exactly one has the folder', async () => {
  const out = join(temporaryFolder(), 'run');
  const running = [1, 2].map(() => start([...train, '--steps', '1e12', '--out', out]));
  const lost = await Promise.race(running.map(async (run) => run.finished));
  expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('which process') });
  const winner = running.find(({ child }) => child.exitCode === null);
  await winner?.saw('start');
  winner?.child.kill('SIGTERM');
  const kept = await winner?.finished;
  expect(kept?.code).toBe(143);
  expect(await stepsIn(out)).toBe(kept?.lines.at(-1)?.['step']);
});

it('a killed run leaves its lock, which the next one takes over, and resumes to the folder that --out spells', async () => {
  const out = join(temporaryFolder(), 'run');
  const killed = await endless(out);
  killed.child.kill('SIGKILL');
  await killed.finished;
  expect(existsSync(join(out, '.ludus-lock'))).toBe(true);
  const more = String((await stepsIn(out)) + 10);
  const resume = ['train', '--resume', out, '--out', `${out}/.././run/`];
  const { code, stderr } = await ludus(...resume, '--steps', more, '--episodes', '0');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(await stepsIn(out)).toBe(Number(more));
  expect(existsSync(join(out, '.ludus-lock'))).toBe(false);
  expect(existsSync(`${out}.1`)).toBe(false);
});
