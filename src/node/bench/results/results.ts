/**
 * `ludus bench agents --results DIR`: trains the seeds of the suite that DIR does not hold yet and writes the page DIR.md.
 * It may be stopped at any time and goes on where it was; only the seeds under way are lost.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exitCode, watchSignals } from '../../signals.ts';
import { trainAll, type Order } from './pool.ts';
import { provenance } from './provenance.ts';
import { Records } from './record.ts';
import { renderResults } from './render.ts';
import { nameOf, suite } from './suite.ts';

export interface ResultsOptions {
  /** The folder of the records; the page lies beside it. */
  readonly folder: string;
  /** Part of an experiment's name; '' for all. */
  readonly only: string;
  /** Seeds per experiment at most. */
  readonly seeds: number;
  /** Side by side. */
  readonly processes: number;
}

/** Resolves to the exit code: 1 where a seed failed, which the others do not mind. */
export async function makeResults(options: ResultsOptions): Promise<number> {
  const records = new Records(options.folder);
  const orders = missing(records, options);
  process.stderr.write(`${orders.length} seeds to train\n`);
  using interruption = watchSignals();
  let failures = 0;
  let finished = 0;
  await trainAll(orders, {
    processes: options.processes,
    stopped: () => interruption.signal !== undefined,
    done({ experiment, seed }, answer) {
      const head = `${++finished}/${orders.length} ${nameOf(experiment)}, seed ${seed}`;
      if ('failure' in answer) {
        failures++;
        process.stderr.write(`${head}: failed: ${answer.failure}\n`);
        return;
      }
      const { record } = answer;
      records.append(experiment, record);
      const training = record.training.mean?.toFixed(2) ?? 'no episode';
      const speed = (record.steps / record.seconds).toFixed(0);
      process.stderr.write(
        `${head}: training ${training}, greedy ${record.greedy.mean.toFixed(2)}, ${speed} steps/s\n`,
      );
    },
  });
  writePage(options.folder, records);
  if (interruption.signal) return exitCode(interruption.signal);
  return failures > 0 ? 1 : 0;
}

/** Writes DIR.md from what DIR holds. */
export function writePage(folder: string, records = new Records(folder)): void {
  const path = `${folder}.md`;
  mkdirSync(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${basename(path)}.new`);
  writeFileSync(
    draft,
    renderResults((experiment) => records.of(experiment), basename(folder)),
  );
  renameSync(draft, path);
}

function missing(records: Records, { only, seeds }: ResultsOptions): readonly Order[] {
  const from = provenance();
  return suite
    .filter((experiment) => nameOf(experiment).includes(only))
    .flatMap((experiment) => {
      const kept = new Set(records.of(experiment).map((record) => record.seed));
      return Array.from({ length: Math.min(experiment.seeds, seeds) }, (_, i) => i + 1)
        .filter((seed) => !kept.has(seed))
        .map((seed): Order => ({ experiment, seed, provenance: from }));
    });
}
