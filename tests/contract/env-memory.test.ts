/**
 * A step allocates nothing, and nothing stays behind. What V8 compiles, and when, would otherwise depend on how busy the machine is: so the
 * worlds run in a process whose compiler works on the main thread, after counts of what was executed, and not beside it when there is time.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { CALM, type Memory } from './memory.ts';
import { defaults } from './settings.ts';

/** A space for new objects (MiB) in which a window fits without a collection. */
const NEW_SPACE = 64;
const FLAGS = [
  '--expose-gc',
  '--single-threaded',
  `--min-semi-space-size=${NEW_SPACE}`,
  `--max-semi-space-size=${NEW_SPACE}`,
];

const measured = new Map<string, Memory>();

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...FLAGS,
    '--import',
    'tsx',
    new URL('env-memory-run.ts', import.meta.url).pathname,
  ]);
  for (const line of stdout.trim().split('\n')) {
    const memory = JSON.parse(line) as Memory;
    measured.set(memory.world, memory);
  }
}, 600_000);

describe.each(defaults)('$name', ({ name }) => {
  it('allocates nothing in a step and leaves nothing behind', () => {
    const memory = measured.get(name);
    expect(memory?.stayed).toBeLessThan(CALM.stayed);
    expect(memory?.allocated).toBeLessThan(CALM.allocated);
  });
});
