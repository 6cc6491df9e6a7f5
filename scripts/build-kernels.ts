/**
 * Compiles the AssemblyScript kernels into `src/compile/simd/kernels.generated.ts` (`npm run build:kernels`). With
 * `--check` it writes nothing and fails if the committed module is not what the sources give: asc's output is deterministic.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createMemoryStream, main as asc } from 'assemblyscript/asc';
import { replaceFiles } from '#node/files.ts';
import { kernelFolder as folder, kernelSourceDigest, root } from './kernel-digest.ts';

const artefact = `${root}src/compile/simd/kernels.generated.ts`;

async function compile(target: 'exact' | 'fast'): Promise<string> {
  let binary = new Uint8Array();
  const args = [`${folder}/index.ts`, '--config', `${folder}/asconfig.json`, '--target', target];
  const stderr = createMemoryStream();
  const { error } = await asc([...args, '--baseDir', root, '--outFile', 'kernels.wasm'], {
    stderr,
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') binary = contents as Uint8Array<ArrayBuffer>;
    },
  });
  if (error || binary.length === 0) throw new Error(`asc ${args.join(' ')} failed:\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

async function generate(): Promise<string> {
  return `/** The kernel module in base64, \`exact\` and with relaxed SIMD. Made by \`npm run build:kernels\`: do not edit. */
export const kernelBinaries = {
  exact: '${await compile('exact')}',
  fast: '${await compile('fast')}',
} as const;

/** What it was made from (\`kernelSourceDigest\` of scripts/build-kernels.ts). */
export const kernelDigest = '${await kernelSourceDigest()}';
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const generated = await generate();
  if (!process.argv.includes('--check')) await replaceFiles({ path: artefact, content: generated });
  else if ((await readFile(artefact, 'utf8')) !== generated)
    throw new Error(
      'kernels.generated.ts is out of date: run `npm run build:kernels` and commit the result.',
    );
}
