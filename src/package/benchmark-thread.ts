/** What a thread of a benchmark does: loads the user's modules, then trains a seed. */
import { InputError, messageOf, refusal } from '#core/errors.ts';
import { runSeed } from './benchmark.ts';
import type { Answer, SeedTask } from './benchmark-threads.ts';

export async function work({ job, modules }: SeedTask): Promise<Answer> {
  try {
    await load(modules);
    return { kind: 'done', result: await runSeed(job) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'refused', problems: error.problems };
  }
}

/** A module is evaluated once per thread, however often it is asked for. */
async function load(modules: readonly string[]): Promise<void> {
  for (const module of modules)
    try {
      await import(module);
    } catch (error) {
      const expected = 'files that Node can import in a thread, without help of a bundler';
      throw refusal('modules', expected, `${module}: ${messageOf(error)}`);
    }
}
