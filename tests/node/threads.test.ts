/** Steps on several threads in processes and workers as they are: they end by themselves, and a trainer in a worker has threads too. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runOnThreads, type ThreadsRun } from '../browser/threads-run.ts';
import { ludus, temporaryFolder } from './ludus.ts';

const train = ['train', 'breakout', '--agent', 'dqn', '--preset', 'minatar', '--set', 'learningStarts=64'];

describe('threads in Node', () => {
  it('a process with threads ends by itself', async () => {
    const out = join(temporaryFolder(), 'run');
    const given = ['--steps', '100', '--episodes', '0', '--threads', '2', '--json', '--out', out];
    const { code, stderr, lines } = await ludus(...train, ...given);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ kind: 'done', step: 100 });
  });

  it('a wrong number is refused', async () => {
    const { code, stderr } = await ludus(...train, '--threads', '40');
    expect(code).toBe(2);
    expect(stderr).toContain('--threads: expected auto or a whole number from 1 to 32, got "40"');
  });

  it('a trainer in a worker thread shares its steps as well, and learns the same', async () => {
    const worker = new Worker(new URL('../../src/host/start.mjs', import.meta.url), {
      workerData: { entry: new URL('threads-in-worker.ts', import.meta.url).href },
      execArgv: [],
    });
    const exited = new Promise<number>((resolve) => worker.on('exit', resolve));
    const there = await new Promise<ThreadsRun>((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', reject);
    });
    expect(there.label).toMatch(/^simd · 2 threads for /);
    expect(there.online).toEqual((await runOnThreads(1, 72)).online);
    expect(await exited).toBe(0);
  });
});
