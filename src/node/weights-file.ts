/** Files of weights on disk: a safetensors file, or a tfjs layers model's model.json with its numbers beside it. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { show } from '#core/errors.ts';
import {
  decodeWeights,
  MAIN_FILES,
  type SavedNetwork,
  type WeightsFile,
} from '#train/checkpoints/weights.ts';
import { textOption, wrong } from './options.ts';

/** The option of commands that start from such a file. */
export function weightsOption() {
  return textOption('--weights <file>', 'Load the networks of a safetensors file or of a tfjs layers model');
}

/** Writes files into a folder, which is made. Gives their paths. */
export async function writeWeights(
  folder: string,
  files: readonly WeightsFile[],
): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, content } of files) await writeFile(join(folder, name), content);
  } catch (error) {
    throw new Error(`--out: cannot write into ${show(folder)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return files.map(({ name }) => join(folder, name));
}

/** Reads the networks of a file, or of a folder that holds one. */
export async function readWeights(path: string): Promise<readonly SavedNetwork[]> {
  const file = await find(path);
  const content = new Uint8Array(await readFile(file));
  return decodeWeights({ name: basename(file), content }, async (name) =>
    readFile(join(dirname(file), name)).catch(() => {
      throw wrong('--weights', `${name} beside ${show(file)}`, 'nothing');
    }),
  );
}

async function find(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile()) return path;
  const names = Object.values(MAIN_FILES);
  if (info?.isDirectory())
    for (const name of names)
      if (await stat(join(path, name)).catch(() => undefined)) return join(path, name);
  const got = info ? `${show(path)}, which holds neither` : `${show(path)}, which is not there`;
  throw wrong('--weights', `a file of weights or a folder with ${names.join(' or ')}`, got);
}
