/** `ludus export CHECKPOINT`: the networks of a saved agent, as it plays greedily, in files that other programs read. */
import { show } from '#core/errors.ts';
import { child } from '#core/snapshot.ts';
import { extractNetworks } from '#train/checkpoints/networks.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { FORMATS, weightsFiles } from '#train/checkpoints/weights.ts';
import { wrong, type Command } from '../arguments.ts';
import { printJson, printLine, wantsJson } from '../output.ts';
import { readCheckpoint } from '../run-folder.ts';
import { writeWeights } from '../weights-file.ts';

export const exportNetworks: Command = {
  name: 'export',
  description: "Write a saved agent's networks as safetensors or as a tfjs layers model.",
  args: {
    CHECKPOINT: { type: 'positional', description: 'a checkpoint file or the folder of a run' },
    format: {
      type: 'string',
      description: `${FORMATS.join(' or ')}; the latter holds one network`,
      valueHint: 'name',
      default: 'safetensors',
    },
    network: {
      type: 'string',
      description: 'Only this network (see `ludus network`); default all, or the one that plays',
      valueHint: 'name',
    },
    out: { type: 'string', description: 'Folder to write into', valueHint: 'dir' },
    json: { type: 'boolean', description: 'Print JSON even on a terminal' },
  },
  async run(given) {
    const format = FORMATS.find((name) => name === given.text('format'));
    if (!format) throw wrong('--format', `one of ${FORMATS.join(', ')}`, show(given.text('format')));
    const out = given.text('out');
    if (!out) throw wrong('--out', 'a folder to write into', 'nothing');
    const { checkpoint } = await readCheckpoint(given.text('CHECKPOINT') ?? '');
    const run = resolveRun(checkpoint.request);
    const all = extractNetworks(run, child(checkpoint.state, 'agent'));
    const name = given.text('network');
    const [first, ...rest] = name === undefined ? all : all.filter((network) => network.name === name);
    if (!first)
      throw wrong('--network', `one of ${all.map((network) => network.name).join(', ')}`, show(name));
    const { world, agent } = run.request;
    const about = { world, agent, step: String(checkpoint.steps) };
    const written = format === 'layers-model' ? ([first] as const) : ([first, ...rest] as const);
    const files = await writeWeights(out, weightsFiles(format, written, about));
    if (run.wrappers.normaliseObservation)
      process.stderr.write('these networks want observations as the run had normalised them by then\n');
    if (wantsJson(given.on('json')))
      printJson({
        kind: 'export',
        ...about,
        format,
        networks: written.map((network) => network.name),
        files,
      });
    else printLine(`${written.map((network) => network.name).join(', ')} in ${files.join(' and ')}`);
    return 0;
  },
};
