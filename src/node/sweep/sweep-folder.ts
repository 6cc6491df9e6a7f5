/**
 * The folder of a sweep: the plan that it belongs to, and one line per result, appended whole and never changed. What is in it is
 * not run again; another plan is refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError, refusal, show } from '#core/errors.ts';
import { idOf, type Job, type JobResult } from '#train/sweep/job.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import { readPlan, type Plan } from '#train/sweep/plan.ts';
import { PLAN, RESULTS, resultSchema, type ResultLine } from '#train/sweep/result-line.ts';
import { strangeJob } from '#train/sweep/same-plan.ts';
import { appendRecord, readRecords } from '../bench/record-lines.ts';
import { replaceFiles } from '../files.ts';
import { Lock } from '../lock.ts';

/** Where the states of a sweep's runs are kept, in its folder. */
export function statesOf(folder: string): string {
  return join(folder, 'states');
}

export class SweepFolder implements Disposable {
  readonly path: string;
  /** In the order in which they came. */
  readonly results: Map<string, JobResult>;
  private readonly lock: Lock;

  private constructor(path: string, lock: Lock, results: Map<string, JobResult>) {
    this.path = path;
    this.lock = lock;
    this.results = results;
  }

  /** Makes the folder, or goes on with the sweep that it holds. Throws an `InputError` if that has another plan. */
  static async open(path: string, plan: Plan): Promise<SweepFolder> {
    const lock = Lock.ofNewFolder(path, '--out');
    try {
      const results = join(path, RESULTS);
      const lines = readRecords(results, resultSchema, (line) => {
        process.stderr.write(`${show(results)} line ${line} is not whole: its job is run again\n`);
      }) as readonly ResultLine[];
      const file = join(path, PLAN);
      const hasPlan = existsSync(file);
      if (!(hasPlan ? isSame(plan, file) : await areOf(plan, lines))) {
        const got = `${show(path)}, which holds another`;
        throw refusal('--out', 'a new folder, or that of this very sweep', got);
      }
      if (!hasPlan) await replaceFiles({ path: file, content: `${JSON.stringify(plan, null, 2)}\n` });
      return new SweepFolder(path, lock, new Map(lines.map(({ key, result }) => [key, result])));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async add(job: Job, result: JobResult): Promise<void> {
    const line: ResultLine = { key: job.key, id: await idOf(job), result };
    appendRecord(join(this.path, RESULTS), line);
    this.results.set(job.key, result);
  }

  async write(name: string, content: string): Promise<void> {
    await replaceFiles({ path: join(this.path, name), content });
  }

  [Symbol.dispose](): void {
    this.lock.release();
  }
}

/** Whether results without a plan are those of this one, as far as its first jobs tell. */
async function areOf(plan: Plan, lines: readonly ResultLine[]): Promise<boolean> {
  const ids = new Map(lines.map(({ key, id }) => [key, id]));
  return (await strangeJob(createSearch(plan), ids)) === undefined;
}

/** Whether the plan of a folder has the same jobs: how its user wrote it down does not count. */
function isSame(plan: Plan, file: string): boolean {
  try {
    // As JSON gives it back: without fields that are undefined.
    return isDeepStrictEqual(contentOf(JSON.stringify(plan)), contentOf(readFileSync(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The user's own file may be called so, too.
    const problems = error.problems.map(({ field, expected, ...problem }) => ({
      field: field.replace(PLAN, file),
      expected: `${expected} (delete a damaged one: results of another plan are refused all the same)`,
      ...problem,
    }));
    throw new InputError(problems);
  }
}

function contentOf(text: string): object {
  return { ...readPlan(text), given: [] };
}
