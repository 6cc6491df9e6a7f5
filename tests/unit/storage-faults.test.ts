/**
 * Every operation on the disk of saving and resuming goes wrong once, in every way: afterwards the checkpoint of before or the
 * new one is read, bit for bit, and saving works again.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { LOCK_FILE } from '#node/lock.ts';
import { RunFolder } from '#node/run-folder.ts';
import { contentOf } from '#tests/checkpoint-content.ts';
import { FaultyDisk, FAULTS, type Fault } from '#tests/faulty-disk.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';

/** In memory where there is such a place: what is looked at is the order of operations, not the disk. */
const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ludus-'));
const template = join(place, 'template');
let run: Run;
/** What the earlier run had saved, the newest first, and what is saved now. */
const saved: string[] = [];
let after: string;
const counts: number[] = [];

beforeAll(async () => {
  const setup = resolveRun({
    world: 'cart-pole',
    agent: 'dqn',
    config: { network: [{ kind: 'dense', units: 4 }], learningStarts: 20, batchSize: 8, replaySize: 64 },
  });
  run = await createRun(setup, await createCompute('simd', { threads: 1 }));
  const { folder } = RunFolder.create(template);
  await folder.startRecord(run.recorder);
  for (const steps of [50, 100, 150]) {
    await run.advance(() => run.progress >= steps);
    await folder.save(run, 1000);
    saved.unshift(await contentOf(template));
  }
  folder[Symbol.dispose]();
  await run.advance(() => run.progress > 200);
  const whole = RunFolder.create(join(place, 'whole')).folder;
  await whole.startRecord(run.recorder);
  await whole.save(run, 1000);
  after = await contentOf(whole.path);
  whole[Symbol.dispose]();
});

afterAll(() => {
  run.dispose();
  rmSync(place, { recursive: true });
});

type Start = 'resumed' | 'new';

/** What `ludus train` does with a run folder, until it has saved. */
async function saveInto(path: string, start: Start): Promise<void> {
  // One that cannot be read for the moment is left for the one before.
  if (start === 'resumed') expect([...saved, after]).toContain(await contentOf(path));
  using folder = start === 'resumed' ? RunFolder.reopen(path) : RunFolder.create(path).folder;
  await folder.startRecord(run.recorder);
  folder.appendMetrics(run.recorder);
  await folder.save(run, 1000);
}

/** One case, and what is there afterwards; false once there are no more operations. */
async function suffer(fault: Fault, at: number, start: Start): Promise<boolean> {
  const path = join(place, 'run');
  rmSync(path, { recursive: true, force: true });
  if (start === 'resumed') cpSync(template, path, { recursive: true });
  let problem: string | undefined;
  let hasCome: boolean;
  {
    using disk = new FaultyDisk(path, fault, at);
    await saveInto(path, start).catch((error: unknown) => (problem = (error as Error).message));
    ({ hasCome } = disk);
  }
  if (!hasCome) return false;
  const where = `${JSON.stringify(fault)} at ${at} of a ${start} run: ${problem ?? 'saved'}`;
  expect(problem ?? 'saved', where).toMatch(
    /^(saved|cannot write "|--\w+: |("[^"]+": )?checkpoint: )[^\n]*$/,
  );
  // The process that owned the folder has ended.
  rmSync(join(path, LOCK_FILE), { force: true });
  const content = await contentOf(path).catch((error: unknown) => (error as Error).message);
  const isTrue = fault.kind !== 'drops';
  if (problem === undefined && isTrue) expect(content, where).toBe(after);
  else if (start === 'resumed') expect([saved[0], after], where).toContain(content);
  else if (content !== after) expect(content, where).toMatch(/^("[^"]+": )?checkpoint: expected /);
  await saveInto(path, /^[0-9a-f]{64}$/.test(content) ? 'resumed' : 'new');
  expect(await contentOf(path), where).toBe(after);
  expect(
    readdirSync(path).filter((name) => name.startsWith('.') || name.endsWith('.new')),
    where,
  ).toEqual([]);
  return true;
}

describe.each(['resumed', 'new'] as const)('the storage of a %s run', (start) => {
  it.each(FAULTS.map((fault) => ({ name: Object.values(fault).join(' '), fault })))(
    'loses nothing: $name',
    async ({ fault }) => {
      vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
      let cases = 0;
      while (await suffer(fault, cases, start)) cases++;
      expect(cases).toBeGreaterThan(30);
      counts.push(cases);
    },
  );
});

it('was looked at after every operation', () => {
  const cases = counts.reduce((sum, count) => sum + count);
  console.info(`${cases} faults of storage, after each of which a checkpoint was read bit for bit`);
  expect(counts).toHaveLength(2 * FAULTS.length);
});
