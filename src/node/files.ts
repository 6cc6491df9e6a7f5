/** Files that are whole or absent: written beside their place and renamed, or appended to with all of a text or none of it. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { show } from '#core/errors.ts';
import { samePlace } from './paths.ts';

/** What the name of a file that is being written ends in. */
export const DRAFT = '.new';

export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Where the files that it replaces are kept, the latest first; without any, they are lost. */
  readonly earlier?: readonly string[];
}

/** A file that could not be written: the disk is full, failing or gone, which a run may outlive. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}

/**
 * Writes files that belong together, and only then puts them in the places of earlier ones; an error leaves those as they were,
 * and what resolved survives a power cut. Needs the lock of the folder, since drafts have fixed names: one that a killed process
 * left is overwritten by the next.
 */
export async function replaceFiles(...files: readonly NewFile[]): Promise<void> {
  try {
    for (const { path, content } of files) await attempt(path, async () => writeDraft(path, content));
    for (const { path, earlier = [] } of files) {
      if (earlier.length > 0) await attempt(path, async () => keepEarlier(path, earlier));
      await attempt(path, async () => rename(draftOf(path), path));
    }
    for (const folder of new Set(files.map(({ path }) => dirname(path))))
      await attempt(folder, () => syncFolder(folder));
  } catch (error) {
    for (const { path } of files) await rm(draftOf(path), { force: true }).catch(() => {});
    throw error;
  }
}

/** Opens a file for `appendWhole`, which makes it if it is missing. */
export function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Appends to an open file; a text that does not fit on the disk leaves no part of itself. */
export function appendWhole(file: number, path: string, text: string): void {
  let size: number | undefined;
  try {
    ({ size } = fstatSync(file));
    // A descriptor of a file opened for appending: `writeFileSync` repeats writes that were cut short.
    writeFileSync(file, Buffer.from(text));
  } catch (error) {
    try {
      if (size !== undefined) ftruncateSync(file, size);
    } catch {
      // A disk that refuses even this is told of by the error that came first.
    }
    throw cannotWrite(path, error);
  }
}

/** Bytes of one read: `readFile` refuses files of 2 GiB, which the checkpoint of a large replay buffer exceeds. */
const PART = 2 ** 26;

/** All bytes of a file. */
export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(PART, size - at), at);
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Creates a folder and its parents. Node's recursive `mkdirSync` never returns on file systems that refuse, such as /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
    syncFolder(dirname(path));
  } catch (error) {
    // Made by another process in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(path)) throw error;
  }
}

/** Closes a file that was written to, where nothing can be done about a failure. */
export function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // What was not written is in the run's checkpoint too.
  }
}

/** Removes a file that may be gone, where nothing can be done about a failure. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The next owner of the folder finds it and takes it over.
  }
}

/** The error of a file that could not be written, with its path, which the system's error may lack. */
export function cannotWrite(path: string, cause: unknown): DiskError {
  return new DiskError(`cannot write ${show(path)}: ${reason(cause)}`, { cause });
}

/** The reason of a failed system call: `ENOSPC: no space left on device`, without call and path. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : (/^\w+: [^,]+/.exec(message)?.[0] ?? message);
}

async function attempt(path: string, change: () => void | Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Writes a draft and waits until it is on the disk: a rename can get there before what it names. */
async function writeDraft(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(draftOf(path), 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Moves earlier files on by one place, and gives the present one the first of them without taking its own from it: readers
 * find one there at any time.
 */
async function keepEarlier(path: string, earlier: readonly string[]): Promise<void> {
  // The same file in both places was left by a process that came no further: what is kept has moved on already.
  if (!existsSync(path) || samePlace(path, earlier[0])) return;
  for (let k = earlier.length - 1; k > 0; k--)
    if (existsSync(earlier[k - 1])) await rename(earlier[k - 1], earlier[k]);
  // Some file systems, such as those of memory cards, have no links.
  await link(path, earlier[0]).catch(async () => rename(path, earlier[0]));
}

/** Waits until the names in a folder are on the disk; Windows, and some file systems of networks, do it by themselves. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    closeSync(folder);
  }
}

/** The draft of a file, beside it. */
function draftOf(path: string): string {
  return `${path}${DRAFT}`;
}
