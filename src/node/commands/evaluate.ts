/** `ludus evaluate CHECKPOINT`: how well a saved agent plays, greedily, in fresh worlds. `--record` keeps what it plays. */
import { evaluate } from '#train/evaluate.ts';
import { parseSeed } from '#train/played.ts';
import { recordingHeader } from '#train/recording.ts';
import { resolveRun, type Run } from '#train/run.ts';
import { Trainer } from '#train/trainer.ts';
import { readCount, type Command } from '../arguments.ts';
import { backendFlag, computeFor } from '../compute.ts';
import { formatEvaluation } from '../evaluation.ts';
import { printJson, printLine, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { evaluationRow, readCheckpoint } from '../run-folder.ts';

export const evaluateCheckpoint: Command = {
  name: 'evaluate',
  description: 'Play greedy episodes with a saved agent.',
  args: {
    CHECKPOINT: { type: 'positional', description: 'a checkpoint file or the folder of a run' },
    episodes: { type: 'string', description: 'Episodes to play', valueHint: 'n', default: '20' },
    seed: { type: 'string', description: "Seed of the worlds (default the run's)", valueHint: 'n' },
    record: { type: 'string', description: 'File to which the episodes are added', valueHint: 'file' },
    backend: backendFlag,
    json: { type: 'boolean', description: 'Print JSON even on a terminal' },
  },
  async run(given) {
    const episodes = readCount('episodes', given.text('episodes') ?? '');
    const { checkpoint } = await readCheckpoint(given.text('CHECKPOINT') ?? '');
    const run = resolveRun(checkpoint.request);
    const seed = parseSeed(given.text('seed') ?? run.seed);
    using file = openRecording(given.text('record'), run);
    using compute = await computeFor(given);
    const trainer = await Trainer.create(run, compute);
    try {
      await trainer.restore(checkpoint.state);
      const evaluation = evaluate(trainer.run, trainer.agent, {
        episodes,
        seed,
        moments: trainer.moments,
        ...(file && { record: (episode) => file.add(episode) }),
      });
      if (wantsJson(given.on('json'))) {
        const { world, agent } = run.request;
        printJson({
          kind: 'evaluation',
          world,
          agent,
          step: trainer.steps,
          ...evaluationRow(seed, evaluation),
        });
      } else printLine(formatEvaluation(evaluation));
      return 0;
    } finally {
      trainer.dispose();
    }
  },
};

function openRecording(path: string | undefined, run: Run): RecordingFile | undefined {
  if (path === undefined) return undefined;
  return RecordingFile.open(path, recordingHeader(run.world.create(run.params), run));
}
