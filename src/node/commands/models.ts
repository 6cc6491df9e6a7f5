/** `ludus models [model]`: the list of models for data sets, or the settings and presets of one of them. */
import type { Command } from '@commander-js/extra-typings';
import { describe } from '#core/config.ts';
import { show } from '#core/errors.ts';
import { augmentationTable } from '#data/augment.ts';
import { describeModel, type ModelEntry } from '#train/catalogue/fit-catalogue.ts';
import { models } from '#train/catalogue/models.ts';
import { findModel } from '#train/request/resolve-fit.ts';
import { formatFields, mainFirst } from '../fields.ts';
import { examples, formatTable, printJson, printText, wantsJson } from '../output.ts';

export function listModels(command: Command): void {
  command
    .argument('[model]', 'a model id; without one, all models are listed')
    .option('--json', 'Print JSON, one line per model; the default when piped')
    .addHelpText('after', examples('models', 'models cnn'))
    .action((id, { json }) => {
      const shown = (id === undefined ? models : [findModel(id)]).map(describeModel);
      if (wantsJson(json)) for (const model of shown) printJson(model);
      else if (id === undefined) printText(list(shown));
      else printText(card(shown[0]));
    });
}

function list(entries: readonly ModelEntry[]): string {
  const rows = entries.map(({ id, summary, presets }) => [
    id,
    summary,
    presets.map((preset) => preset.id).join(', ') || '–',
  ]);
  return formatTable(['model', 'description', 'presets'], rows);
}

function card({ id, title, summary, main, fields, presets }: ModelEntry): string {
  const rows = presets.map(({ id, source, config, augment = {} }) => [
    `  ${id}`,
    source,
    [...pairs(config), ...pairs(augment, 'augment.')].join(' '),
  ]);
  return [
    `${title} (${id})`,
    summary,
    '',
    'Settings (--set key=value), those that matter most first',
    formatFields(mainFirst(fields, main)),
    '',
    'Presets (--preset name)',
    rows.length === 0 ? '  none' : formatTable(['  name', 'source', 'settings'], rows),
    '',
    'Random changes of pictures, the same for all models (--augment key=value)',
    formatFields(describe(augmentationTable)),
  ].join('\n');
}

function pairs(values: Readonly<Record<string, unknown>>, before = ''): readonly string[] {
  return Object.entries(values).map(([key, value]) => `${before}${key}=${show(value)}`);
}
