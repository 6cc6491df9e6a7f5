/** A run folder's three checkpoints: when they are saved, how they move on, and which of them is read. */
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { CHECKPOINT, EARLIER_CHECKPOINTS, findCheckpoint, readCheckpoint } from '#node/checkpoint-file.ts';
import { replaceFiles } from '#node/files.ts';
import { SaveSchedule } from '#node/saving.ts';
import { encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveRun } from '#train/request/resolve.ts';

const { request } = resolveRun({ world: 'frozen-lake', agent: 'q-learning' });
const names = [CHECKPOINT, ...EARLIER_CHECKPOINTS];

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ludus-'));
}

async function put(folder: string, content: string | Uint8Array): Promise<void> {
  const earlier = EARLIER_CHECKPOINTS.map((name) => join(folder, name));
  await replaceFiles({ path: join(folder, CHECKPOINT), content, earlier });
}

/** A folder into which checkpoints of so many steps were saved one after another. */
async function folderWith(...steps: readonly number[]): Promise<string> {
  const folder = temporaryFolder();
  for (const count of steps)
    await put(folder, await encodeCheckpoint({ kind: 'run', request, steps: count, state: { count } }));
  return folder;
}

/** The steps of the checkpoint that is read of a path, and what is said of it. */
async function read(path: string): Promise<readonly [steps: number, said: string]> {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    const { steps } = await readCheckpoint(await findCheckpoint(path));
    return [steps, said.mock.calls.map(([text]) => String(text)).join('')];
  } finally {
    said.mockRestore();
  }
}

describe('the checkpoints of a folder', () => {
  it('are the last three', async () => {
    const folder = temporaryFolder();
    for (const content of ['a', 'b', 'c', 'd', 'e']) await put(folder, content);
    expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
    expect(names.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['e', 'd', 'c']);
  });

  it('move on once, although a process ended between two of its steps', async () => {
    const folder = temporaryFolder();
    for (const content of ['a', 'b', 'c']) await put(folder, content);
    const [newest, before, oldest] = names.map((name) => join(folder, name));
    const texts = (): readonly string[] =>
      readdirSync(folder)
        .toSorted()
        .map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);
    // After the earlier ones have moved on, and after the newest has its second name.
    rmSync(oldest);
    writeFileSync(oldest, 'b');
    rmSync(before);
    await put(folder, 'd');
    expect(texts()).toEqual([
      `${EARLIER_CHECKPOINTS[0]} c`,
      `${EARLIER_CHECKPOINTS[1]} b`,
      `${CHECKPOINT} d`,
    ]);
    rmSync(before);
    linkSync(newest, before);
    await put(folder, 'e');
    expect(texts()).toEqual([
      `${EARLIER_CHECKPOINTS[0]} d`,
      `${EARLIER_CHECKPOINTS[1]} b`,
      `${CHECKPOINT} e`,
    ]);
  });

  it('are read from the newest that is whole, with a line about it', async () => {
    const folder = await folderWith(10, 20, 30);
    expect(await read(folder)).toEqual([30, '']);
    const [newest, before, oldest] = names.map((name) => join(folder, name));
    truncateSync(newest, 200);
    const back = `"${newest}": checkpoint: expected a whole gzip file, got a file that is cut off or damaged; going back to`;
    expect(await read(folder)).toEqual([20, `${back} "${before}"\n`]);
    expect(await read(newest)).toEqual([20, `${back} "${before}"\n`]);
    writeFileSync(before, '');
    expect(await read(folder)).toEqual([10, `${back} "${oldest}"\n`]);
    rmSync(newest);
    expect(await read(folder)).toEqual([10, `"${newest}" is missing; going back to "${oldest}"\n`]);
    rmSync(oldest);
    await expect(read(folder)).rejects.toThrow(
      `"${newest}": checkpoint: expected a file that can be read, got ENOENT`,
    );
    rmSync(before);
    await expect(read(folder)).rejects.toThrow(
      `checkpoint: expected a folder that holds ${CHECKPOINT}, got "${folder}"`,
    );
  });

  it('are read by their names, each for itself', async () => {
    const folder = await folderWith(10, 20, 30);
    const before = join(folder, EARLIER_CHECKPOINTS[0]);
    expect(await read(before)).toEqual([20, '']);
    expect(await findCheckpoint(before)).toEqual({ files: [before] });
    truncateSync(before, 200);
    await expect(read(before)).rejects.toThrow('cut off or damaged');
  });
});

/** Times of the saves in the first `until` seconds, each of which takes `takes` seconds. */
function savedAt(every: number, takes: number, until: number, succeeds = true): readonly number[] {
  const schedule = new SaveSchedule(every * 1000, 7000);
  const times: number[] = [];
  for (let now = 0; now <= until * 1000; now += 100) {
    if (!schedule.isDue(7000 + now)) continue;
    times.push(now / 1000);
    const started = 7000 + now;
    now += takes * 1000;
    schedule.tried(started, 7000 + now, succeeds);
  }
  return times;
}

describe('SaveSchedule', () => {
  it('saves early, then as often as asked', () => {
    expect(savedAt(60, 0, 130)).toEqual([5, 65, 125]);
    expect(savedAt(1, 0, 3.5)).toEqual([1, 2, 3]);
    expect(savedAt(1e9, 0, 1000)).toEqual([5]);
  });

  it('spends a twentieth of the time on it at most', () => {
    expect(savedAt(1, 10, 430)).toEqual([1, 211, 421]);
  });

  it('tries again within a minute after a failure', () => {
    expect(savedAt(3600, 0, 130, false)).toEqual([5, 65, 125]);
    expect(savedAt(10, 0, 30, false)).toEqual([5, 15, 25]);
  });
});
