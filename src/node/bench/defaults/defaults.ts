/**
 * `ludus bench defaults --results <path>`: trains the worlds that have no record yet of the agent they start with, and writes
 * <path>.md from the records in <path>.jsonl. It can be stopped at any time and resumed by the same command.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { worlds } from '#train/catalogue/worlds.ts';
import { exitCode, watchSignals } from '../../signals.ts';
import { provenance } from '../results/provenance.ts';
import { measureDefault } from './measure.ts';
import { isCurrent, renderDefaults, type KeptRecord } from './page.ts';

/** CPU seconds per world and seed. */
const LIMIT = 60;
/** Tuning seeds: the ones from 1 on are for results. */
const FIRST_SEED = 101;

export interface DefaultsOptions {
  /** Without its ending. */
  readonly path: string;
  /** Part of a world's id; '' for all. */
  readonly only: string;
  /** Per world. */
  readonly seeds: number;
  /** Whether only the page is written. */
  readonly renders: boolean;
}

/** Resolves to the exit code. */
export async function makeDefaults({ path, only, seeds, renders }: DefaultsOptions): Promise<number> {
  const file = `${path}.jsonl`;
  mkdirSync(dirname(file), { recursive: true });
  const records = readRecords(file);
  using interruption = watchSignals();
  const jobs = worlds
    .filter(({ id }) => !renders && id.includes(only))
    .flatMap(({ id }) => Array.from({ length: seeds }, (_, k) => ({ id, seed: FIRST_SEED + k })))
    .filter(({ id, seed }) => !records.some((record) => record.seed === seed && isCurrent(record, id)));
  for (const { id, seed } of jobs) {
    if (interruption.signal) break;
    const record = { ...(await measureDefault(id, seed, LIMIT)), provenance: provenance() };
    const { learnt, random, trained, seconds, steps } = record;
    const outcome = learnt ? `learnt after ${seconds} s` : 'not learnt';
    process.stderr.write(`${id}, seed ${seed}: ${outcome}, ${steps} steps, ${random} to ${trained}\n`);
    appendFileSync(file, `${JSON.stringify(record)}\n`);
    records.push(record);
  }
  writeFileSync(`${path}.md`, renderDefaults(records, LIMIT));
  return interruption.signal ? exitCode(interruption.signal) : 0;
}

function readRecords(file: string): KeptRecord[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as KeptRecord);
}
