/** The command line's files: locks, replaced and appended files, a run's folder and its record. In folders of their own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { replaceFiles } from '#node/files.ts';
import { Lock, LOCK_FILE } from '#node/lock.ts';
import { fold } from '#node/output.ts';
import { samePlace } from '#node/paths.ts';
import { RunFolder } from '#node/run-folder.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ludus-'));
}

describe('Lock', () => {
  it('is taken once, and free again after its owner has let go', () => {
    const folder = temporaryFolder();
    const lock = Lock.ofFolder(folder, '--out');
    expect(() => Lock.ofFolder(folder, '--out')).toThrow(
      `--out: expected a folder that no other process writes to; name another, got "${folder}", which process ${process.pid} writes to`,
    );
    lock.release();
    Lock.ofFolder(folder, '--out').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a file leaves the folder to others', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'play.jsonl');
    using _ = Lock.ofFile(path, '--record');
    expect(problemOf(() => Lock.ofFile(path, '--record'))?.field).toBe('--record');
    using other = Lock.ofFile(join(folder, 'other.jsonl'), '--record');
    expect(other).toBeInstanceOf(Lock);
  });

  const ended = spawnSync(process.execPath, ['--version']).pid;
  it.each([
    ['a process that has ended', JSON.stringify({ pid: ended, host: hostname(), id: 'x' })],
    ['nobody: its owner died before writing', ''],
    ['nobody: it is damaged', '{"pid":'],
  ])('is taken over from %s', (_, left) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, LOCK_FILE), left);
    Lock.ofFolder(folder, '--out').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('is taken over from an earlier process of the same id', () => {
    const folder = temporaryFolder();
    const earlier = { pid: process.pid, started: '1', host: hostname(), id: 'x' };
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify(earlier));
    Lock.ofFolder(folder, '--out').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over although a process died while it took it over', () => {
    const folder = temporaryFolder();
    const left = JSON.stringify({ pid: ended, host: hostname(), id: 'x' });
    writeFileSync(join(folder, LOCK_FILE), left);
    const digest = createHash('sha256').update(left).digest('hex').slice(0, 16);
    writeFileSync(join(folder, `${LOCK_FILE}.${digest}`), left.replace('x', 'y'));
    Lock.ofFolder(folder, '--out').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'is not even moved by a process that takes it for the one before, which was left behind',
    async () => {
      const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
      using _ = Lock.ofFolder(elsewhere, '--out');
      const path = join(folder, LOCK_FILE);
      // Read as a pipe, so that the lock changes between what the rival reads and what it does then.
      spawnSync('mkfifo', [path]);
      const writer = `
        const { openSync, renameSync, statSync, writeSync } = require('node:fs');
        const [path, live, left] = process.argv.slice(1);
        const pipe = openSync(path, 'w');
        renameSync(live, path);
        console.log(String(statSync(path, { bigint: true }).ctimeNs));
        setTimeout(() => writeSync(pipe, left), 50);`;
      const left = JSON.stringify({ pid: ended, host: hostname(), id: 'x' });
      const owner = spawn(process.execPath, ['-e', writer, path, join(elsewhere, LOCK_FILE), left]);
      const script = fileURLToPath(new URL('lock-rival.ts', import.meta.url));
      const rival = spawn(process.execPath, ['--import', 'tsx/esm', script, folder]);
      const [[moved], [said]] = await Promise.all(
        [owner, rival].map(async ({ stdout }) => once(stdout, 'data')),
      );
      expect(String(said)).toContain(`which process ${process.pid} writes to`);
      // Links and names of a file count as changes of it.
      expect(String(statSync(path, { bigint: true }).ctimeNs)).toBe(String(moved).trim());
      expect(readdirSync(folder)).toEqual([LOCK_FILE]);
    },
    30_000,
  );

  it('of another machine stays, and the error says how to free it', () => {
    const folder = temporaryFolder();
    const path = join(folder, LOCK_FILE);
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' }));
    expect(() => Lock.ofFolder(folder, '--out')).toThrow(
      `which process 1 on elsewhere writes to (if that has ended, delete "${path}")`,
    );
    expect(existsSync(path)).toBe(true);
  });
});

describe('replaceFiles', () => {
  it('replaces all files or none', async () => {
    const folder = temporaryFolder();
    const [first, second] = [join(folder, 'model.json'), join(folder, 'missing', 'weights.bin')];
    writeFileSync(first, 'earlier');
    const files = [first, second].map((path) => ({ path, content: 'new' }));
    await expect(replaceFiles(...files)).rejects.toThrow(
      `cannot write "${second}": ENOENT: no such file or directory`,
    );
    expect(readFileSync(first, 'utf8')).toBe('earlier');
    expect(readdirSync(folder)).toEqual(['model.json']);
    mkdirSync(join(folder, 'missing'));
    await replaceFiles(...files);
    expect([first, second].map((path) => readFileSync(path, 'utf8'))).toEqual(['new', 'new']);
    expect(readdirSync(folder)).toEqual(['missing', 'model.json']);
  });
});

describe('samePlace', () => {
  it('sees through spelling and links', () => {
    const folder = temporaryFolder();
    const run = join(folder, 'run');
    mkdirSync(run);
    symlinkSync(run, join(folder, 'link'));
    for (const other of [`${run}/`, `${folder}/./x/../run`, relative('.', run), join(folder, 'link')])
      expect(samePlace(run, other), other).toBe(!other.includes('/x/'));
    expect(samePlace(run, folder)).toBe(false);
    expect(samePlace(join(folder, 'no'), join(folder, 'no'))).toBe(false);
  });
});

/** metrics.jsonl of a run that is driven in slices of so many steps. */
async function recordOf(agent: string, slice: number, resumeAt = Infinity): Promise<string> {
  const path = join(temporaryFolder(), 'run');
  const setup = resolveRun({ world: 'frozen-lake', agent });
  using compute = await createCompute('simd', { threads: 1 });
  let run = await createRun(setup, compute);
  let { folder } = RunFolder.create(path);
  await folder.startRecord(run.recorder);
  while (run.progress < 3000) {
    const end = Math.min(3000, run.progress + slice);
    await run.advance(() => run.progress >= end);
    folder.appendMetrics(run.recorder);
    if (run.progress < resumeAt) continue;
    resumeAt = Infinity;
    const state = await run.snapshot();
    folder[Symbol.dispose]();
    run.dispose();
    run = await createRun(setup, compute);
    await run.restore(state);
    folder = RunFolder.reopen(path);
    await folder.startRecord(run.recorder);
  }
  folder[Symbol.dispose]();
  run.dispose();
  return readFileSync(join(path, 'metrics.jsonl'), 'utf8');
}

