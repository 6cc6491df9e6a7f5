/** Seeds side by side, in a few threads. */
import { InputError, type Problem } from '#core/errors.ts';
import { codeBeside } from '#host/platform.node.ts';
import { threadPool } from '#host/thread-pool.ts';
import type { SeedJob, SeedResult } from './benchmark.ts';

export interface SeedTask {
  readonly job: SeedJob;
  /** The user's, to be loaded before. */
  readonly modules: readonly string[];
}

/** What a thread answers to a task: an `InputError` would lose its problems on the way. */
export type Answer =
  | { readonly kind: 'done'; readonly result: SeedResult }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

const ENTRY = codeBeside(import.meta.url, 'benchmark-thread');

/** The results in the order of the jobs. The first failure ends all threads. */
export async function inThreads(
  jobs: readonly SeedJob[],
  threads: number,
  modules: readonly string[],
): Promise<readonly SeedResult[]> {
  const pool = threadPool<SeedTask, Answer>(ENTRY, Math.min(threads, jobs.length));
  const resultOf = async (job: SeedJob): Promise<SeedResult> => {
    const answer = await pool.run({ job, modules });
    if (answer.kind === 'refused') throw new InputError(answer.problems);
    return answer.result;
  };
  try {
    return await Promise.all(jobs.map(resultOf));
  } finally {
    await pool.destroy();
  }
}
