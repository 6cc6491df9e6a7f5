/** `ludus export <checkpoint>`: the networks of a saved agent, as it plays greedily, or of a model, in files for other programs. */
import type { Command } from '@commander-js/extra-typings';
import { refusal, show } from '#core/errors.ts';
import { child } from '#core/snapshot.ts';
import { extractNetworks, extractStatistics } from '#train/checkpoints/networks.ts';
import { playSettings } from '#train/checkpoints/play-settings.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import type { Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { extractModel } from '#train/checkpoints/model-networks.ts';
import { FORMATS, weightsFiles, type SavedWeights } from '#train/checkpoints/weights.ts';
import { findCheckpoint, readCheckpoint } from '../checkpoint-file.ts';
import { choiceOption, textOption } from '../options.ts';
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

/** What is to be said of a model that sees standardised inputs. */
const SCALED: Readonly<Record<(typeof FORMATS)[number], string>> = {
  safetensors: 'inputs (of pictures: from 0 to 1) are to be scaled by the tensors input/gain and input/bias',
  'layers-model': 'the model takes raw inputs (of pictures: from 0 to 1) and standardises them itself',
};

async function exportSaved(path: string, options: ExportOptions): Promise<void> {
  const { format, network: name, out } = options;
  if (!out) throw refusal('--out', 'a folder or a .safetensors file to write to', 'nothing');
  const checkpoint = await readCheckpoint(await findCheckpoint(path));
  const { from, weights: saved } = contentsOf(checkpoint);
  const all = saved.networks;
  const [first, ...rest] = name === undefined ? all : all.filter((network) => network.name === name);
  if (!first)
    throw refusal('--network', `one of ${all.map((network) => network.name).join(', ')}`, show(name));
  const { steps: step } = checkpoint;
  const written = format === 'layers-model' ? ([first] as const) : ([first, ...rest] as const);
  const about = { ...from, step: String(step) };
  const files = await writeWeights(out, weightsFiles(format, { ...saved, networks: written }, about));
  const networks = written.map((network) => network.name);
  const { settings, statistics, scale } = saved;
  if (wantsJson(options.json))
    printJson({ kind: 'export', ...from, step, format, networks, files, ...(settings && { settings }) });
  else {
    printLine(`wrote ${networks.join(', ')} to ${files.join(' and ')}`);
    if (statistics) printLine(NORMALISED[format]);
    if (scale) printLine(SCALED[format]);
  }
}

/** What is exported of a checkpoint, and whence it is. */
function contentsOf(checkpoint: Checkpoint): {
  readonly from: Readonly<Record<string, string>>;
  readonly weights: SavedWeights;
} {
  const { state } = checkpoint;
  switch (checkpoint.kind) {
    case 'run': {
      const run = resolveRun(checkpoint.request);
      const { world, agent } = run.request;
      const networks = extractNetworks(run, child(state, 'agent'));
      const statistics = extractStatistics(run, state);
      return { from: { world, agent }, weights: { networks, settings: playSettings(run), statistics } };
    }
    case 'fit': {
      const setup = resolveFit(checkpoint.request);
      const { data, model } = setup.request;
      return { from: { data, model }, weights: extractModel(setup, state) };
    }
  }
}
