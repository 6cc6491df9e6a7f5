/**
 * The states of a sweep's runs as files, named by a hash of what they depend on. A cache: one that is missing or damaged is
 * trained again, so that nothing waits for the disk.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { States } from '#train/sweep/work.ts';
import { cannotWrite, makeFolder } from '../files.ts';

export class StateFiles implements States {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async load(state: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return readFile(this.pathOf(state)).catch(() => undefined);
  }

  /** Several threads may save the same state. */
  async save(state: string, checkpoint: Uint8Array<ArrayBuffer>): Promise<void> {
    const path = this.pathOf(state);
    const draft = `${path}.${randomUUID()}`;
    try {
      makeFolder(this.folder);
      await writeFile(draft, checkpoint);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw cannotWrite(path, error);
    }
  }

  async drop(state: string): Promise<void> {
    await rm(this.pathOf(state), { force: true });
  }

  private pathOf(state: string): string {
    return join(this.folder, `${hashOf(state)}.ludus`);
  }
}

/** 128 bits of SHA-256 in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
