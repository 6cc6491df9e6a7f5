/** Weights on disk: a safetensors file, or the model.json of a tfjs layers model with its binary file beside it. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { InputError, refusal, show } from '#core/errors.ts';
import { plantNetworks } from '#train/checkpoints/networks.ts';
import type { ModelRun } from '#train/runs/model.ts';
import type { Run } from '#train/runs/run.ts';
import {
  decodeWeights,
  MAIN_FILES,
  type SavedWeights,
  type WeightsFile,
} from '#train/checkpoints/weights.ts';
import { compareSettings } from '#train/checkpoints/play-settings.ts';
import type { RunSetup } from '#train/request/resolve.ts';
import { makeFolder, readWhole, reason, replaceFiles } from './files.ts';
import { Lock } from './lock.ts';
import { textOption } from './options.ts';
import { withoutSlash } from './paths.ts';

/** The option of commands that start from such a file. */
export function weightsOption() {
  return textOption('--weights <file>', 'Load the networks of a safetensors file or of a tfjs layers model');
}

/** Writes weights to a folder, which is created if missing, or a single file under the name given. Returns their paths. */
export async function writeWeights(out: string, files: readonly WeightsFile[]): Promise<readonly string[]> {
  const target = withoutSlash(out);
  const info = await stat(target).catch(() => undefined);
  const suffix = extname(MAIN_FILES.safetensors);
  const names = files.map(({ name }) => name).join(' and ');
  const isFile = files.length === 1 && !info?.isDirectory() && target === out && extname(out) === suffix;
  const looksLikeFile = Object.values(MAIN_FILES).some((main) => extname(main) === extname(out));
  if (!isFile && !info?.isDirectory() && (info || (looksLikeFile && target === out))) {
    const single = files.length === 1 ? ` or a ${suffix} file` : '';
    throw refusal('--out', `a folder${single} for ${names}`, `${show(out)}, a file`);
  }
  try {
    makeFolder(isFile ? dirname(target) : target);
    using _ = isFile ? Lock.ofFile(target, '--out') : Lock.ofFolder(target, '--out');
    const placed = files.map(({ name, content }) => ({
      path: isFile ? target : join(target, name),
      content,
    }));
    await replaceFiles(...placed);
    return placed.map(({ path }) => path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new Error(`--out: ${(error as Error).message}`, { cause: error });
  }
}

/** Loads the networks of a file into a run's agent, and says what was left out of them. */
export async function plantWeights(run: Run, weights: SavedWeights, path: string): Promise<void> {
  await plantNetworks(run, weights, path);
  if (weights.networks.some(({ softmax }) => softmax))
    process.stderr.write(`${path}: left out the softmax at its end, since a policy's outputs are logits\n`);
}

/** Says what was left out of a file's network and where it comes from, if that is not the data of the run. */
export function sayModelWeights({ setup }: ModelRun, { networks, fitted }: SavedWeights, path: string): void {
  if (networks.some(({ softmax }) => softmax))
    process.stderr.write(`${path}: left out the softmax at its end, since a model's outputs are logits\n`);
  if (fitted && fitted.data !== setup.data.id)
    process.stderr.write(`${path}: fitted to ${fitted.data}, not to ${setup.data.id}\n`);
}

/** Reads a file, or a folder with one. */
export async function readWeights(path: string): Promise<SavedWeights> {
  const file = await findMainFile(path);
  const content = await readWhole(file).catch((error: unknown) => {
    throw refusal('--weights', 'a file that can be read', `${show(file)}: ${reason(error)}`);
  });
  return decodeWeights({ name: basename(file), content }, async (name) =>
    readFile(join(dirname(file), name)).catch(() => {
      throw refusal('--weights', `${name} beside ${show(file)}`, 'nothing');
    }),
  );
}

/**
 * Checks that weights can play as a run asks and says, on stderr, under which settings they were trained. `begins`: whether the
 * run is a new one, without statistics of its own.
 */
export function checkWeights(
  setup: RunSetup,
  weights: SavedWeights,
  begins: 'to play' | 'to learn' | false,
): void {
  const { settings, statistics } = weights;
  const lines = settings ? compareSettings(setup, settings) : [];
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (!setup.wrappers.normaliseObservation || statistics || !begins) return;
  if (begins === 'to play')
    throw refusal('weights', 'statistics for wrap.normaliseObservation=true', 'a file without any');
  process.stderr.write('the weights have no statistics of observations: they begin anew\n');
}

async function findMainFile(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile()) return path;
  const names = Object.values(MAIN_FILES);
  if (info?.isDirectory())
    for (const name of names)
      if (await stat(join(path, name)).catch(() => undefined)) return join(path, name);
  const got = info ? `${show(path)}, which has neither` : `${show(path)}, which does not exist`;
  throw refusal('--weights', `a weights file or a folder with ${names.join(' or ')}`, got);
}
