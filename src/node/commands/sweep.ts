/** `ludus sweep <file>`: searches settings, resumable at any time, and tests the best on seeds that it was not chosen on. */
import type { Command } from '@commander-js/extra-typings';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, refusal, show } from '#core/errors.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import { parsePlan } from '#train/sweep/parse-plan.ts';
import type { Plan } from '#train/sweep/plan.ts';
import { machineMemory } from '../compute.ts';
import { reason } from '../files.ts';
import { countOption, textOption } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { exitCode, watchSignals } from '../signals.ts';
import { queueLibrary } from '../queue/library.ts';
import type { Executor } from '../sweep/executor.ts';
import { checkFits } from '../sweep/fit-data.ts';
import { runSweep } from '../sweep/run-sweep.ts';
import { statesOf, SweepFolder } from '../sweep/sweep-folder.ts';
import { SweepProgress } from '../sweep/sweep-progress.ts';
import { ThreadPool } from '../sweep/thread-pool.ts';
import { serveSweep } from '../sweep/watch-page.ts';

interface SweepOptions {
  readonly out?: string | undefined;
  readonly jobs?: number | undefined;
  readonly queue?: string | undefined;
  readonly serve?: number | undefined;
  readonly json?: true | undefined;
}

/** Of `--serve`, where none is given. */
const PORT = 4180;
/** Milliseconds between two looks at whether the page is to end. */
const LOOK_EVERY = 200;
/** Jobs of a sweep that stand in a queue at a time. */
const QUEUED = 256;

export function sweep(command: Command): void {
  command
    .argument('<file>', 'a plan: the run, its space and how it is searched (see docs/sweeps.md)')
    .addOption(textOption('--out <dir>', "The sweep's folder (default: sweeps/<name of the file>)"))
    .addOption(countOption('--jobs <n>', 'Runs at a time (default: one per core)', 1, 1024))
    .addOption(
      textOption(
        '--queue <address>',
        'Leave the jobs to the workers of a Redis or Valkey server (see `ludus worker`), --jobs of them at a time',
      ),
    )
    .addOption(
      countOption(
        '--serve [port]',
        `Serve the room of sweeps with this sweep to this machine, until Ctrl-C (default port: ${PORT})`,
        1,
        65_535,
      ).preset(String(PORT)),
    )
    .option('--json', 'Print a JSON line per result instead of a table; the default when piped')
    .addHelpText(
      'after',
      examples('sweep cart-pole.json', 'sweep cart-pole.json --jobs 2 --out sweeps/first'),
    )
    .action(sweepFile);
}

async function sweepFile(file: string, options: SweepOptions): Promise<void> {
  const plan = readPlan(file);
  if (plan.kind === 'fit') await checkFits(plan);
  const search = createSearch(plan);
  const path = options.out ?? `sweeps/${basename(file).replace(/\.json$/, '')}`;
  // A queue that does not answer and a port that is taken leave no folder behind.
  await using executor = await executorFor(options, path);
  await using page =
    options.serve === undefined ? undefined : await serveSweep(path, { port: options.serve });
  using folder = await SweepFolder.open(path, plan);
  using interruption = watchSignals();
  if (page) tellPage(page.url, options);
  using progress = new SweepProgress({ plan, search, folder, json: wantsJson(options.json) });
  interruption.onStop = () => {
    progress.stop();
    executor.stop();
  };
  await runSweep({
    plan,
    search,
    folder,
    executor,
    // Of a queue, every worker answers for its own machine.
    memory: options.queue === undefined ? machineMemory() : Infinity,
    stopped: () => interruption.signal !== undefined,
    changed: (running) => progress.show(running),
  });
  progress.stop();
  const { signal } = interruption;
  if (signal) {
    process.stderr.write(`stopped; the same command goes on\n`);
    process.exitCode = exitCode(signal);
    return;
  }
  process.exitCode = await progress.finish();
  if (!page) return;
  process.stderr.write('the page is served until Ctrl-C\n');
  interruption.saves = false;
  while (!interruption.signal) await sleep(LOOK_EVERY);
}

function tellPage(url: string, { json }: SweepOptions): void {
  if (wantsJson(json)) printJson({ kind: 'serving', url });
  else printLine(`to be watched at ${url}`);
}

async function executorFor({ jobs, queue }: SweepOptions, folder: string): Promise<Executor> {
  if (queue === undefined)
    return new ThreadPool(jobs ?? availableParallelism(), { kind: 'folder', path: statesOf(folder) });
  const { QueueExecutor } = await queueLibrary(() => import('../queue/queue-executor.ts'));
  return QueueExecutor.connect(queue, jobs ?? QUEUED);
}

function readPlan(file: string): Plan {
  try {
    return parsePlan(readFileSync(file, 'utf8'));
  } catch (error) {
    // What is wrong with all of it is wrong with the file.
    if (error instanceof InputError)
      throw new InputError(
        error.problems.map((problem) => (problem.field === 'sweep' ? { ...problem, field: file } : problem)),
      );
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw refusal('file', 'a plan that can be read', `${show(file)} (${reason(error)})`);
  }
}