describe('RunFolder', () => {
  it('sets an earlier run aside, however its path is spelt', () => {
    const run = join(temporaryFolder(), 'run');
    for (const [spelt, movedTo] of [
      [`${run}/`, undefined],
      [`${run}//`, `${run}.1`],
      [relative('.', run), `${relative('.', run)}.2`],
    ] as const) {
      const made = RunFolder.create(spelt);
      expect(made.movedTo).toBe(movedTo);
      made.folder[Symbol.dispose]();
      expect(readdirSync(run)).toEqual([]);
      writeFileSync(join(run, 'config.json'), '{}');
    }
  });

  it('moves the folder that a link leads to, not the link', () => {
    const place = temporaryFolder();
    const [run, link] = [join(place, 'run'), join(place, 'link')];
    mkdirSync(run);
    writeFileSync(join(run, 'config.json'), '{}');
    symlinkSync(run, link);
    const { folder, movedTo } = RunFolder.create(link);
    folder[Symbol.dispose]();
    expect(movedTo).toBe(`${run}.1`);
    expect(readdirSync(`${run}.1`)).toEqual(['config.json']);
    expect(samePlace(link, run)).toBe(true);
    expect(readdirSync(run)).toEqual([]);
  });

  it('refuses files that are no run, and leaves them', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(() => RunFolder.create(folder)).toThrow(
      '--out: expected a new folder, an empty one or a run folder',
    );
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });

  it.each(['q-learning', 'a2c'])(
    'writes the record of %s in the same order, whatever the slices',
    async (agent) => {
      const whole = await recordOf(agent, 3000);
      const steps = whole
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly step: number }).step);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(whole).toContain('train/');
      expect(whole).toContain('episode/return');
      for (const slice of [1, 37, 500]) expect(await recordOf(agent, slice)).toBe(whole);
      expect(await recordOf(agent, 100, 1501)).toBe(whole);
    },
  );
});

describe('fold', () => {
  const help = 'a long text on what this field means, and on what larger and smaller values of it do';
  const table = `name     default  meaning\ngamma    0.99     ${help}\n  short`;

  it('breaks long lines between words, under the last column', () => {
    const folded = fold(table, 50);
    expect(folded.split('\n').every((line) => line.length <= 50)).toBe(true);
    expect(folded.split('\n')[2]).toMatch(/^ {18}\S/);
    expect(folded.replaceAll(/\n {18}/g, ' ')).toBe(table);
    expect(fold(table, 200)).toBe(table);
  });

  it('keeps words whole where a column or a word is wider than the terminal', () => {
    for (let width = 1; width < 120; width++)
      expect(fold(table, width).split(/\s+/)).toEqual(table.split(/\s+/));
  });
});
