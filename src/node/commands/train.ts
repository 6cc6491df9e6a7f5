/**
 * `ludus train`: one run without a page. Nothing is lost: it saves every minute, at the end, and when it is interrupted
 * or fails; `--resume` goes on as if it had never stopped.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { show } from '#core/errors.ts';
import type { Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { plantNetworks } from '#train/checkpoints/networks.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import type { SavedNetwork } from '#train/checkpoints/weights.ts';
import { dirname } from 'node:path';
import { readCount, wrong, type Arguments, type Command } from '../arguments.ts';
import { backendFlag, computeFor, threadsFlag } from '../compute.ts';
import { formatEvaluation } from '../evaluation.ts';
import { printJson, printLine, wantsJson } from '../output.ts';
import { createProgress } from '../progress.ts';
import { evaluationRow, readCheckpoint, RunFolder, summary } from '../run-folder.ts';
import { readRun, runFlags } from '../run-flags.ts';
import { readWeights, weightsFlag } from '../weights-file.ts';
import { exitCode, watchSignals, type Interruption } from '../signals.ts';

/** Milliseconds of one slice: how soon a signal is heard. */
const SLICE = 100;

export const train: Command = {
  name: 'train',
  description: 'Train an agent on a world, evaluate it, and keep its record and checkpoint.',
  args: {
    WORLD: { type: 'positional', description: 'a world id (see `ludus envs`)', required: false },
    ...runFlags,
    steps: {
      type: 'string',
      description: 'Env steps in all (of a fit: gradient steps), those before a resume included',
      valueHint: 'n',
      default: '100000',
    },
    backend: backendFlag,
    threads: threadsFlag,
    out: {
      type: 'string',
      description: 'Folder of the run (default runs/WORLD-AGENT-SEED)',
      valueHint: 'dir',
    },
    resume: { type: 'string', description: 'Go on from a checkpoint', valueHint: 'checkpoint' },
    weights: weightsFlag,
    episodes: {
      type: 'string',
      description: 'Episodes of the final evaluation, 0 for none',
      valueHint: 'n',
      default: '20',
    },
    'save-every': {
      type: 'string',
      description: 'Seconds between checkpoints',
      valueHint: 'seconds',
      default: '60',
    },
    json: { type: 'boolean', description: 'Print JSON lines even on a terminal' },
  },
  run: runTraining,
};

interface Session {
  readonly trainer: Run;
  readonly folder: RunFolder;
  readonly target: number;
  readonly episodes: number;
  readonly saveEvery: number;
  readonly json: boolean;
  readonly interruption: Interruption;
}

async function runTraining(given: Arguments): Promise<number> {
  const steps = readCount('steps', given.text('steps') ?? '');
  const episodes = readCount('episodes', given.text('episodes') ?? '', 0);
  const saveEvery = readCount('save-every', given.text('save-every') ?? '') * 1000;
  const json = wantsJson(given.on('json'));
  const { setup, saved, networks } = await requested(given);
  const source = given.text('weights');
  const compute = await computeFor(given);
  using interruption = watchSignals();
  const trainer = await createRun(setup, compute);
  try {
    if (saved) await trainer.restore(saved.checkpoint.state);
    if (networks && source !== undefined) await plantNetworks(trainer, networks, source);
    const target = trainer.progressAfter(steps);
    const folder = await openFolder(given, setup, saved?.path);
    if (saved && trainer.progress >= target)
      process.stderr.write(
        `--steps: ${target} is not more than the ${trainer.progress} of the checkpoint; nothing is trained, only evaluated\n`,
      );
    announce(trainer, { json, label: compute.label, target, weights: networks && source });
    return await trainSession({ trainer, folder, target, episodes, saveEvery, json, interruption });
  } finally {
    trainer.dispose();
    compute[Symbol.dispose]();
  }
}

interface Requested {
  readonly setup: RunSetup;
  readonly saved?: { readonly path: string; readonly checkpoint: Checkpoint };
  readonly networks?: readonly SavedNetwork[];
}

