/** `ludus fit`: a model is fitted to a data set, from the beginning or resumed, and kept in a folder. */
import type { Command } from '@commander-js/extra-typings';
import { refusal, show } from '#core/errors.ts';
import type { FitCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { plantModel } from '#train/checkpoints/model-networks.ts';
import type { SavedWeights } from '#train/checkpoints/weights.ts';
import { resolveFit, type FitSetup } from '#train/request/resolve-fit.ts';
import { asFit } from '#train/request/subject.ts';
import { ModelRun } from '#train/runs/model.ts';
import { fitRemarksAfter, fitRemarksBefore } from '#train/runs/remarks.ts';
import { backendOption, computeFor, threadsOption } from '../compute.ts';
import { findCheckpoint, readCheckpoint, type CheckpointPlace } from '../checkpoint-file.ts';
import { formatScores, scoresRow } from '../fit-evaluation.ts';
import { FIT_OPTIONS, loadData, readFit, withFitOptions, type FitOptions } from '../fit-options.ts';
import { countOption, textOption } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import type { RunFolder } from '../run-folder.ts';
import { homeOf, newFolder } from '../run-home.ts';
import { seedOption } from '../run-options.ts';
import { watchSignals } from '../signals.ts';
import { reportComplete, reportFitStart, reportRemarks, resumeCommand } from '../training-report.ts';
import { trainSession } from '../training-session.ts';
import { readWeights, sayModelWeights, weightsOption } from '../weights-file.ts';

interface FitCommandOptions extends FitOptions {
  readonly from?: readonly string[] | undefined;
  readonly epochs?: number | undefined;
  readonly backend: string;
  readonly threads: number | 'auto';
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  readonly weights?: string | undefined;
  /** Seconds. */
  readonly saveEvery: number;
  readonly json?: true | undefined;
}

export function fit(command: Command): void {
  const resume = textOption(
    '--resume <checkpoint>',
    'Resume from a checkpoint or run folder, with its settings',
  );
  withFitOptions(command.argument('[data]', 'a data set id (see `ludus data`); not needed with --resume'))
    .addOption(
      countOption(
        '--epochs <n>',
        "Passes over the training examples, the model's setting epochs",
        1,
        100_000,
      ),
    )
    .addOption(seedOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(textOption('--out <dir>', 'Run folder (default: runs/<data>-<model>-<seed>)'))
    .addOption(resume.conflicts([...FIT_OPTIONS, 'seed', 'weights']))
    .addOption(weightsOption())
    .addOption(countOption('--save-every <seconds>', 'Seconds between checkpoints').default(60))
    .option('--json', 'Print JSON lines instead of a progress bar; the default when piped')
    .addHelpText(
      'after',
      examples(
        'fit mnist --model cnn --epochs 1 --out runs/digits',
        'fit iris --set standardise=true',
        'fit csv --from table.csv --model linear',
        'fit --resume runs/digits --epochs 3',
      ),
    )
    .action(runFit);
}

async function runFit(data: string | undefined, options: FitCommandOptions): Promise<void> {
  const { from, epochs, weights } = options;
  const json = wantsJson(options.json);
  const place = options.resume === undefined ? undefined : await findCheckpoint(options.resume);
  // Owned before the checkpoint is read, so that nobody else continues it.
  using home = place && homeOf(place, options.out);
  const { setup, saved, given } = await requested(data, options, place);
  const examplesOfIt = await loadData(setup, from);
  const compute = await computeFor(options);
  using interruption = watchSignals();
  const run = await ModelRun.create(setup, examplesOfIt, compute);
  try {
    if (saved) await run.restore(saved.state);
    if (saved && epochs !== undefined) retarget(run, epochs);
    if (given && weights !== undefined) {
      await plantModel(run, given, weights);
      sayModelWeights(run, given, weights);
    }
    const out = options.out ?? `runs/${setup.data.id}-${setup.model.id}-${setup.seed}`;
    using folder = home ?? newFolder(out);
    if (home && saved) folder.savedAt = saved.steps;
    await folder.startRecord(run.recorder);
    const resume = resumeCommand('fit', folder.path, from);
    if (saved && run.finished) reportComplete(run, { resume, given: epochs });
    const target = run.progressAfter(Number(run.setup.config['epochs']) * run.split.perEpoch);
    reportFitStart(run, { json, label: compute.label, target, weights: given && weights });
    reportRemarks(fitRemarksBefore(run));
    process.exitCode = await trainSession({
      run,
      folder,
      resume,
      target,
      isOver: () => run.finished,
      remarks: () => fitRemarksAfter(run),
      evaluate: async () => evaluate(run, folder, json),
      saveEvery: options.saveEvery * 1000,
      json,
      interruption,
    });
  } finally {
    run.dispose();
    compute[Symbol.dispose]();
  }
}

/** Sets how many epochs a resumed fit is to have in total, which cannot be fewer than it has. */
function retarget(run: ModelRun, epochs: number): void {
  const done = Math.ceil(run.progress / run.progressAfter(run.split.perEpoch));
  if (epochs < done)
    throw refusal('--epochs', `at least ${done}, which the checkpoint has already`, String(epochs));
  if (epochs !== run.setup.config['epochs']) run.tune({ key: 'epochs', value: epochs });
}

async function evaluate(run: ModelRun, folder: RunFolder, json: boolean): Promise<void> {
  const { task } = run.data;
  const scores = await run.evaluate('test');
  const row = scoresRow('test', scores, task);
  await folder.saveEvaluation(row);
  if (json) printJson({ kind: 'evaluation', ...row });
  else printLine(formatScores('test', scores, task));
}

interface Requested {
  readonly setup: FitSetup;
  readonly saved?: FitCheckpoint;
  readonly given?: SavedWeights;
}

/** A new fit from the options, or the one of the checkpoint to resume. */
async function requested(
  data: string | undefined,
  options: FitCommandOptions,
  place: CheckpointPlace | undefined,
): Promise<Requested> {
  if (place) {
    const saved = asFit(await readCheckpoint(place), 'train --resume');
    if (data !== undefined && data !== saved.request.data)
      throw refusal('data', `${saved.request.data}, as in the checkpoint`, show(data));
    return { setup: resolveFit(saved.request), saved };
  }
  const { weights, epochs, set = {} } = options;
  if (epochs !== undefined && Object.hasOwn(set, 'epochs'))
    throw refusal('--epochs', 'nothing with --set epochs', show(epochs));
  const all = epochs === undefined ? options : { ...options, set: { ...set, epochs: String(epochs) } };
  if (weights === undefined) return { setup: readFit(all, data) };
  const given = await readWeights(weights);
  return { setup: readFit(all, data, given), given };
}
