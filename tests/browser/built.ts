/** Builds the page once for all browser tests. */
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { buildPage } from '#node/page-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the build. */
    readonly built: string;
  }
}

export async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = await buildPage();
  provide('built', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
