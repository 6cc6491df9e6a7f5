/**
 * `ludus bench classifier --results <dir>`: trains the seeds of the suite that are missing from <dir> and writes <dir>.md
 * and <dir>.html. It can
 * be stopped at any time and resumed by the same command; only the seed in training is lost.
 */
import { basename } from 'node:path';
import type { DataSet } from '#core/data-set.ts';
import { refusal, show } from '#core/errors.ts';
import { replaceFiles } from '../../files.ts';
import { loadData } from '../../fit-options.ts';
import { Lock } from '../../lock.ts';
import { formatDuration, formatShare } from '../../output.ts';
import { exitCode, watchSignals } from '../../signals.ts';
import { renderFits } from './page.ts';
import { fitsHtml } from './html.ts';
import { FitRecords, type FitRecord } from './records.ts';
import { fitOf, nameOf, needsFiles, suite, type FitExperiment } from './suite.ts';
import { trainSeed } from './train-seed.ts';

export interface FitResultsOptions {
  /** The folder of the records. */
  readonly folder: string;
  /** Part of a row's name; '' for all. */
  readonly only: string;
  /** Maximum per row. */
  readonly seeds: number;
  /** The user's files, for data that do not come with the project. */
  readonly from: readonly string[] | undefined;
  /** Whether only the page is written. */
  readonly renders: boolean;
}

/** Resolves to the exit code. */
export async function makeFitResults(options: FitResultsOptions): Promise<number> {
  const { folder, only, seeds, from } = options;
  const rows = suite.filter((experiment) => nameOf(experiment).includes(only));
  if (rows.length === 0)
    throw refusal('--only', `part of the name of a row, e.g. ${show(nameOf(suite[0]))}`, show(only));
  using _ = Lock.ofNewFolder(folder, '--results');
  const records = new FitRecords(folder);
  using interruption = watchSignals();
  for (const experiment of options.renders ? [] : rows) {
    const kept = new Set(records.of(experiment).map(({ seed }) => seed));
    const missing = Array.from({ length: Math.min(experiment.seeds, seeds) }, (_, k) => k + 1).filter(
      (seed) => !kept.has(seed),
    );
    if (missing.length === 0) continue;
    if (needsFiles(experiment) && !from) {
      process.stderr.write(`${nameOf(experiment)}: left out, since its files are not given (--from)\n`);
      continue;
    }
    const data = await dataOf(experiment, from);
    for (const seed of missing) {
      const record = await trainSeed(experiment, seed, {
        data,
        stopped: () => interruption.signal !== undefined,
      });
      if (!record) break;
      records.append(experiment, record);
      const { test, cpuSeconds } = record;
      const took = `${formatDuration(cpuSeconds)} of CPU time`;
      process.stderr.write(`${nameOf(experiment)}, seed ${seed}: ${formatShare(test.accuracy)}, ${took}\n`);
    }
    if (interruption.signal) break;
  }
  const recordsOf = (experiment: FitExperiment): readonly FitRecord[] => records.of(experiment);
  await replaceFiles(
    { path: `${folder}.md`, content: renderFits(recordsOf, basename(folder)) },
    { path: `${folder}.html`, content: fitsHtml(recordsOf) },
  );
  return interruption.signal ? exitCode(interruption.signal) : 0;
}

async function dataOf(experiment: FitExperiment, from: readonly string[] | undefined): Promise<DataSet> {
  return loadData(fitOf(experiment, 1), needsFiles(experiment) ? from : undefined);
}
