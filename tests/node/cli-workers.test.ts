/** A3C's workers under the real command line: exact steps, what is reported, and the end, by itself and by a signal. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ludus, start, temporaryFolder } from './ludus.ts';

const folder = temporaryFolder();
const A3C = ['train', 'cart-pole', '--agent', 'a3c', '--json'];

describe('a run of three workers', () => {
  const out = join(folder, 'three');

  test('takes exactly the steps asked for, reports that it is not repeatable, and exits', async () => {
    const asked = ['--set', 'workers=3', '--steps', '6000', '--episodes', '2', '--out', out];
    const { code, lines, stderr } = await ludus(...A3C, ...asked);
    // Whether returns have risen by then differs from run to run.
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('note: '))).toEqual([]);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ kind: 'start', workers: 3, repeatable: false });
    expect(lines.at(-1)).toMatchObject({ kind: 'done', step: 6000 });
  });

  test('resumes from its checkpoint', async () => {
    const { code, lines } = await ludus('train', '--resume', out, '--steps', '9000', '--episodes', '1');
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ step: 6000, workers: 3 });
    expect(lines.at(-1)).toMatchObject({ kind: 'done', step: 9000 });
  });

  test('can be evaluated', async () => {
    const { code, lines } = await ludus('evaluate', out, '--episodes', '2');
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ kind: 'evaluation', step: 9000, episodes: 2 });
  });
});

test('a signal ends all threads of a run, which can be resumed', async () => {
  const out = join(folder, 'stopped');
  const running = start([...A3C, '--steps', '1e9', '--out', out]);
  await running.saw('progress');
  running.child.kill('SIGTERM');
  const { code, lines } = await running.finished;
  expect(code).toBe(143);
  expect(lines.at(-1)).toMatchObject({ kind: 'stopped', signal: 'SIGTERM' });
  const more = Number(lines.at(-1)?.['step']) + 400;
  const resumed = await ludus('train', '--resume', out, '--steps', `${more}`, '--episodes', '0');
  expect(resumed.lines.at(-1)).toMatchObject({ kind: 'done', step: more });
});

/** The evaluation of a short run of one worker, as text. */
async function alone(name: string): Promise<string> {
  const out = join(folder, name);
  const asked = ['--set', 'workers=1', '--steps', '3000', '--episodes', '3', '--out', out];
  const { lines } = await ludus(...A3C, ...asked);
  expect(lines[0]).toMatchObject({ workers: 1, repeatable: true });
  return JSON.stringify(lines.find(({ kind }) => kind === 'evaluation'));
}

test('one worker is repeatable, and says so', async () => {
  expect(await alone('one')).toBe(await alone('other'));
});
