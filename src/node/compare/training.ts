/** Trains the seeds that a comparison asks for, each once: what is trained is kept in a folder of records. */
import { Lock } from '../lock.ts';
import type { Interruption } from '../signals.ts';
import { trainAll, type Job } from '../bench/results/pool.ts';
import { provenance } from '../bench/results/provenance.ts';
import { inTodaysTerms, Records } from '../bench/results/record.ts';
import { nameOf, type Experiment } from '../bench/results/suite.ts';
import type { Contestant } from './contestant.ts';

export interface TrainingOptions {
  readonly folder: string;
  /** Seeds trained at a time. */
  readonly jobs: number;
  readonly interruption: Interruption;
}

export class Training implements Disposable {
  private readonly records: Records;
  private readonly lock: Lock;
  private readonly options: TrainingOptions;
  private readonly from = provenance();
  /** Seeds that have failed, which are not tried again before the next call of the command. */
  private readonly failed = new Map<Experiment, Set<number>>();

  constructor(options: TrainingOptions) {
    const { folder } = options;
    this.options = options;
    this.lock = Lock.ofNewFolder(folder, '--out');
    this.records = new Records(folder);
  }

  get failures(): number {
    return [...this.failed.values()].reduce((sum, seeds) => sum + seeds.size, 0);
  }

  /** Trains what is missing of the seeds 1 to `seeds` of both sides; incomplete if a signal stops it. */
  async train(sides: ReadonlyMap<Experiment, string>, seeds: number): Promise<void> {
    const { jobs: processes, interruption } = this.options;
    const jobs = [...sides.keys()].flatMap((experiment) => this.missing(experiment, seeds));
    let finished = 0;
    await trainAll(jobs, {
      processes,
      stopped: () => interruption.signal !== undefined,
      done: ({ experiment, seed }, outcome) => {
        const head = `${++finished}/${jobs.length} ${sides.get(experiment)}: ${nameOf(experiment)}, seed ${seed}`;
        if ('record' in outcome) {
          this.records.append(experiment, outcome.record);
          process.stderr.write(`${head}: greedy ${outcome.record.greedy.mean.toFixed(2)}\n`);
        } else {
          this.failedOf(experiment).add(seed);
          this.records.appendFailure(experiment, { seed, failure: outcome.failure });
          process.stderr.write(`${head}: failed: ${outcome.failure}\n`);
        }
      },
    });
  }

  /** The seeds 1 to `seeds` of these experiments, as far as they are trained. */
  contestant(name: string, experiments: readonly Experiment[], seeds: number): Contestant {
    const tasks = experiments.map((experiment) => ({
      world: experiment.world,
      seeds: this.records
        .of(experiment)
        .filter(({ seed }) => seed <= seeds)
        .map((each) => ({ ...each, request: inTodaysTerms(each.request) })),
      failed: [...this.failedOf(experiment)].filter((seed) => seed <= seeds),
    }));
    return { name, tasks: tasks.toSorted((a, b) => (a.world < b.world ? -1 : 1)) };
  }

  [Symbol.dispose](): void {
    this.lock.release();
  }

  private missing(experiment: Experiment, seeds: number): readonly Job[] {
    const done = new Set(this.records.of(experiment).map(({ seed }) => seed));
    return Array.from({ length: seeds }, (_, k) => k + 1)
      .filter((seed) => !done.has(seed) && !this.failedOf(experiment).has(seed))
      .map((seed) => ({ experiment, seed, provenance: this.from }));
  }

  private failedOf(experiment: Experiment): Set<number> {
    const seeds = this.failed.get(experiment) ?? new Set();
    this.failed.set(experiment, seeds);
    return seeds;
  }
}
