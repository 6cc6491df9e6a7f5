/** `ludus train`: one run from the command line, new or resumed, kept in a folder. */
import type { Command } from '@commander-js/extra-typings';
import { refusal, show } from '#core/errors.ts';
import type { RunCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { checkMemory } from '#train/request/memory.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { remarksAfter } from '#train/diagnosis/diagnose.ts';
import { remarksBefore } from '#train/runs/remarks.ts';
import { createRun } from '#train/runs/create.ts';
import type { SavedWeights } from '#train/checkpoints/weights.ts';
import { backendOption, computeFor, machineMemory, threadsOption } from '../compute.ts';
import { findCheckpoint, readCheckpoint, type CheckpointPlace } from '../checkpoint-file.ts';
import { evaluationRow } from '../evaluation.ts';
import { countOption, MOST_EPISODES, textOption } from '../options.ts';
import { examples, wantsJson } from '../output.ts';
import { homeOf, newFolder } from '../run-home.ts';
import { readRun, RUN_OPTIONS, seedOption, withRunOptions, type RunOptions } from '../run-options.ts';
import { watchSignals } from '../signals.ts';
import {
  reportComplete,
  reportEvaluation,
  reportMemory,
  reportRemarks,
  reportStart,
  resumeCommand,
} from '../training-report.ts';
import { trainSession } from '../training-session.ts';
import { checkWeights, plantWeights, readWeights, weightsOption } from '../weights-file.ts';

interface TrainOptions extends RunOptions {
  readonly steps?: number | undefined;
  readonly backend: string;
  readonly threads: number | 'auto';
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  readonly weights?: string | undefined;
  readonly episodes: number;
  /** Seconds. */
  readonly saveEvery: number;
  readonly json?: true | undefined;
}

/** Training steps of a run that is not told. */
const USUAL_STEPS = 100_000;

export function train(command: Command): void {
  const resume = textOption(
    '--resume <checkpoint>',
    'Resume from a checkpoint or run folder, with its settings',
  );
  withRunOptions(command.argument('[world]', 'a world id (see `ludus envs`); not needed with --resume'))
    .addOption(seedOption())
    .addOption(
      countOption(
        '--steps <n>',
        `Total env steps, including those before a resume; of a fit (bc): gradient steps (default: ${USUAL_STEPS}; with --resume: as before)`,
        1,
        1e15,
      ),
    )
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(textOption('--out <dir>', 'Run folder (default: runs/<world>-<agent>-<seed>)'))
    .addOption(resume.conflicts([...RUN_OPTIONS, 'seed', 'weights']))
    .addOption(weightsOption())
    .addOption(
      countOption('--episodes <n>', 'Episodes of the final evaluation; 0 skips it', 0, MOST_EPISODES).default(
        20,
      ),
    )
    .addOption(countOption('--save-every <seconds>', 'Seconds between checkpoints').default(60))
    .option('--json', 'Print JSON lines instead of a progress bar; the default when piped')
    .addHelpText(
      'after',
      examples(
        'train cart-pole --agent dqn --preset cleanrl --set learningRate=1e-3 --steps 50000 --out runs/demo',
        'train --resume runs/demo --steps 100000',
      ),
    )
    .action(runTraining);
}

async function runTraining(world: string | undefined, options: TrainOptions): Promise<void> {
  const { episodes, weights } = options;
  const json = wantsJson(options.json);
  const place = options.resume === undefined ? undefined : await findCheckpoint(options.resume);
  // Owned before the checkpoint is read, so that nobody else continues it.
  using home = place && homeOf(place, options.out);
  const { setup, saved, given } = await requested(world, options, place);
  const steps = options.steps ?? saved?.target ?? USUAL_STEPS;
  reportMemory(checkMemory(setup, machineMemory(), steps), process.availableMemory(), json);
  const compute = await computeFor(options);
  using interruption = watchSignals();
  const run = await createRun(setup, compute);
  try {
    if (saved) await run.restore(saved.state);
    if (given && weights !== undefined) await plantWeights(run, given, weights);
    const target = run.progressAfter(steps);
    using folder = home ?? newFolder(options.out ?? `runs/${setup.world.id}-${setup.agent.id}-${setup.seed}`);
    if (home && saved) folder.savedAt = saved.steps;
    await folder.startRecord(run.recorder);
    const resume = resumeCommand('run', folder.path);
    if (saved && run.progress >= target) reportComplete(run, { resume, given: options.steps });
    reportStart(run, { json, label: compute.label, target, weights: given && weights });
    reportRemarks(remarksBefore(run, { target, planted: given !== undefined }));
    const { seed } = setup;
    process.exitCode = await trainSession({
      run,
      folder,
      resume,
      steps,
      target,
      isOver: () => run.progress >= target || run.finished,
      remarks: () => remarksAfter(run),
      evaluate:
        episodes === 0
          ? undefined
          : async () => {
              const evaluation = run.evaluate({ episodes, seed });
              await folder.saveEvaluation(evaluationRow(seed, evaluation));
              reportEvaluation(seed, evaluation, json);
            },
      saveEvery: options.saveEvery * 1000,
      json,
      interruption,
    });
  } finally {
    run.dispose();
    compute[Symbol.dispose]();
  }
}

interface Requested {
  readonly setup: RunSetup;
  readonly saved?: RunCheckpoint;
  readonly given?: SavedWeights;
}

/** A new run from the options, or the one of the checkpoint to resume. */
async function requested(
  world: string | undefined,
  options: TrainOptions,
  place: CheckpointPlace | undefined,
): Promise<Requested> {
  const { weights } = options;
  if (!place) {
    if (weights === undefined) return { setup: readRun(options, world) };
    const given = await readWeights(weights);
    const setup = readRun(options, world, given);
    checkWeights(setup, given, 'to learn');
    return { setup, given };
  }
  const saved = asRun(await readCheckpoint(place), 'fit --resume');
  const { request } = saved;
  if (world !== undefined && world !== request.world)
    throw refusal('world', `${request.world}, as in the checkpoint`, show(world));
  return { setup: resolveRun(request), saved };
}
