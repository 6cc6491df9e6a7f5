/**
 * Benchmark episodes: an agent trained on a world with several seeds, each then playing greedily; what it got, by seed and over
 * all of them.
 */
import { stratifiedInterval, type Interval } from '#core/bootstrap.ts';
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { interquartileMean } from '#core/stats.ts';
import type { ComputeChoice } from '#host/compute.ts';
import type { CompleteRequest } from '#train/request/resolve.ts';
import { isOwnAgent } from '#train/catalogue/agents.ts';
import { isOwnWorld } from '#train/catalogue/worlds.ts';
import { collect } from '#train/catalogue/names.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { inThreads } from './benchmark-threads.ts';
import { known } from './own.ts';
import type { Request } from './train.ts';
import { startTraining } from './training.ts';

export interface BenchmarkOptions extends Omit<Request, 'seed'> {
  /** Training steps of each seed: env steps over all environments. */
  readonly steps: number;
  /** The seeds, or how many: 1, 2, 3 … Default 3. */
  readonly seeds?: number | readonly number[];
  /** Greedy episodes that each seed plays after training; default 20. */
  readonly episodes?: number;
  /** Default `simd`: compiled, with the same bits on every machine. */
  readonly backend?: ComputeChoice;
  /** Seeds that train side by side, each in a thread of its own; default 1: one after another, in this thread. */
  readonly threads?: number;
  /** Modules that register the worlds and agents of yours, for the threads to load: `new URL('my-world.js', import.meta.url)`. */
  readonly modules?: readonly (URL | string)[];
}

/** What one seed came to. */
export interface SeedResult {
  readonly seed: number;
  /** Mean return of its greedy episodes after training. */
  readonly greedy: number;
  /** Mean return of the last 100 episodes of training, exploration included; absent if none ended. */
  readonly training?: number;
  /** [episodes] of the greedy ones, undiscounted. */
  readonly returns: readonly number[];
}

/** Several seeds in one number (Agarwal et al. 2021). */
export interface Aggregate {
  /** Interquartile mean over seeds: of up to three, their mean. */
  readonly iqm: number;
  /** Its 95 % bootstrap interval; of few seeds it is too narrow. */
  readonly interval: Interval;
}

export interface BenchmarkReport {
  /** What was trained, all settings written out; its seed is the first. */
  readonly request: CompleteRequest;
  readonly steps: number;
  readonly episodes: number;
  /** In the order of the seeds, however many threads there were. */
  readonly seeds: readonly SeedResult[];
  readonly greedy: Aggregate;
  /** Absent if a seed finished no episode. */
  readonly training?: Aggregate;
}

/** What one seed does; can be sent to another thread. */
export interface SeedJob {
  readonly request: CompleteRequest;
  readonly steps: number;
  readonly episodes: number;
  readonly backend: ComputeChoice;
}

/** Episodes of training over which the return is averaged. */
const RECENT = 100;

/**
 * Trains an agent on a world once per seed, and has each play greedily. A seed gives the same result in any thread. Throws an
 * `InputError` that names every wrong field, before anything is trained.
 */
export async function benchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const { steps, seeds = 3, episodes = 20, backend = 'simd', threads = 1, modules = [], ...asked } = options;
  const problems: Problem[] = [];
  for (const [field, value] of Object.entries({ steps, episodes, threads }))
    collect(problems, () => checkCount(field, value));
  const list = collect(problems, () => seedsOf(seeds));
  const first = collect(problems, () => resolveRun(known(asked)));
  if (first && threads > 1) collect(problems, () => checkReachable(first.request, threads, modules));
  if (problems.length > 0 || !list || !first) throw new InputError(problems);
  const jobs = list.map((seed) => {
    const { request } = resolveRun({ ...first.request, seed });
    return { request, steps, episodes, backend };
  });
  const [{ request }] = jobs;
  const results =
    threads > 1 ? await inThreads(jobs, threads, modules.map(String)) : await oneByOne(jobs, runSeed);
  const training = results.flatMap((result) => result.training ?? []);
  return {
    request,
    steps,
    episodes,
    seeds: results,
    greedy: aggregate(results.map(({ greedy }) => greedy)),
    ...(training.length === results.length && { training: aggregate(training) }),
  };
}

/** Trains and evaluates one seed. */
export async function runSeed({ request, steps, episodes, backend }: SeedJob): Promise<SeedResult> {
  const { seed } = resolveRun(request);
  using training = await startTraining({ ...request, backend });
  await training.advance(steps);
  const { mean, returns } = training.evaluate({ episodes, seed });
  const recent = training.run.recorder.recentReturn(RECENT);
  return { seed, greedy: mean, ...(recent !== undefined && { training: recent }), returns: [...returns] };
}

async function oneByOne<T, R>(list: readonly T[], each: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of list) results.push(await each(item));
  return results;
}

/** The seed of the bootstrap is fixed, so that the same results have the same interval. */
function aggregate(scores: readonly number[]): Aggregate {
  const interval = stratifiedInterval([scores], interquartileMean, rngStreams(1)('bootstrap'));
  return { iqm: interquartileMean(scores), interval };
}

function seedsOf(seeds: number | readonly number[]): readonly number[] {
  if (typeof seeds === 'number') {
    checkCount('seeds', seeds);
    return Array.from({ length: seeds }, (_, k) => k + 1);
  }
  const areSeeds = seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0);
  if (areSeeds && seeds.length > 0 && new Set(seeds).size === seeds.length) return seeds;
  const expected = 'different seeds, whole numbers from 0, at least one';
  throw refusal('seeds', expected, show(seeds));
}

function checkCount(field: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw refusal(field, 'a whole number from 1', show(value));
}

/** Other threads know what comes with Ludus, and what the modules register. */
function checkReachable(
  { world, agent }: CompleteRequest,
  threads: number,
  modules: readonly unknown[],
): void {
  const own = [...(isOwnWorld(world) ? [world] : []), ...(isOwnAgent(agent) ? [agent] : [])];
  if (own.length === 0 || modules.length > 0) return;
  const expected = `1, or \`modules\` that register ${own.join(' and ')} in every thread`;
  throw refusal('threads', expected, show(threads));
}
