/** Sweeps that are played through without training, each job with a score of the test's choice. */
import { expect } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import type { Job, JobResult } from '#train/sweep/job.ts';
import { parsePlan } from '#train/sweep/parse-plan.ts';
import type { Plan } from '#train/sweep/plan.ts';
import { nextJob, type Search } from '#train/sweep/search.ts';

const RUN = { world: 'frozen-lake', agent: 'q-learning' };

export function planOf(change: Readonly<Record<string, unknown>> = {}): Plan {
  return parsePlan(
    JSON.stringify({
      run: RUN,
      steps: 900,
      space: { 'config.stepSize': { from: 0.01, to: 1, scale: 'log' } },
      search: { kind: 'random', trials: 9 },
      ...change,
    }),
  );
}

export type Score = (job: Job) => number | 'fails';
export const stepSize: Score = ({ request }) => request.config['stepSize'] as number;

/** The better the larger it has become on the way. */
export const presentStepSize: Score = ({ request, legs }) =>
  (legs.findLast(({ tune }) => tune)?.tune?.['config.stepSize'] ?? request.config['stepSize']) as number;

/** Runs a search with jobs that end in any order; the results in the order in which they came. */
export function play(search: Search, score: Score, { workers = 1, seed = 1 } = {}) {
  const results = new Map<string, JobResult>();
  const running = new Map<string, Job>();
  const rng = rngStreams(seed)('order');
  const jobs: Job[] = [];
  for (;;) {
    while (running.size < workers) {
      const job = nextJob(search, results, new Set(running.keys()));
      if (!job) break;
      expect(jobs.map(({ key }) => key)).not.toContain(job.key);
      jobs.push(job);
      running.set(job.key, job);
    }
    if (running.size === 0) return { results, jobs };
    const [key, job] = [...running][rng.integer(running.size)];
    running.delete(key);
    const got = score(job);
    const { until } = job.legs[job.legs.length - 1];
    results.set(
      key,
      got === 'fails'
        ? { kind: 'failed', reason: 'diverged' }
        : { kind: 'done', greedy: got, training: null, steps: until, seconds: 0 },
    );
  }
}
