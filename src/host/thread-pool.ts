/** Threads of this process that run a file of this package. In Node alone. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { threadOptions } from './platform.node.ts';

/** Milliseconds for which a thread without a task is kept: to start one takes longer than many a task. */
const IDLE = 10_000;

/** Runs tasks by the function `work` that the file at `entry` exports, one per thread at a time; threads start as they are needed. */
export function threadPool<Task, Result>(entry: URL, threads: number): Piscina<Task, Result> {
  const { file, options } = threadOptions(entry);
  return new Piscina({
    ...options,
    filename: fileURLToPath(file),
    name: 'work',
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: IDLE,
  });
}
