/** A run goes on while its disk does not work: it says so once, saves when it can again, and loses no row of its record. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { findCheckpoint, readCheckpoint } from '#node/checkpoint-file.ts';
import { RunFolder } from '#node/run-folder.ts';
import { Saving } from '#node/saving.ts';
import { FaultyDisk, type Code } from '#tests/faulty-disk.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

it.each<Code>(['ENOSPC', 'EROFS', 'EIO'])('%s', async (code) => {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const lines = (): readonly string[] => said.mock.calls.map(([text]) => String(text));
  const path = join(mkdtempSync(join(tmpdir(), 'ludus-')), 'run');
  using compute = await createCompute('simd', { threads: 1 });
  const run = await createRun(resolveRun({ world: 'frozen-lake', agent: 'q-learning' }), compute);
  using folder = RunFolder.create(path).folder;
  await folder.startRecord(run.recorder);
  // As soon as the last save was a twentieth of the time.
  const saving = new Saving(folder, run, undefined, 0);
  const advance = async (steps: number): Promise<void> => {
    const end = run.progress + steps;
    await run.advance(() => run.progress >= end);
    await saving.keepUp();
  };
  await folder.save(run, undefined);
  {
    using _ = new FaultyDisk(path, { kind: 'fails', code, stays: true });
    while (lines().length === 0) await advance(100);
    for (let k = 0; k < 20; k++) await advance(100);
  }
  expect(lines()).toEqual([
    expect.stringMatching(
      new RegExp(`^cannot write ".*run/.*": ${code}: .*; training goes on, and saving is tried again\n$`),
    ),
  ]);
  expect((await readCheckpoint(await findCheckpoint(path))).steps).toBe(0);
  while (lines().length === 1) await advance(100);
  expect(lines().slice(1)).toEqual([`saved again at ${run.progress} env steps\n`]);
  expect((await readCheckpoint(await findCheckpoint(path))).steps).toBe(run.progress);
  const rows = readFileSync(join(path, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const { metricRows, episodes } = run.recorder;
  expect(rows).toHaveLength(metricRows + episodes);
  expect(readdirSync(path).filter((name) => name.endsWith('.new'))).toEqual([]);
  run.dispose();
});
