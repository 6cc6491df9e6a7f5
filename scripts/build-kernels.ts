/**
 * Compiles the AssemblyScript kernels into `src/compile/simd/kernels.generated.ts` (`npm run build:kernels`). With
 * `--check` it writes nothing and fails if the committed module is not what the sources give: asc's output is deterministic.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { main as asc } from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const artefact = `${root}src/compile/simd/kernels.generated.ts`;
const folder = 'src/compile/simd/kernels';

async function compile(target: 'exact' | 'fast'): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const args = [`${folder}/index.ts`, '--config', `${folder}/asconfig.json`, '--target', target];
  const { error, stderr } = await asc([...args, '--baseDir', root, '--outFile', 'kernels.wasm'], {
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') binary = contents as Uint8Array;
    },
  });
  if (error || !binary) throw new Error(`asc ${args.join(' ')} failed:\n${stderr.toString()}`);
  return binary;
}

/** What the generated file should contain. */
export async function generateKernels(): Promise<string> {
  const text = (binary: Uint8Array): string => Buffer.from(binary).toString('base64');
  const exact = text(await compile('exact'));
  const fast = text(await compile('fast'));
  return `/** The kernel module in base64, \`exact\` and with relaxed SIMD. Made by \`npm run build:kernels\`: do not edit. */
export const kernelBinaries = {
  exact: '${exact}',
  fast: '${fast}',
} as const;
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const generated = await generateKernels();
  if (!process.argv.includes('--check')) await writeFile(artefact, generated);
  else if ((await readFile(artefact, 'utf8')) !== generated) {
    console.error('kernels.generated.ts is out of date: run `npm run build:kernels` and commit the result.');
    process.exitCode = 1;
  }
}
