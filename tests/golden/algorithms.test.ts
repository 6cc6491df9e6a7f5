/**
 * Compares our algorithms with every recording of algorithms in the golden folder (`LUDUS_GOLDEN`, default
 * `../shared/golden`), whatever its name, once per way of running a step. Prints one line per file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import type { AlgorithmAdapter, AlgorithmRecording } from './algorithms/adapter.ts';
import { conv, mlp, noisyDueling } from './algorithms/networks.ts';
import { optimizers } from './algorithms/optimizers.ts';
import { advantages, policyLosses, ppoUpdates } from './algorithms/policies.ts';
import { statistics } from './algorithms/statistics.ts';
import { c51, dqnUpdates, prioritizedReplay, quantile, tdTargets } from './algorithms/values.ts';

/** One per kind of recording; the first whose keys a recording has compares it. */
const adapters: readonly AlgorithmAdapter[] = [
  mlp,
  conv,
  noisyDueling,
  optimizers,
  tdTargets,
  c51,
  quantile,
  dqnUpdates,
  prioritizedReplay,
  advantages,
  policyLosses,
  ppoUpdates,
  statistics,
];

const folder = resolve(process.env['LUDUS_GOLDEN'] ?? '../shared/golden');

function recordingsIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json.gz'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function read(path: string): AlgorithmRecording {
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as AlgorithmRecording;
}

/** Whether the recording has something at a dotted path. */
function has(recording: AlgorithmRecording, path: string): boolean {
  let value: unknown = recording;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !(key in value)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return true;
}

/** A recording of an algorithm says what it is about; the worlds' recordings name their world instead. */
function isAlgorithm(recording: AlgorithmRecording): boolean {
  return (
    typeof recording.about === 'string' && !['gymnasium', 'minigrid', 'env'].some((key) => key in recording)
  );
}

if (!existsSync(folder)) {
  report(`algorithms: skipped, there is no folder ${folder} (set LUDUS_GOLDEN)`);
  it.skip(`golden recordings of algorithms: skipped, there is no folder ${folder} (set LUDUS_GOLDEN)`, () => {});
} else {
  const files = recordingsIn(folder)
    .map((file) => ({ file, recording: read(join(folder, file)) }))
    .filter(({ recording }) => isAlgorithm(recording));

  describe.each(['simd', 'wasm', 'cpu'] as const)('golden recordings of algorithms on %s', (choice) => {
    let compute: Compute & Disposable;
    beforeAll(async () => {
      compute = await createCompute(choice);
    });
    afterAll(() => compute[Symbol.dispose]());

    it.for(files)('$file', async ({ file, recording }, context) => {
      const adapter = adapters.find(({ keys }) => keys.every((key) => has(recording, key)));
      if (!adapter) {
        report(`${file}: not built yet`);
        return context.skip('not built yet');
      }
      report(`${file}: passed on ${compute.label} (${await adapter.check(recording, compute)})`);
    });

    it('finds at least one recording', () => {
      expect(files.length, `recordings of algorithms under ${folder}`).toBeGreaterThan(0);
    });
  });
}

function report(line: string): void {
  process.stdout.write(`golden ${line}\n`);
}
