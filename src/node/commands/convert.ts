/** `ludus convert <run…>`: what run folders record, in the formats of other tools. */
import type { Command } from '@commander-js/extra-typings';
import { dirname, join } from 'node:path';
import { show } from '#core/errors.ts';
import { makeFolder, replaceFiles } from '../files.ts';
import { FORMATS, type FormatName } from '../interop/formats.ts';
import { readRecord } from '../interop/run-record.ts';
import { choiceOption, textOption, wrong } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';

interface ConvertOptions {
  readonly format: FormatName;
  readonly out: string;
  readonly json?: true | undefined;
}

export function convert(command: Command): void {
  const names = Object.keys(FORMATS) as FormatName[];
  command
    .argument('<run...>', 'run folders (see `ludus train --out`)')
    .addOption(
      choiceOption(
        '--format <name>',
        `${names.join(', ')}; see docs/interop.md`,
        names,
      ).makeOptionMandatory(),
    )
    .addOption(textOption('--out <dir>', 'Folder to write to').makeOptionMandatory())
    .option('--json', 'Print JSON; the default when piped')
    .addHelpText('after', examples('convert runs/demo --format tensorboard --out tensorboard'))
    .action(convertRuns);
}

async function convertRuns(paths: readonly string[], { format, out, json }: ConvertOptions): Promise<void> {
  const files = FORMATS[format](paths.map(readRecord), {
    now: (performance.timeOrigin + performance.now()) / 1000,
  });
  const names = files.map(({ path }) => path);
  const again = names.find((name, k) => names.indexOf(name) !== k);
  if (again !== undefined)
    throw wrong('run', 'one run of each world, agent and seed', `two of ${show(dirname(again))}`);
  for (const { path, content } of files) {
    const target = join(out, path);
    makeFolder(dirname(target));
    await replaceFiles({ path: target, content });
    if (wantsJson(json)) printJson({ kind: 'written', path: target });
    else printLine(target);
  }
}
