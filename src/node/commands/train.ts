/** `ludus train`: one run from the command line, new or resumed, kept in a folder. */
import { dirname } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { show } from '#core/errors.ts';
import type { Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { checkMemory } from '#train/request/memory.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { SavedWeights } from '#train/checkpoints/weights.ts';
import { backendOption, computeFor, machineMemory, threadsOption } from '../compute.ts';
import { countOption, textOption, wrong } from '../options.ts';
import { examples, wantsJson } from '../output.ts';
import { readCheckpoint, RunFolder } from '../run-folder.ts';
import { readRun, RUN_OPTIONS, seedOption, withRunOptions, type RunOptions } from '../run-options.ts';
import { watchSignals } from '../signals.ts';
import { reportStart } from '../training-report.ts';
import { trainSession } from '../training-session.ts';
import { checkWeights, plantWeights, readWeights, weightsOption } from '../weights-file.ts';

interface TrainOptions extends RunOptions {
  readonly steps: number;
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
        'Total env steps, including those before a resume; of a fit (bc): gradient steps',
      ).default(100_000),
    )
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(textOption('--out <dir>', 'Run folder (default: runs/<world>-<agent>-<seed>)'))
    .addOption(resume.conflicts([...RUN_OPTIONS, 'seed', 'weights']))
    .addOption(weightsOption())
    .addOption(countOption('--episodes <n>', 'Episodes of the final evaluation; 0 skips it', 0).default(20))
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
  const { steps, episodes, weights } = options;
  const json = wantsJson(options.json);
  const { setup, saved, given } = await requested(world, options);
  checkMemory(setup, machineMemory(), steps);
  const compute = await computeFor(options);
  using interruption = watchSignals();
  const run = await createRun(setup, compute);
  try {
    if (saved) await run.restore(saved.checkpoint.state);
    if (given && weights !== undefined) await plantWeights(run, given, weights);
    const target = run.progressAfter(steps);
    const folder = await openFolder(options.out, setup, saved?.path);
    if (saved && run.progress >= target)
      process.stderr.write(
        `--steps ${steps}: the checkpoint is already at ${run.progress} ${run.unit}, so nothing is left to train\n`,
      );
    reportStart(run, { json, label: compute.label, target, weights: given && weights });
    const saveEvery = options.saveEvery * 1000;
    process.exitCode = await trainSession({
      run,
      folder,
      target,
      episodes,
      saveEvery,
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
  readonly saved?: { readonly path: string; readonly checkpoint: Checkpoint };
  readonly given?: SavedWeights;
}

/** A new run from the options, or the one of the checkpoint to resume. */
async function requested(world: string | undefined, options: TrainOptions): Promise<Requested> {
  const { resume, weights } = options;
  if (resume === undefined) {
    if (weights === undefined) return { setup: readRun(options, world) };
    const given = await readWeights(weights);
    const setup = readRun(options, world, given);
    checkWeights(setup, given, 'to learn');
    return { setup, given };
  }
  const saved = await readCheckpoint(resume);
  const { request } = saved.checkpoint;
  if (world !== undefined && world !== request.world)
    throw wrong('world', `${request.world}, as in the checkpoint`, show(world));
  return { setup: resolveRun(request), saved };
}

/** A resumed run stays in its folder unless `--out` names another. */
async function openFolder(
  out: string | undefined,
  setup: RunSetup,
  resumed: string | undefined,
): Promise<RunFolder> {
  const home = resumed === undefined ? undefined : dirname(resumed);
  if (home !== undefined && (out === undefined || out === home)) return RunFolder.reopen(home);
  const path = out ?? `runs/${setup.world.id}-${setup.agent.id}-${setup.seed}`;
  const { folder, movedTo } = await RunFolder.create(path);
  if (movedTo !== undefined) process.stderr.write(`moved the earlier run to ${movedTo}\n`);
  return folder;
}
