/** Seeds side by side: a few threads that take the next seed when they are done with one. */
import { InputError, messageOf, type Problem } from '#core/errors.ts';
import { codeBeside, startThread } from '#host/platform.node.ts';
import type { SeedJob, SeedResult } from './benchmark.ts';

/** What a thread answers to a job. */
export type Answer =
  | { readonly kind: 'done'; readonly result: SeedResult }
  | { readonly kind: 'failed'; readonly message: string; readonly problems?: readonly Problem[] };

const ENTRY = codeBeside(import.meta.url, 'benchmark-thread');

/** The results in the order of the jobs. The first failure ends all threads. */
export async function inThreads(
  jobs: readonly SeedJob[],
  threads: number,
  modules: readonly string[],
): Promise<readonly SeedResult[]> {
  const results: SeedResult[] = [];
  const workers = Array.from({ length: Math.min(threads, jobs.length) }, () =>
    startThread(ENTRY, { modules }),
  );
  let next = 0;
  const work = async (worker: (typeof workers)[number]): Promise<void> => {
    while (next < jobs.length) {
      const k = next++;
      results[k] = await answerOf(worker, jobs[k]);
    }
  };
  try {
    await Promise.all(workers.map(work));
    return results;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function answerOf(worker: ReturnType<typeof startThread>, job: SeedJob): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => settle(() => reject(new Error(messageOf(error))));
    const exited = (code: number): void => failed(`a thread ended with code ${code}`);
    const answered = (answer: Answer): void =>
      settle(() => {
        if (answer.kind === 'done') resolve(answer.result);
        else reject(answer.problems ? new InputError(answer.problems) : new Error(answer.message));
      });
    const settle = (end: () => void): void => {
      worker.off('error', failed).off('exit', exited).off('message', answered);
      end();
    };
    worker.on('error', failed).on('exit', exited).on('message', answered);
    worker.postMessage(job);
  });
}
