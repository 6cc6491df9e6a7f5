/** `ludus evaluate CHECKPOINT`: how well a saved agent plays, greedily, in fresh worlds. `--record` keeps what it plays. */
import { show } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { plantNetworks } from '#train/checkpoints/networks.ts';
import { parseSeed } from '#train/world/setup.ts';
import { recordingHeader } from '#train/recordings/recording.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { SavedNetwork } from '#train/checkpoints/weights.ts';
import { readCount, wrong, type Arguments, type Command } from '../arguments.ts';
import { backendFlag, computeFor } from '../compute.ts';
import { formatEvaluation } from '../evaluation.ts';
import { printJson, printLine, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { readRun, runFlags } from '../run-flags.ts';
import { evaluationRow, readCheckpoint } from '../run-folder.ts';
import { readWeights, weightsFlag } from '../weights-file.ts';

export const evaluateCheckpoint: Command = {
  name: 'evaluate',
  description: 'Play greedy episodes with a saved agent.',
  args: {
    CHECKPOINT: { type: 'positional', description: 'a checkpoint file or the folder of a run' },
    ...runFlags,
    weights: {
      ...weightsFlag,
      description: 'Play with the networks in a file; with --agent a world id takes the place of CHECKPOINT',
    },
    episodes: { type: 'string', description: 'Episodes to play', valueHint: 'n', default: '20' },
    seed: { type: 'string', description: "Seed of the worlds (default the run's)", valueHint: 'n' },
    record: { type: 'string', description: 'File to which the episodes are added', valueHint: 'file' },
    backend: backendFlag,
    json: { type: 'boolean', description: 'Print JSON even on a terminal' },
  },
  async run(given) {
    const episodes = readCount('episodes', given.text('episodes') ?? '');
    const weights = given.text('weights');
    const networks = weights === undefined ? undefined : await readWeights(weights);
    const { setup, state } = await evaluated(given, networks);
    const seed = parseSeed(given.text('seed') ?? setup.seed);
    using file = openRecording(given.text('record'), setup);
    using compute = await computeFor(given);
    const trainer = await createRun(setup, compute);
    try {
      if (state) await trainer.restore(state);
      if (networks && weights !== undefined) await plantNetworks(trainer, networks, weights);
      const evaluation = trainer.evaluate({
        episodes,
        seed,
        ...(file && { record: (episode) => file.add(episode) }),
      });
      if (wantsJson(given.on('json'))) {
        const { world, agent } = setup.request;
        printJson({
          kind: 'evaluation',
          world,
          agent,
          step: trainer.progress,
          ...evaluationRow(seed, evaluation),
        });
      } else printLine(formatEvaluation(evaluation));
      return 0;
    } finally {
      trainer.dispose();
    }
  },
};

/** The run that is evaluated and its state: a checkpoint's, or a new one that gets its networks from a file. */
async function evaluated(
  given: Arguments,
  networks: readonly SavedNetwork[] | undefined,
): Promise<{ setup: RunSetup; state?: Snapshot }> {
  const subject = given.text('CHECKPOINT') ?? '';
  if (networks && given.text('agent') !== undefined) return { setup: readRun(given, subject, networks) };
  const fixed = Object.keys(runFlags).find((name) => name !== 'seed' && given.list(name).length > 0);
  if (fixed !== undefined)
    throw wrong(
      `--${fixed}`,
      'nothing beside a checkpoint; it goes with --weights, --agent and a world',
      show(given.list(fixed)[0]),
    );
  const { checkpoint } = await readCheckpoint(subject);
  return { setup: resolveRun(checkpoint.request), state: checkpoint.state };
}

function openRecording(path: string | undefined, setup: RunSetup): RecordingFile | undefined {
  if (path === undefined) return undefined;
  return RecordingFile.open(path, recordingHeader(setup.world.create(setup.params), setup));
}
