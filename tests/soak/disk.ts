/** Saves through a disk on which something goes wrong: the checkpoint of before or the new one is read, and saving works again. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { createCompute } from '#host/compute.ts';
import { LOCK_FILE } from '#node/lock.ts';
import { RunFolder } from '#node/run-folder.ts';
import { contentOf } from '#tests/checkpoint-content.ts';
import { FaultyDisk, FAULTS } from '#tests/faulty-disk.ts';
import { fileOf } from '#tests/subjects.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { pick } from './half.ts';
import { hold, type Note } from './note.ts';
import { create, type Subject } from './subjects.ts';
import { advance } from './twins.ts';

/** Saves, each with a fault of its own. */
const SAVES = 8;
/** About as many operations as resuming and saving makes. */
const OPERATIONS = 80;

export async function faultyDisk(subject: Subject, rng: Rng, note: Note): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'ludus-soak-'));
  const path = join(place, 'run');
  using compute = await createCompute('simd', { threads: 1 });
  const run = await create(subject, compute);
  // Going back to an earlier file is told of, as it should be.
  const write = process.stderr.write.bind(process.stderr);
  try {
    process.stderr.write = () => true;
    await advance(run, 20);
    await saveInto(RunFolder.create(path).folder, run);
    for (let save = 0; save < SAVES; save++) await suffer(path, run, rng, note);
    note.trained += run.progress;
  } finally {
    process.stderr.write = write;
    run.dispose();
    rmSync(place, { recursive: true, force: true });
  }
}

async function saveInto(opened: RunFolder, run: TrainingRun): Promise<void> {
  using folder = opened;
  await folder.startRecord(run.recorder);
  folder.appendMetrics(run.recorder);
  await folder.save(run, undefined);
}

async function suffer(path: string, run: TrainingRun, rng: Rng, note: Note): Promise<void> {
  const before = await contentOf(path);
  await advance(run, run.progress + 1 + rng.integer(60));
  const { length } = await fileOf(run);
  const fault = pick(rng, FAULTS);
  const name = `disk: ${fault.kind}`;
  let problem: string | undefined;
  let hasCome: boolean;
  {
    using disk = new FaultyDisk(path, fault, rng.integer(OPERATIONS));
    await contentOf(path).catch(messageOf);
    const saved = (async (): Promise<void> => saveInto(RunFolder.reopen(path), run))();
    await saved.catch((error: unknown) => (problem = messageOf(error)));
    ({ hasCome } = disk);
  }
  if (hasCome) note.fault(name);
  // The process that owned the folder has ended.
  rmSync(join(path, LOCK_FILE), { force: true });
  const found = await contentOf(path);
  const where = `${JSON.stringify(fault)}: ${problem ?? 'saved'}`;
  await saveInto(RunFolder.reopen(path), run);
  const after = await contentOf(path);
  const mustBeNew = problem === undefined && fault.kind !== 'drops';
  const isThere = found === after || (!mustBeNew && found === before);
  note.kept(length, isThere);
  hold(isThere, `${where}: the checkpoint of before or the new one is read`);
  hold(existsSync(join(path, 'config.json')), `${where}: saving works again`);
  if (hasCome) note.recover(name);
}
