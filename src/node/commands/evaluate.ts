/**
 * `ludus evaluate <checkpoint>`: how well a saved agent plays greedily in fresh worlds, of which `--record` keeps the episodes, or
 * how well a saved model predicts examples that it has not seen.
 */
import { existsSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { problemOf, refusal, show, type InputError } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { findWorld, parseSeed } from '#train/world/setup.ts';
import { recordingHeader } from '#train/recordings/recording.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { RunCheckpoint } from '#train/checkpoints/checkpoint.ts';
import type { SavedWeights } from '#train/checkpoints/weights.ts';
import { findCheckpoint, readCheckpoint } from '../checkpoint-file.ts';
import { backendOption, computeFor } from '../compute.ts';
import { fromOption } from '../data-files.ts';
import { evaluateFit, evaluateOn, isDataSet, PARTS, type FitEvaluationOptions } from '../evaluate-fit.ts';
import { evaluationRow, formatEvaluation } from '../evaluation.ts';
import { dataOption } from '../fit-options.ts';
import { choiceOption, countOption, MOST_EPISODES, textOption } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { readRun, RUN_OPTIONS, withRunOptions, type RunOptions } from '../run-options.ts';
import { checkWeights, plantWeights, readWeights, weightsOption } from '../weights-file.ts';

interface EvaluateOptions extends RunOptions, Omit<FitEvaluationOptions, 'augment'> {
  readonly episodes?: number | undefined;
  readonly record?: string | undefined;
}

const EPISODES = 20;
/** Options that mean something for agents only, and for models only. */
const OF_AGENTS = ['agent', 'world', 'reward', 'wrap', 'demonstrations', 'episodes', 'record'] as const;
const OF_MODELS = ['model', 'data', 'from', 'part'] as const;

export function evaluateCheckpoint(command: Command): void {
  const subject =
    'a checkpoint file or a run folder; with --weights, a data set id, or, with --agent too, a world id';
  withRunOptions(command.argument('<checkpoint>', subject))
    .addOption(textOption('--seed <n>', "Random seed of the worlds (default: the run's)"))
    .addOption(countOption('--episodes <n>', `Number of episodes (default: ${EPISODES})`, 1, MOST_EPISODES))
    .addOption(textOption('--model <id>', 'Model of the weights (default: as the file says, or mlp)'))
    .addOption(dataOption())
    .addOption(fromOption())
    .addOption(
      choiceOption('--part <name>', `Examples of a fit: ${PARTS.join(' or ')} (default: test)`, PARTS),
    )
    .addOption(weightsOption())
    .addOption(textOption('--record <file>', 'Append the episodes to this recording'))
    .addOption(backendOption())
    .option('--json', 'Print JSON; the default when piped')
    .addHelpText(
      'after',
      examples(
        'evaluate runs/demo --episodes 100',
        'evaluate cart-pole --agent dqn --weights demo/model.safetensors',
        'evaluate mnist --weights keras/model.json',
      ),
    )
    .action(evaluateSaved);
}

async function evaluateSaved(subject: string, options: EvaluateOptions): Promise<void> {
  if (
    options.model !== undefined ||
    (options.agent === undefined && isDataSet(subject) && !existsSync(subject))
  ) {
    refuse(options, OF_AGENTS, 'a model');
    return evaluateOn(subject, options);
  }
  const checkpoint = isNamed(subject, options)
    ? undefined
    : await readCheckpoint(await findCheckpoint(subject));
  if (checkpoint?.kind === 'fit') {
    refuse(options, OF_AGENTS, 'a model');
    return evaluateFit(checkpoint, options);
  }
  refuse(options, OF_MODELS, 'an agent');
  return evaluateAgent(subject, options, checkpoint);
}

/** Refuses options that are for something else than what is evaluated. */
function refuse(options: EvaluateOptions, names: readonly (keyof EvaluateOptions)[], what: string): void {
  const name = names.find((one) => options[one] !== undefined);
  if (name !== undefined) throw refusal(`--${name}`, `nothing for ${what}`, show(options[name]));
}

async function evaluateAgent(
  subject: string,
  options: EvaluateOptions,
  checkpoint: RunCheckpoint | undefined,
): Promise<void> {
  const { weights, episodes = EPISODES, backend } = options;
  const given = weights === undefined ? undefined : await readWeights(weights);
  const { setup, state } = evaluated(subject, options, { given, checkpoint });
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
function evaluated(
  subject: string,
  options: EvaluateOptions,
  { given, checkpoint }: { given: SavedWeights | undefined; checkpoint: RunCheckpoint | undefined },
): { setup: RunSetup; state?: Snapshot } {
  if (given && options.agent !== undefined) return { setup: readRun(options, subject, given) };
  if (!checkpoint) throw missingBeside(subject, options.agent);
  const fixed = RUN_OPTIONS.find((name) => options[name] !== undefined);
  if (fixed !== undefined)
    throw refusal(
      `--${fixed}`,
      'nothing with a checkpoint, which has its own settings; use it with --weights, --agent and a world id',
      show(options[fixed]),
    );
  return { setup: resolveRun(checkpoint.request), state: checkpoint.state };
}

/** Whether the subject is no checkpoint but the world that an agent with weights, or nobody, is to play. */
function isNamed(subject: string, { agent, weights }: EvaluateOptions): boolean {
  return (weights !== undefined && agent !== undefined) || isWorld(subject);
}

/** Whether a word that is no path is a world's id. */
function isWorld(subject: string): boolean {
  return !existsSync(subject) && problemOf(() => findWorld(subject)) === undefined;
}

/** A world cannot be evaluated: it takes an agent and its weights. */
function missingBeside(world: string, agent: string | undefined): InputError {
  const instead = `or a checkpoint instead of ${world}`;
  return agent === undefined
    ? refusal('--agent', `the agent to evaluate, with its --weights, ${instead}`, 'nothing')
    : refusal('--weights', `the weights of ${agent}, ${instead}`, 'nothing');
}

function openRecording(path: string | undefined, setup: RunSetup): RecordingFile | undefined {
  if (path === undefined) return undefined;
  return RecordingFile.open(path, recordingHeader(setup.world.create(setup.params), setup));
}
