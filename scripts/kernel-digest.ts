/** What the compiled kernels were made from, as a digest. Apart from the build, so that a test can ask without the compiler. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const kernelFolder = 'src/compile/simd/kernels';

/** A digest of all that the module is made from: sources, settings and the compiler's version. */
export async function kernelSourceDigest(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(`${root}${kernelFolder}`)).toSorted();
  for (const file of files) hash.update(file).update(await readFile(`${root}${kernelFolder}/${file}`));
  const compiler = await readFile(`${root}node_modules/assemblyscript/package.json`, 'utf8');
  return hash.update((JSON.parse(compiler) as { version: string }).version).digest('hex');
}
