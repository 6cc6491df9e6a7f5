/**
 * Nothing changes by accident: short runs on compiled steps give the very bits that `fingerprints.json` has. A commit
 * that is meant to change learning says so and writes the file anew: `npm run fingerprints`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { fingerprint, fingerprintedRuns } from './runs.ts';

const FILE = new URL('fingerprints.json', import.meta.url);
const isWriting = process.env['LUDUS_FINGERPRINTS'] === 'write';
const known: Readonly<Record<string, string>> = isWriting
  ? {}
  : (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>);
const seen: Record<string, string> = {};

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});
afterAll(() => {
  compute[Symbol.dispose]();
  if (isWriting) writeFileSync(FILE, `${JSON.stringify(seen, undefined, 2)}\n`);
});

it.each(fingerprintedRuns)('$name', async (run) => {
  seen[run.name] = await fingerprint(run, compute);
  if (!isWriting) expect(seen[run.name]).toBe(known[run.name]);
});

it.skipIf(isWriting)('has no fingerprint of a run that is gone', () => {
  expect(Object.keys(known)).toEqual(fingerprintedRuns.map(({ name }) => name));
});
