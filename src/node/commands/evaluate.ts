/** `ludus evaluate <checkpoint>`: how well a saved agent plays greedily in fresh worlds. `--record` keeps the episodes. */
import { existsSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { problemOf, show, type InputError } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { findWorld, parseSeed } from '#train/world/setup.ts';
import { recordingHeader } from '#train/recordings/recording.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { createRun } from '#train/runs/create.ts';
import type { SavedWeights } from '#train/checkpoints/weights.ts';
import { findCheckpoint, readCheckpoint } from '../checkpoint-file.ts';
import { backendOption, computeFor } from '../compute.ts';
import { evaluationRow, formatEvaluation } from '../evaluation.ts';
import { countOption, MOST_EPISODES, textOption, wrong } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { readRun, RUN_OPTIONS, withRunOptions, type RunOptions } from '../run-options.ts';
import { checkWeights, plantWeights, readWeights, weightsOption } from '../weights-file.ts';

interface EvaluateOptions extends RunOptions {
  readonly weights?: string | undefined;
  readonly episodes: number;
  readonly record?: string | undefined;
  readonly backend: string;
  readonly json?: true | undefined;
}

export function evaluateCheckpoint(command: Command): void {
  const subject = 'a checkpoint file or a run folder; with --weights and --agent, a world id';
  withRunOptions(command.argument('<checkpoint>', subject))
    .addOption(textOption('--seed <n>', "Random seed of the worlds (default: the run's)"))
    .addOption(countOption('--episodes <n>', 'Number of episodes', 1, MOST_EPISODES).default(20))
    .addOption(weightsOption())
    .addOption(textOption('--record <file>', 'Append the episodes to this recording'))
    .addOption(backendOption())
    .option('--json', 'Print JSON; the default when piped')
    .addHelpText(
      'after',
      examples(
        'evaluate runs/demo --episodes 100',
        'evaluate cart-pole --agent dqn --weights demo/model.safetensors',
      ),
    )
    .action(evaluateSaved);
}

async function evaluateSaved(subject: string, options: EvaluateOptions): Promise<void> {
  const { weights, episodes, backend } = options;
  const given = weights === undefined ? undefined : await readWeights(weights);
  const { setup, state } = await evaluated(subject, options, given);
  if (given) checkWeights(setup, given, state ? false : 'to play');
  const seed = parseSeed(options.seed ?? setup.seed);
  using file = openRecording(options.record, setup);
  using compute = await computeFor({ backend, threads: 1 });
  const run = await createRun(setup, compute);
  try {
    if (state) await run.restore(state);
    if (given && weights !== undefined) await plantWeights(run, given, weights);
    const evaluation = run.evaluate({
      episodes,
      seed,
      ...(file && { record: (episode) => file.add(episode) }),
    });
    if (wantsJson(options.json)) {
      const { world, agent } = setup.request;
      printJson({
        kind: 'evaluation',
        world,
        agent,
        step: run.progress,
        ...evaluationRow(seed, evaluation),
      });
    } else printLine(formatEvaluation(evaluation));
  } finally {
    run.dispose();
  }
}

/** The run that is evaluated, with its state where that is a checkpoint's. */
async function evaluated(
  subject: string,
  options: EvaluateOptions,
  given: SavedWeights | undefined,
): Promise<{ setup: RunSetup; state?: Snapshot }> {
  if (given && options.agent !== undefined) return { setup: readRun(options, subject, given) };
  if (isWorld(subject)) throw missingBeside(subject, options.agent);
  const fixed = RUN_OPTIONS.find((name) => options[name] !== undefined);
  if (fixed !== undefined)
    throw wrong(
      `--${fixed}`,
      'nothing with a checkpoint, which has its own settings; use it with --weights, --agent and a world id',
      show(options[fixed]),
    );
  const checkpoint = asRun(await readCheckpoint(await findCheckpoint(subject)));
  return { setup: resolveRun(checkpoint.request), state: checkpoint.state };
}

/** Whether a word that is no path is a world's id. */
function isWorld(subject: string): boolean {
  return !existsSync(subject) && problemOf(() => findWorld(subject)) === undefined;
}

/** A world cannot be evaluated: it takes an agent and its weights. */
function missingBeside(world: string, agent: string | undefined): InputError {
  const instead = `or a checkpoint instead of ${world}`;
  return agent === undefined
    ? wrong('--agent', `the agent to evaluate, with its --weights, ${instead}`, 'nothing')
    : wrong('--weights', `the weights of ${agent}, ${instead}`, 'nothing');
}

function openRecording(path: string | undefined, setup: RunSetup): RecordingFile | undefined {
  if (path === undefined) return undefined;
  return RecordingFile.open(path, recordingHeader(setup.world.create(setup.params), setup));
}
