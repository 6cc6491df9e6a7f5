/** `ludus bench [suite]`: measures and judges nothing. Prints a table, or with --json one line per row. */
import type { Command } from '@commander-js/extra-typings';
import { refusal, show } from '#core/errors.ts';
import { known } from '#core/near.ts';
import type { Pairs } from '../bench/rivals/rivals.ts';
import type { Row, Suite } from '../bench/row.ts';
import { fromOption } from '../data-files.ts';
import { countOption, textOption } from '../options.ts';
import { withoutSlash } from '../paths.ts';
import { examples, formatAmount, formatTable, printJson, printLine } from '../output.ts';

const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  worlds: async () => (await import('../bench/worlds.ts')).benchWorlds,
  agents: async () => (await import('../bench/agents.ts')).benchAgents,
  solve: async () => (await import('../bench/solve.ts')).benchSolve,
  compile: async () => (await import('../bench/compile.ts')).benchCompile,
  classifier: async () => (await import('../bench/classifier.ts')).benchClassifier,
  kernels: async () => (await import('../bench/kernels.ts')).benchKernels,
};

/** The suite that measures other programs beside ours, and is only run by name. */
const RIVALS = 'rivals';

/** Suites that train seeds, and do nothing without a folder to keep them in. */
const TRAINING = ['defaults', 'sanity', 'classic', 'arcade', 'minigrid'];

interface BenchOptions {
  readonly only?: string | undefined;
  readonly json?: true | undefined;
  readonly results?: string | undefined;
  readonly seeds?: number | undefined;
  readonly jobs?: number | undefined;
  readonly from?: readonly string[] | undefined;
  readonly render?: true | undefined;
  readonly logs?: true | undefined;
  readonly rltools?: string | undefined;
  readonly python?: string | undefined;
  readonly jax?: string | undefined;
  readonly pairs?: number | undefined;
  readonly seconds?: number | undefined;
  readonly threads?: number | undefined;
}

export function bench(command: Command): void {
  command
    .argument(
      '[suite]',
      `${Object.keys(suites).join(', ')}; without one, all of them; ${RIVALS}: beside other programs; with --results: agents, classifier, ${TRAINING.join(', ')}`,
      parseSuite,
    )
    .addOption(textOption('--only <text>', 'Only rows whose name contains this'))
    .option('--json', 'Print a JSON line per row')
    .addOption(
      textOption(
        '--results <dir>',
        'Train the seeds of a suite that are missing from these records, then write <dir>.md and, but of agents, <dir>.html',
      ),
    )
    .addOption(countOption('--seeds <n>', 'With --results: train at most this many seeds per row'))
    .addOption(countOption('--jobs <n>', 'With --results: seeds trained in parallel (default: 1)', 1, 256))
    .addOption(fromOption())
    .option(
      '--logs',
      'With --results: write a JSON line per episode and update window of every seed to <dir>/logs',
    )
    .option('--render', 'With --results: write the page again without training')
    .addOption(textOption('--rltools <dir>', 'With rivals: a checkout of rl-tools/rl-tools'))
    .addOption(textOption('--python <program>', 'With rivals: a Python with packages to compare with'))
    .addOption(textOption('--jax <dir>', 'With rivals: a folder where @jax-js/jax is installed'))
    .addOption(countOption('--pairs <n>', 'With rivals: measurements of each side (default: 5)', 1, 100))
    .addOption(
      countOption('--seconds <n>', 'With rivals: CPU seconds of a measurement (default: 2)', 1, 3600),
    )
    .addOption(countOption('--threads <n>', 'With rivals: threads of each side (default: 1)', 1, 256))
    .addHelpText(
      'after',
      examples(
        'bench worlds --only cart-pole',
        'bench agents --results docs/results --jobs 2',
        'bench sanity --results runs/sanity --jobs 2',
        'bench defaults --results docs/defaults',
        'bench classifier --results docs/classifier --from fashion-mnist',
        'bench rivals --rltools ../rl-tools --python ../venv/bin/python',
      ),
    )
    .action(runBench);
}

