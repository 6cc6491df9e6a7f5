/** RLtools (github.com/rl-tools/rl-tools) from a checkout: its training of Pendulum, built once per way of compiling it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './sides.ts';

const source = fileURLToPath(new URL('rltools.cpp', import.meta.url));

/** A way of compiling it, and the environment that its program runs in. */
interface Build {
  readonly compiler: 'g++' | 'em++';
  readonly flags: readonly string[];
  /** After the source, as linkers want it. */
  readonly libraries?: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const withoutBlas = ['-O3', '-DRL_TOOLS_BACKEND_DISABLE_BLAS'];
const withBlas = ['-Ofast', '-DRL_TOOLS_BACKEND_ENABLE_OPENBLAS'];

/** `core` is the processor for which OpenBLAS takes its kernels. */
function openBlas(flag: string, core: string): Build {
  return {
    compiler: 'g++',
    flags: [...withBlas, ...flag.split(' ')],
    libraries: ['-lopenblas'],
    env: { OPENBLAS_CORETYPE: core },
  };
}

/** Flags as in its CMakeLists.txt and build.sh, up to the instruction set. */
export const builds = {
  // One file: this release's loader of a separate .wasm does not run in Node from 18 on.
  wasm: {
    compiler: 'em++',
    flags: [...withoutBlas, '-msimd128', '-sENVIRONMENT=node', '-sSINGLE_FILE=1', '-sALLOW_MEMORY_GROWTH=1'],
  },
  plain: { compiler: 'g++', flags: withoutBlas },
  sse: openBlas('-march=x86-64-v2', 'Nehalem'),
  avx2: openBlas('-mavx2 -mfma', 'Haswell'),
} satisfies Readonly<Record<string, Build>>;

/** The program, built into the checkout unless it is there already and newer than its source. */
export function rltools(
  checkout: string,
  name: keyof typeof builds,
  algorithm: 'sac' | 'ppo',
  threads: number,
): Command {
  const { compiler, flags, libraries = [], env }: Build = builds[name];
  const folder = join(checkout, 'build', 'rivals');
  const isScript = compiler === 'em++';
  const program = join(folder, `${algorithm}-${name}${isScript ? '.js' : ''}`);
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(folder, { recursive: true });
    const include = ['-I', join(checkout, 'include'), '-I', checkout];
    const define = `-DRIVAL_${algorithm.toUpperCase()}`;
    const args = ['-std=c++17', ...flags, ...include, define, source, ...libraries, '-o', program];
    execFileSync(compiler, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: installedPath() },
    });
  }
  if (isScript) return { file: process.execPath, args: [program] };
  return { file: program, args: [], env: env && { ...env, OPENBLAS_NUM_THREADS: String(threads) } };
}

/** Without the programs of our dependencies, to which npm gives precedence: em++ would take assemblyscript's binaryen for its own. */
function installedPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}
