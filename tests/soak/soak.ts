/**
 * Trains everything for as long as you like while everything goes wrong, in Node and in Chromium: `npm run soak -- --minutes 60`.
 * Prints what was done to it, what was lost and whether anything that is held grows. `--only node`, `chromium` or `webgpu` does a
 * half alone, `--leg N` one leg of it, and `--seed` what another soak did.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { soak, type Half } from './half.ts';
import { Journal, type Line } from './note.ts';
import { summarise } from './summary.ts';

const HALVES = ['node', 'chromium', 'webgpu'] as const;
type Name = (typeof HALVES)[number];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string', multiple: true, default: ['node', 'chromium'] },
    leg: { type: 'string' },
    journal: { type: 'string' },
  },
});
const seed = Number(values.seed ?? randomInt(1_000_000));
const minutes = Number(values.minutes);
const halves = values.only.map((name) => {
  const found = HALVES.find((half) => half === name);
  if (!found) throw new Error(`--only: expected one of ${HALVES.join(', ')}, got ${name}`);
  return found;
});

let isStopped = false;
// Both halves hear of it, too: they end with the leg that they are in.
process.on('SIGINT', () => {
  if (isStopped) process.exit(130);
  isStopped = true;
});

if (values.journal !== undefined) process.exitCode = await one(halves[halves.length - 1], values.journal);
else process.exitCode = await all();

/** A half in this process. */
async function one(name: Name, journal: string): Promise<number> {
  await using half = await open(name);
  const leg = values.leg === undefined ? undefined : Number(values.leg);
  const isWell = await soak(half, {
    seed,
    minutes,
    leg,
    journal: new Journal(journal),
    isStopped: () => isStopped,
  });
  return isWell ? 0 : 1;
}

async function open(name: Name): Promise<Half> {
  switch (name) {
    case 'node':
      return (await import('./node.ts')).nodeHalf();
    case 'chromium':
      return (await import('./chromium.ts')).chromiumHalf();
    case 'webgpu':
      return (await import('./webgpu.ts')).webgpuHalf();
  }
}

/** Every half in a process of its own, so that none holds what the other does. */
async function all(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ludus-soak-'));
  process.stdout.write(`seed ${seed}, ${minutes} minutes, journals in ${folder}\n`);
  const codes = await Promise.all(halves.map((name) => inProcess(name, join(folder, `${name}.jsonl`))));
  const lines = halves.flatMap((name) => linesOf(join(folder, `${name}.jsonl`)));
  const { isWell, text } = summarise(lines);
  process.stdout.write(`${text}seed ${seed}\n`);
  return isStopped ? 130 : isWell && codes.every((code) => code === 0) ? 0 : 1;
}

function inProcess(name: Name, journal: string): Promise<number> {
  const [, script, ...words] = process.argv;
  const child = spawn(
    process.execPath,
    [...process.execArgv, script, ...words, '--only', name, '--seed', String(seed), '--journal', journal],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function linesOf(path: string): readonly Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Line);
}
