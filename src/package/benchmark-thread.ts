/** A thread of a benchmark: loads the user's modules, then trains one seed after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { InputError, messageOf } from '#core/errors.ts';
import { runSeed, type SeedJob } from './benchmark.ts';
import type { Answer } from './benchmark-threads.ts';

const { modules } = workerData as { readonly modules: readonly string[] };
const loaded = load();

async function load(): Promise<void> {
  for (const module of modules)
    try {
      await import(module);
    } catch (error) {
      const expected = 'files that Node can import in a thread, without help of a bundler';
      throw new InputError([{ field: 'modules', expected, got: `${module}: ${messageOf(error)}` }]);
    }
}

async function answer(job: SeedJob): Promise<Answer> {
  try {
    await loaded;
    return { kind: 'done', result: await runSeed(job) };
  } catch (error) {
    const problems = error instanceof InputError ? { problems: error.problems } : {};
    return { kind: 'failed', message: messageOf(error), ...problems };
  }
}

loaded.catch(() => {});
parentPort?.on('message', (job: SeedJob) => void answer(job).then((said) => parentPort?.postMessage(said)));