/** The run that the flags ask for, or that a checkpoint goes on with. */
async function requested(given: Arguments): Promise<Requested> {
  const world = given.text('WORLD');
  const resume = given.text('resume');
  const weights = given.text('weights');
  if (resume === undefined) {
    const networks = weights === undefined ? undefined : await readWeights(weights);
    return { setup: readRun(given, world, networks), ...(networks && { networks }) };
  }
  const fixed = [...Object.keys(runFlags), 'weights'].filter((name) => given.list(name).length > 0);
  if (fixed.length > 0)
    throw wrong(
      `--${fixed[0]}`,
      "nothing beside --resume: the checkpoint's values go on",
      show(given.list(fixed[0])[0]),
    );
  const saved = await readCheckpoint(resume);
  if (world !== undefined && world !== saved.checkpoint.request.world)
    throw wrong('WORLD', `${saved.checkpoint.request.world}, as in the checkpoint`, show(world));
  return { setup: resolveRun(saved.checkpoint.request), saved };
}

async function openFolder(
  given: Arguments,
  setup: RunSetup,
  resumed: string | undefined,
): Promise<RunFolder> {
  const out = given.text('out');
  const home = resumed === undefined ? undefined : dirname(resumed);
  if (home !== undefined && (out === undefined || out === home)) return RunFolder.reopen(home);
  const path = out ?? `runs/${setup.world.id}-${setup.agent.id}-${setup.seed}`;
  const { folder, kept } = await RunFolder.create(path);
  if (kept !== undefined) process.stderr.write(`kept the earlier run as ${kept}\n`);
  return folder;
}

function announce(
  trainer: Run,
  given: { json: boolean; label: string; target: number; weights: string | undefined },
): void {
  const { setup: run, progress: steps, workers } = trainer;
  const { json, label, target, weights } = given;
  if (json)
    printJson({
      kind: 'start',
      ...summary(run.request),
      backend: label,
      unit: trainer.unit,
      step: steps,
      target,
      workers,
      repeatable: workers === 1,
      ...(weights && { weights }),
    });
  else {
    const preset = run.request.preset === undefined ? '' : ` (${run.request.preset})`;
    const beginning = weights === undefined ? '' : `, weights of ${weights}`;
    const from = steps === 0 ? '' : `, going on from step ${steps}`;
    printLine(
      `${run.agent.title}${preset} on ${run.world.title}, seed ${run.seed}, ${label}${from}${beginning}`,
    );
    if (workers > 1)
      printLine(`${workers} workers race for the parameters: the same seed gives another run every time`);
  }
}

async function trainSession(session: Session): Promise<number> {
  const { trainer, folder, interruption } = session;
  try {
    await advanceToTarget(session);
  } catch (error) {
    // The record up to the failure is kept; the last checkpoint stays, since the state may be half a step old.
    folder.appendMetrics(trainer.recorder);
    folder.close();
    throw error;
  }
  await folder.save(trainer);
  if (interruption.signal) return reportStop(session, interruption.signal);
  if (session.episodes > 0) await reportEvaluation(session);
  folder.close();
  if (session.json) printJson({ kind: 'done', step: trainer.progress, out: folder.path });
  else printLine(`kept in ${folder.path}`);
  return 0;
}

async function advanceToTarget({
  trainer,
  folder,
  target,
  saveEvery,
  json,
  interruption,
}: Session): Promise<void> {
  const progress = createProgress(trainer, target, json);
  let nextSave = performance.now() + saveEvery;
  try {
    while (trainer.progress < target && !trainer.finished && !interruption.signal) {
      const end = performance.now() + SLICE;
      await trainer.advance(() => trainer.progress >= target || performance.now() >= end);
      folder.appendMetrics(trainer.recorder);
      progress.show();
      const started = performance.now();
      if (started >= nextSave) {
        await folder.save(trainer);
        // A large replay takes seconds to write: never spend more than a twentieth of the time on it.
        const took = performance.now() - started;
        nextSave = performance.now() + Math.max(saveEvery, 20 * took);
      }
      // Lets signal handlers and output run.
      await nextTurn();
    }
  } finally {
    progress.stop();
  }
}

function reportStop({ trainer, folder, json }: Session, signal: Interruption['signal'] & string): number {
  folder.close();
  const again = `npm run ludus -- train --resume ${folder.path} --steps …`;
  if (json) printJson({ kind: 'stopped', signal, step: trainer.progress, out: folder.path });
  else printLine(`stopped at step ${trainer.progress}; go on with: ${again}`);
  return exitCode(signal);
}

async function reportEvaluation({ trainer, folder, episodes, json }: Session): Promise<void> {
  const { seed } = trainer.setup;
  const evaluation = trainer.evaluate({ episodes, seed });
  await folder.saveEvaluation(seed, evaluation);
  if (json) printJson({ kind: 'evaluation', ...evaluationRow(seed, evaluation) });
  else printLine(formatEvaluation(evaluation));
}