async function runBench(name: string | undefined, options: BenchOptions): Promise<void> {
  const { only = '', json } = options;
  if (name !== undefined && TRAINING.includes(name) && options.results === undefined)
    throw refusal('--results', `a path with the suite ${name}`, 'nothing');
  for (const flag of ['rltools', 'python', 'jax', 'pairs', 'seconds', 'threads'] as const)
    if (name !== RIVALS && options[flag] !== undefined)
      throw refusal(`--${flag}`, `nothing without the suite ${RIVALS}`, show(options[flag]));
  if (options.results !== undefined) return reportResults(name, options.results, options);
  for (const flag of ['seeds', 'jobs', 'from', 'render', 'logs'] as const)
    if (options[flag] !== undefined)
      throw refusal(`--${flag}`, 'nothing without --results', show(options[flag]));
  if (name === RIVALS) return benchRivals(options);
  // A table even when piped: people read benchmarks, and programs ask for JSON.
  const rows: Row[] = [];
  for (const [suite, load] of Object.entries(suites)) {
    if (name !== undefined && suite !== name) continue;
    const measure = await load();
    for await (const row of measure(only)) {
      if (json) printJson(row);
      else process.stderr.write(`${row.suite} ${row.row}\n`);
      rows.push(row);
    }
  }
  if (rows.length === 0) throw refusal('--only', 'part of the name of a row', show(only));
  if (!json) printLine(table(rows));
}

function parseSuite(name: string): string {
  const names = [...Object.keys(suites), RIVALS, ...TRAINING];
  if (!names.includes(name)) throw refusal('suite', known(name, names), show(name));
  return name;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function benchRivals({
  only = '',
  json,
  pairs = 5,
  seconds = 2,
  threads = 1,
  ...places
}: BenchOptions): Promise<void> {
  const { measureRivals, rivalsTables } = await import('../bench/rivals/rivals.ts');
  const measured: Pairs[] = [];
  const sides = measureRivals({ only, places, pairs, seconds, threads }, (rival, why) =>
    note(`${rival}: skipped, ${why}`),
  );
  for await (const each of sides) {
    if (json) printJson({ suite: RIVALS, ...each });
    else note(`${RIVALS} ${each.row}, ${each.rival}`);
    measured.push(each);
  }
  if (measured.length === 0) throw refusal('--only', 'part of a row and a rival that is there', show(only));
  if (!json) printLine(rivalsTables(measured, threads));
}

async function reportResults(
  suite: string | undefined,
  dir: string,
  { only = '', seeds = Infinity, jobs = 1, from, render, logs }: BenchOptions,
): Promise<void> {
  const { isResultsSuite, makeResults, renderPage } = await import('../bench/results/results.ts');
  if (!isResultsSuite(suite) && suite !== 'defaults' && suite !== 'classifier')
    throw refusal('--results', `a suite: agents, classifier, ${TRAINING.join(', ')}`, show(suite));
  if (from && suite !== 'classifier') throw refusal('--from', `nothing with the suite ${suite}`, show(from));
  if (jobs !== 1 && !isResultsSuite(suite))
    throw refusal('--jobs', `nothing with the suite ${suite}`, show(jobs));
  if (logs && !isResultsSuite(suite)) throw refusal('--logs', `nothing with the suite ${suite}`, show(logs));
  const folder = withoutSlash(dir);
  if (folder === '') throw refusal('--results', 'a folder', 'nothing');
  if (suite === 'defaults') {
    const { makeDefaults } = await import('../bench/defaults/defaults.ts');
    const count = Number.isFinite(seeds) ? seeds : 1;
    process.exitCode = await makeDefaults({ path: folder, only, seeds: count, renders: render === true });
    return;
  }
  if (suite === 'classifier') {
    const { makeFitResults } = await import('../bench/fits/results.ts');
    process.exitCode = await makeFitResults({ folder, only, seeds, from, renders: render === true });
    return;
  }
  if (render) await renderPage({ suite, folder });
  else
    process.exitCode = await makeResults({
      suite,
      folder,
      only,
      seeds,
      processes: jobs,
      logs: logs === true,
    });
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ suite, row, value, unit, vs }) => [
    suite,
    row,
    formatAmount(value),
    unit,
    Object.entries(vs)
      .map(([peer, ratio]) => `${ratio.toPrecision(3)}× ${peer}`)
      .join(', '),
  ]);
  return formatTable(['suite', 'row', 'median', 'unit', ''], cells, [2]);
}
