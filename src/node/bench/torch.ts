/** PyTorch's side of a comparison, where it is installed (Debian: `python3-torch libopenblas0-pthread`). */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('torch_compare.py', import.meta.url));

/** µs per run of PyTorch on one thread and on its best number of threads; undefined where it is not installed. */
export async function measureTorch(network: object): Promise<{ one: number; best: number } | undefined> {
  for (const python of ['python3', '/usr/bin/python3'])
    try {
      const { stdout } = await run(python, [script, JSON.stringify(network)]);
      return JSON.parse(stdout) as { one: number; best: number };
    } catch {
      // No Python, or one without torch.
    }
  return undefined;
}
