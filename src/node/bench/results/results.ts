/**
 * `ludus bench <suite> --results <dir>`: trains the seeds of the suite that are missing from <dir> and writes <dir>.md, and <dir>.html
 * of suites that are compared. It can be stopped at any time and resumed by the same command; only unfinished seeds are lost.
 */
import { basename, join } from 'node:path';
import { refusal, show } from '#core/errors.ts';
import { makeFolder, replaceFiles } from '../../files.ts';
import { Lock } from '../../lock.ts';
import { exitCode, watchSignals } from '../../signals.ts';
import { reportHtml } from '../report/html.ts';
import { reportMarkdown } from '../report/markdown.ts';
import { summarise } from '../report/summary.ts';
import { trainAll, type Job } from './pool.ts';
import { provenance } from './provenance.ts';
import { Records } from './record.ts';
import { renderResults } from './render.ts';
import { LOGS } from './seed-log.ts';
import { nameOf, suite, type Experiment } from './suite.ts';
import { suites, type SuiteName } from './suites.ts';

export interface ResultsOptions {
  readonly suite: ResultsSuite;
  /** The folder of the records. */
  readonly folder: string;
  /** Part of an experiment's name; '' for all. */
  readonly only: string;
  /** Maximum per experiment. */
  readonly seeds: number;
  readonly processes: number;
  /** Whether episodes and metrics of every seed are written to <folder>/logs. */
  readonly logs: boolean;
}

/** The suite of docs/results.md, or one whose agents are compared. */
export type ResultsSuite = 'agents' | SuiteName;

export function isResultsSuite(name: string | undefined): name is ResultsSuite {
  return name === 'agents' || (name !== undefined && Object.hasOwn(suites, name));
}

function experimentsOf(name: ResultsSuite): readonly Experiment[] {
  return name === 'agents' ? suite : suites[name].entrants.flatMap(({ experiments }) => experiments);
}

/** Resolves to the exit code: 1 if a seed failed; the others are trained all the same. */
export async function makeResults(options: ResultsOptions): Promise<number> {
  checkOnly(options);
  using _ = Lock.ofNewFolder(options.folder, '--results');
  const records = new Records(options.folder);
  const jobs = missing(records, options);
  if (options.logs) makeFolder(join(options.folder, LOGS));
  process.stderr.write(`seeds to train: ${jobs.length}\n`);
  using interruption = watchSignals();
  let failures = 0;
  let finished = 0;
  await trainAll(jobs, {
    processes: options.processes,
    stopped: () => interruption.signal !== undefined,
    done({ experiment, seed }, outcome) {
      const head = `${++finished}/${jobs.length} ${nameOf(experiment)}, seed ${seed}`;
      if ('failure' in outcome) {
        failures++;
        records.appendFailure(experiment, { seed, failure: outcome.failure });
        process.stderr.write(`${head}: failed: ${outcome.failure}\n`);
        return;
      }
      const { record } = outcome;
      records.append(experiment, record);
      const training = record.training.mean?.toFixed(2) ?? 'no episodes';
      const speed = (record.steps / record.seconds).toFixed(0);
      process.stderr.write(
        `${head}: training ${training}, greedy ${record.greedy.mean.toFixed(2)}, ${speed} steps/s\n`,
      );
    },
  });
  await writePages(options, records);
  if (interruption.signal) return exitCode(interruption.signal);
  return failures > 0 ? 1 : 0;
}

/** Writes the page again from the records of a folder. */
export async function renderPage(options: Pick<ResultsOptions, 'suite' | 'folder'>): Promise<void> {
  using _ = Lock.ofNewFolder(options.folder, '--results');
  await writePages(options, new Records(options.folder));
}

/** Writes the pages of a folder's records beside it, and says where. */
async function writePages(
  { suite: name, folder }: Pick<ResultsOptions, 'suite' | 'folder'>,
  records: Records,
): Promise<void> {
  const pages = pagesOf(name, folder, records);
  await replaceFiles(...pages);
  process.stderr.write(`written: ${pages.map(({ path }) => path).join(', ')}\n`);
}

function pagesOf(
  name: ResultsSuite,
  folder: string,
  records: Records,
): readonly { readonly path: string; readonly content: string }[] {
  const place = basename(folder);
  if (name === 'agents')
    return [{ path: `${folder}.md`, content: renderResults((experiment) => records.of(experiment), place) }];
  const summary = summarise(suites[name], records);
  const command = `npm run bench -- ${name} --results ${folder}`;
  return [
    { path: `${folder}.md`, content: reportMarkdown(summary, command, place) },
    { path: `${folder}.html`, content: reportHtml(summary) },
  ];
}

function checkOnly({ suite: name, only }: ResultsOptions): void {
  const names = experimentsOf(name).map(nameOf);
  if (!names.some((name) => name.includes(only)))
    throw refusal('--only', `part of the name of a row, e.g. ${show(names[0])}`, show(only));
}

function missing(
  records: Records,
  { suite: name, folder, only, seeds, logs }: ResultsOptions,
): readonly Job[] {
  const from = provenance();
  return experimentsOf(name)
    .filter((experiment) => nameOf(experiment).includes(only))
    .flatMap((experiment) => {
      const kept = new Set(records.of(experiment).map((record) => record.seed));
      return Array.from({ length: Math.min(experiment.seeds, seeds) }, (_, i) => i + 1)
        .filter((seed) => !kept.has(seed))
        .map((seed): Job => ({
          experiment,
          seed,
          provenance: from,
          ...(logs && { logs: join(folder, LOGS) }),
        }));
    });
}
