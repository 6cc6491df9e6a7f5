/** A real sweep in a folder, whose jobs wait until the test lets them run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCompute } from '#host/compute.ts';
import { runSweep } from '#node/sweep/run-sweep.ts';
import { StateFiles } from '#node/sweep/state-files.ts';
import { statesOf, SweepFolder } from '#node/sweep/sweep-folder.ts';
import { fitData } from '#node/sweep/fit-data.ts';
import { serveSweep, type WatchPage } from '#node/sweep/watch-page.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import { parsePlan } from '#train/sweep/parse-plan.ts';
import { runJob } from '#train/sweep/work.ts';

export interface RunningSweep extends AsyncDisposable {
  readonly folder: string;
  /** The room with this sweep, as `ludus sweep --serve` serves it from a build of the page. */
  serve(built: string): Promise<WatchPage>;
  /** Lets so many more jobs run, one after the other; resolves once they have results. */
  run(jobs: number): Promise<void>;
}

export async function startSweep(plan: object): Promise<RunningSweep> {
  const path = join(mkdtempSync(join(tmpdir(), 'ludus-sweep-')), 'first sweep');
  const parsed = parsePlan(JSON.stringify(plan));
  const folder = await SweepFolder.open(path, parsed);
  const compute = await createCompute('simd', { threads: 1 });
  const states = new StateFiles(statesOf(path));
  const end = new AbortController();
  const isStopped = () => end.signal.aborted;
  let allowed = 0;
  let tell: (() => void) | undefined;
  const sweep = runSweep({
    plan: parsed,
    search: createSearch(parsed),
    folder,
    memory: Infinity,
    stopped: isStopped,
    changed: () => tell?.(),
    executor: {
      slots: 1,
      run: async (job) => {
        while (folder.results.size >= allowed && !isStopped())
          await new Promise((done) => setTimeout(done, 20));
        if (isStopped()) return undefined;
        return runJob(job, {
          compute,
          data: fitData,
          states,
          now: () => performance.now(),
          stopped: isStopped,
          breathe: async () => undefined,
        });
      },
      stop: () => end.abort(),
      [Symbol.asyncDispose]: async () => undefined,
    },
  });
  return {
    folder: path,
    serve: (built) => serveSweep(path, { port: 0, built }),
    run: (jobs) => {
      allowed = folder.results.size + jobs;
      const ran = new Promise<void>((done) => {
        tell = () => folder.results.size >= allowed && done();
      });
      return Promise.race([ran, sweep]);
    },
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await sweep;
      compute[Symbol.dispose]();
      folder[Symbol.dispose]();
      rmSync(join(path, '..'), { recursive: true });
    },
  };
}

/** A sweep with all its jobs done. */
export async function finishedSweep(plan: object): Promise<RunningSweep> {
  const sweep = await startSweep(plan);
  await sweep.run(Infinity);
  return sweep;
}

const RUN = { world: 'corridor', agent: 'q-learning' };

/** Each takes a second or two. */
export const PBT = {
  run: RUN,
  steps: 800,
  space: { 'config.stepSize': { from: 0.01, to: 1 }, 'config.gamma': { from: 0.8, to: 0.99 } },
  search: { kind: 'pbt', population: 4, interval: 200, quantile: 0.25 },
  testSeeds: 2,
  episodes: 2,
};
/** Of fits; more trials than the table draws at first. */
export const FITS = {
  run: { data: 'iris', model: 'linear', config: { validation: 0.25 } },
  steps: 1,
  space: { 'config.learningRate': { from: 1e-3, to: 1e-1 }, 'config.optimizer': ['adam', 'sgd'] },
  search: { kind: 'random', trials: 60 },
  testSeeds: 1,
};
export const HALVING = {
  ...PBT,
  space: { 'config.stepSize': { from: 0.01, to: 1 }, 'config.gamma': [0.9, 0.95, 0.99] },
  search: { kind: 'halving', trials: 9, minSteps: 100 },
};
