/** Files that are whole or absent: written beside their place and renamed, or appended to with all of a text or none of it. */
import { existsSync, fstatSync, ftruncateSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { show } from '#core/errors.ts';

export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes files that belong together, and only then puts them in the places of earlier ones; an error leaves those as they were.
 * Needs the lock of the folder, since drafts have fixed names: one that a killed process left is overwritten by the next.
 */
export async function replaceFiles(...files: readonly NewFile[]): Promise<void> {
  try {
    for (const { path, content } of files) await attempt(path, writeFile(draftOf(path), content));
    for (const { path } of files) await attempt(path, rename(draftOf(path), path));
  } catch (error) {
    for (const { path } of files) await rm(draftOf(path), { force: true }).catch(() => {});
    throw error;
  }
}

/** Appends to an open file; a text that does not fit on the disk leaves no part of itself. */
export function appendWhole(file: number, path: string, text: string): void {
  const { size } = fstatSync(file);
  try {
    // A descriptor of a file opened for appending: `writeFileSync` repeats writes that were cut short.
    writeFileSync(file, Buffer.from(text));
  } catch (error) {
    ftruncateSync(file, size);
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
  } catch (error) {
    // Made by another process in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(path)) throw error;
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
export function cannotWrite(path: string, cause: unknown): Error {
  return new Error(`cannot write ${show(path)}: ${reason(cause)}`, { cause });
}

/** The reason of a failed system call: `ENOSPC: no space left on device`, without call and path. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : (/^\w+: [^,]+/.exec(message)?.[0] ?? message);
}

async function attempt(path: string, change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function draftOf(path: string): string {
  return `${path}.new`;
}
