/** Runs the jobs of a sweep until none is left: the search, then the test of the best on seeds that it was not chosen on. */
import { checkMemory } from '#train/request/memory.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { testSeeds } from '#train/sweep/best.ts';
import type { Job } from '#train/sweep/job.ts';
import type { Plan } from '#train/sweep/plan.ts';
import { nextJob, type Search } from '#train/sweep/search.ts';
import type { Executor } from './executor.ts';
import type { SweepFolder } from './sweep-folder.ts';

export interface SweepRun {
  readonly plan: Plan;
  readonly search: Search;
  readonly folder: SweepFolder;
  readonly executor: Executor;
  /** Bytes that the jobs on this machine may take together. */
  readonly memory: number;
  readonly stopped: () => boolean;
  /** Called when a job begins and when one has ended. */
  readonly changed: (running: readonly Job[]) => void;
}

/** What a thread takes besides the replay buffer or rollout of its run, in bytes, and the examples of a fit from files. */
const THREAD = 200 * 2 ** 20;
const EXAMPLES = 150 * 2 ** 20;

/** Rejects if a job cannot be run; results so far are kept. */
export async function runSweep(sweep: SweepRun): Promise<void> {
  const { search, folder } = sweep;
  await runAll(sweep, (running) => nextJob(search, folder.results, running));
  if (sweep.stopped()) return;
  const tests = search.test(folder.results, testSeeds(sweep.plan));
  await runAll(sweep, (running) => tests.find(({ key }) => !folder.results.has(key) && !running.has(key)));
}

async function runAll(
  { folder, executor, memory, stopped, changed }: SweepRun,
  next: (running: ReadonlySet<string>) => Job | undefined,
): Promise<void> {
  const running = new Map<string, Running>();
  const failures: unknown[] = [];
  const start = (job: Job, bytes: number): void => {
    const done = executor
      .run(job)
      .then((result) => result && folder.add(job, result))
      .catch((error: unknown) => {
        failures.push(error);
        executor.stop();
      })
      .finally(() => {
        running.delete(job.key);
        changed(jobsOf(running));
      });
    running.set(job.key, { job, bytes, done });
    changed(jobsOf(running));
  };
  for (;;) {
    while (running.size < executor.slots && !stopped() && failures.length === 0) {
      const job = next(new Set(running.keys()));
      if (!job) break;
      const bytes = bytesOf(job, memory);
      const taken = [...running.values()].reduce((sum, each) => sum + each.bytes, 0);
      // The first may take all there is.
      if (running.size > 0 && taken + bytes > memory) break;
      start(job, bytes);
    }
    if (running.size === 0) break;
    await Promise.race([...running.values()].map(({ done }) => done));
  }
  if (failures.length > 0) throw failures[0];
}

interface Running {
  readonly job: Job;
  readonly bytes: number;
  readonly done: Promise<void>;
}

function jobsOf(running: ReadonlyMap<string, Running>): readonly Job[] {
  return [...running.values()].map(({ job }) => job);
}

/** What a job takes. Throws an `InputError` if it alone does not fit into `memory`. */
export function bytesOf(job: Job, memory: number): number {
  const { seed, legs } = job;
  switch (job.kind) {
    case 'run': {
      const { until } = legs[legs.length - 1];
      return THREAD + checkMemory(resolveRun({ ...job.request, seed }), memory, until).bytes;
    }
    case 'fit':
      return THREAD + (resolveFit({ ...job.request, seed }).data.kind === 'files' ? EXAMPLES : 0);
  }
}
