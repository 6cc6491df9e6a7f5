/** `ludus logs <path…>`: what runs and benchmarks have recorded, in files for other tools. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { InputError, refusal } from '#core/errors.ts';
import { readLog, readRows } from '../bench/results/seed-log.ts';
import { placesOf, readFolder } from '../compare/stored.ts';
import { makeFolder, replaceFiles } from '../files.ts';
import { Lock } from '../lock.ts';
import { marlEval, monitor, openRl, tensorboard, type Files, type Logged } from '../logs/formats.ts';
import { choiceOption, textOption } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { withoutSlash } from '../paths.ts';
import { LOG } from '../run-folder.ts';

interface Options {
  readonly format: keyof typeof FORMATS;
  readonly out?: string | undefined;
  readonly json?: true | undefined;
}

const FORMATS = {
  tensorboard,
  monitor,
  'marl-eval': marlEval,
  'open-rl': openRl,
} as const;
const NAMES = [
  'tensorboard',
  'monitor',
  'marl-eval',
  'open-rl',
] as const satisfies readonly (keyof typeof FORMATS)[];

export function exportLogs(command: Command): void {
  command
    .argument(
      '<path...>',
      'run folders, folders of run folders, or records of `bench` (with their --logs, if there are) and `compare` (file.jsonl or folder, with #part of a name)',
    )
    .addOption(
      choiceOption(
        '--format <name>',
        `${NAMES.join(', ')} (monitor: Stable-Baselines3, of runs with a log)`,
        NAMES,
      ).default(NAMES[0], NAMES[0]),
    )
    .addOption(textOption('--out <dir>', 'Folder to write to (required)'))
    .option('--json', 'Print JSON; the default when piped')
    .addHelpText(
      'after',
      examples(
        'logs runs/demo --out tb',
        'logs "docs/results/cart-pole.jsonl#dqn" --format marl-eval --out results',
      ),
    )
    .action(writeLogs);
}

async function writeLogs(paths: readonly string[], { format, out = '', json }: Options): Promise<void> {
  const folder = withoutSlash(out);
  if (folder === '') throw refusal('--out', 'a folder to write to', 'nothing');
  const seeds = (await Promise.all(paths.map(readLogged))).flat();
  if (format === 'monitor' && seeds.some(({ log }) => !log))
    throw refusal(
      '--format',
      'another than monitor for records without a log of their episodes (see `ludus bench --logs`)',
      'monitor',
    );
  const files = await place(folder, FORMATS[format](seeds));
  if (wantsJson(json)) printJson({ kind: 'logs', format, seeds: seeds.length, files });
  else for (const file of files) printLine(file);
}

async function readLogged(text: string): Promise<readonly Logged[]> {
  const { folders, records, home } = placesOf(text, 'path');
  const runs = folders.map(async (folder): Promise<Logged> => {
    const trained = await readFolder(folder);
    const log = join(folder, LOG);
    return { ...trained, name: nameOf(trained), log: readRows(log), written: writtenAt(log) };
  });
  return [
    ...records.map((record) => ({
      ...record,
      name: nameOf(record),
      log: readLog(home, record),
      written: new Date(record.provenance.date).getTime() / 1000,
    })),
    ...(await Promise.all(runs)),
  ];
}

function nameOf({ request: { agent, preset } }: Pick<Logged, 'request'>): string {
  return preset === undefined ? agent : `${agent}-${preset}`;
}

function writtenAt(file: string): number {
  return existsSync(file) ? statSync(file).mtimeMs / 1000 : 0;
}

async function place(folder: string, files: Files): Promise<readonly string[]> {
  using _ = Lock.ofNewFolder(folder, '--out');
  try {
    const placed = [...files].map(([name, content]) => ({ path: join(folder, name), content }));
    for (const { path } of placed) makeFolder(dirname(path));
    await replaceFiles(...placed);
    return placed.map(({ path }) => path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new Error(`--out: ${(error as Error).message}`, { cause: error });
  }
}
