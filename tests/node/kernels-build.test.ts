/** The committed kernel module is what the compiler makes of the sources: both builds are made anew and compared byte by byte. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/build-kernels.ts', import.meta.url));

it('kernels.generated.ts is up to date (else: npm run build:kernels)', async () => {
  const build = promisify(execFile)(process.execPath, ['--import', 'tsx', script, '--check']);
  await expect(build).resolves.toMatchObject({ stderr: '' });
});
