/**
 * A Vite plugin that adds `licences.txt` to the build: the packages whose code is in it, with their licences. It stops the build where
 * one may not be handed on.
 */
import type { Plugin } from 'vite';
import { isAllowed, noticeOf, packageIn } from './packages.ts';

/** Packages in the folder of a path, the innermost last. */
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/@.][^/]*/;

export interface Licences {
  /** For the page: writes what all have collected. */
  readonly page: () => Plugin;
  /** For the workers, which are bundles of their own, and are made before the page. */
  readonly worker: () => Plugin;
}

export function licences(): Licences {
  const folders = new Set<string>();
  const collect = (modules: readonly string[]): void => {
    for (const id of modules) {
      const folder = PACKAGE.exec(id.replace(/^\0/, ''))?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  };
  const collector = (
    name: string,
    done: (emit: (source: string) => void, fail: (message: string) => void) => void,
  ): Plugin => ({
    name,
    apply: 'build',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') collect(chunk.moduleIds);
      done(
        (source) => this.emitFile({ type: 'asset', fileName: 'licences.txt', source }),
        (message) => this.error(message),
      );
    },
  });
  return {
    worker: () => collector('ludus-licences-worker', () => undefined),
    page: () =>
      collector('ludus-licences', (emit, fail) => {
        const all = [...folders].map(packageIn).sort((a, b) => a.name.localeCompare(b.name));
        const wrong = all.find(({ licence }) => !isAllowed(licence));
        if (wrong)
          fail(`${wrong.name}: expected one of the licences in scripts/packages.ts, got ${wrong.licence}`);
        emit(noticeOf(all));
      }),
  };
}
