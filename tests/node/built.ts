/**
 * Compiles the command line once for all tests that run it, as the package has it: it starts in a third of the time. The folder is in
 * the project, where its dependencies are found.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMPILED } from './ludus.ts';

const root = resolve(import.meta.dirname, '../..');

export function setup(): () => void {
  const parent = join(root, '.tests');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'lib-'));
  execFileSync(process.execPath, ['--import', 'tsx/esm', 'scripts/build-package.ts', folder], { cwd: root });
  // The processes that run the tests inherit it.
  process.env[COMPILED] = join(folder, 'src/node/ludus.js');
  return () => rmSync(folder, { recursive: true, force: true });
}
