/** `ludus export <checkpoint>`: the networks of a saved agent, as it plays greedily, in files for other programs. */
import type { Command } from '@commander-js/extra-typings';
import { show } from '#core/errors.ts';
import { child } from '#core/snapshot.ts';
import { extractNetworks, extractStatistics } from '#train/checkpoints/networks.ts';
import { playSettings } from '#train/checkpoints/play-settings.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { FORMATS, weightsFiles } from '#train/checkpoints/weights.ts';
import { findCheckpoint, readCheckpoint } from '../checkpoint-file.ts';
import { choiceOption, textOption, wrong } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { writeWeights } from '../weights-file.ts';

interface ExportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly network?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: true | undefined;
}

export function exportNetworks(command: Command): void {
  const [safetensors] = FORMATS;
  command
    .argument('<checkpoint>', 'a checkpoint file or a run folder')
    .addOption(
      choiceOption(
        '--format <name>',
        `File format: ${FORMATS.join(' or ')} (one network only)`,
        FORMATS,
      ).default(safetensors, safetensors),
    )
    .addOption(
      textOption(
        '--network <name>',
        'Only this network (see `ludus network`; default: all, or the one that acts)',
      ),
    )
    .addOption(textOption('--out <path>', 'Folder to write to, or a .safetensors file (required)'))
    .option('--json', 'Print JSON; the default when piped')
    .addHelpText(
      'after',
      examples('export runs/demo --out demo', 'export runs/demo --format layers-model --out demo'),
    )
    .action(exportSaved);
}

/** What is to be said of networks that see normalised observations. */
const NORMALISED: Readonly<Record<(typeof FORMATS)[number], string>> = {
  safetensors: 'observations are to be normalised by the tensors observation/mean and observation/variance',
  'layers-model': 'the model takes raw observations and normalises them itself',
};

async function exportSaved(path: string, options: ExportOptions): Promise<void> {
  const { format, network: name, out } = options;
  if (!out) throw wrong('--out', 'a folder or a .safetensors file to write to', 'nothing');
  const checkpoint = asRun(await readCheckpoint(await findCheckpoint(path)));
  const run = resolveRun(checkpoint.request);
  const all = extractNetworks(run, child(checkpoint.state, 'agent'));
  const [first, ...rest] = name === undefined ? all : all.filter((network) => network.name === name);
  if (!first) throw wrong('--network', `one of ${all.map((network) => network.name).join(', ')}`, show(name));
  const { world, agent } = run.request;
  const { steps: step } = checkpoint;
  const written = format === 'layers-model' ? ([first] as const) : ([first, ...rest] as const);
  const settings = playSettings(run);
  const statistics = extractStatistics(run, checkpoint.state);
  const files = await writeWeights(
    out,
    weightsFiles(format, { networks: written, settings, statistics }, { world, agent, step: String(step) }),
  );
  const networks = written.map((network) => network.name);
  if (wantsJson(options.json))
    printJson({ kind: 'export', world, agent, step, format, networks, files, settings });
  else {
    printLine(`wrote ${networks.join(', ')} to ${files.join(' and ')}`);
    if (statistics) printLine(NORMALISED[format]);
  }
}
