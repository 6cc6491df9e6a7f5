/**
 * Reads the plan and the results of a sweep, also while it runs: lines are only appended, so that what was read before is not read
 * again, and a last line that is still being written waits for the next time.
 */
import { InputError, messageOf, refusal, show } from '#core/errors.ts';
import { readLine } from '#core/json.ts';
import type { Subject } from '#train/request/subject.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import type { JobResult } from '#train/sweep/job.ts';
import { hasJob, overviewOf, type SweepOverview } from '#train/sweep/overview.ts';
import { readPlan, type Plan } from '#train/sweep/plan.ts';
import { PLAN, RESULTS, resultSchema, type ResultLine } from '#train/sweep/result-line.ts';
import type { Search } from '#train/sweep/search.ts';
import { COMPARED, strangeJob } from '#train/sweep/same-plan.ts';
import { requestAt } from '#train/sweep/space.ts';
import type { Outcome } from '../protocol.ts';
import type { SweepApi, SweepFiles, SweepReading } from './protocol.ts';

/** Bytes of a plan, and those that are read at once, at most: a line is shorter. */
const PLAN_SIZE = 2 ** 24;
const PART = 2 ** 22;
const NEWLINE = 10;
/** Bytes that tell whether a file goes on from what has been read: a result's line, with its times. */
const TAIL = 512;

const READING = { schema: resultSchema, file: RESULTS, what: 'the result of a job of a sweep' };

interface Sweep {
  readonly text: string;
  readonly plan: Plan;
  readonly search: Search;
  readonly results: Map<string, JobResult>;
  /** Ids of the first results, by their keys. */
  readonly ids: Map<string, string>;
  /** Bytes and lines that have been read, and whether the last line had no end yet. */
  offset: number;
  lines: number;
  isOpen: boolean;
  incomplete: number;
  /** The last bytes that have been read: files in which they stand elsewhere are others. */
  tail: Uint8Array;
  overview?: SweepOverview;
}

export class SweepReader implements SweepApi {
  private sweep: Sweep | undefined;
  private opening = 0;
  private last: Promise<unknown> = Promise.resolve();

  /** One after the other. */
  read(files: SweepFiles, opening: number): Promise<Outcome<SweepReading>> {
    const reading = this.last.then(() => {
      if (opening !== this.opening) this.sweep = undefined;
      this.opening = opening;
      return this.outcomeOf(files);
    });
    this.last = reading;
    return reading;
  }

  private async outcomeOf(files: SweepFiles): Promise<Outcome<SweepReading>> {
    try {
      return { ok: true, value: await this.readAll(files) };
    } catch (error) {
      this.sweep = undefined;
      if (error instanceof InputError) return { ok: false, problems: error.problems };
      const problem = { field: 'sweep', expected: 'files that can be read', got: messageOf(error) };
      return { ok: false, problems: [problem] };
    }
  }

  subjectOf(trial: number, round: number): Subject | undefined {
    if (!this.sweep) return undefined;
    const { plan, overview } = this.sweep;
    const look = overview?.trials.find((each) => each.trial === trial);
    const found = look?.rounds.find((each) => each.round === round);
    if (!found) return undefined;
    const {
      point,
      seeds: [seed],
    } = found;
    switch (plan.kind) {
      case 'run':
        return { kind: 'run', request: { ...requestAt(plan.request, plan.axes, point), seed } };
      case 'fit':
        return { kind: 'fit', request: { ...requestAt(plan.request, plan.axes, point), seed } };
    }
  }

  private async readAll({ plan: planFile, results: file }: SweepFiles): Promise<SweepReading> {
    if (planFile.size > PLAN_SIZE) throw refusal(PLAN, 'a plan', `${planFile.size} bytes`);
    const text = await planFile.text();
    const goesOn = this.sweep?.text === text && (await isContinued(this.sweep, file));
    const sweep = goesOn && this.sweep ? this.sweep : begin(text);
    this.sweep = sweep;
    if (file) await readOn(sweep, file);
    const { plan, search, results, incomplete } = sweep;
    sweep.overview = overviewOf(plan, search, results);
    return { overview: sweep.overview, incomplete };
  }
}

function begin(text: string): Sweep {
  const plan = readPlan(text);
  const search = createSearch(plan);
  const fresh = { offset: 0, lines: 0, isOpen: false, incomplete: 0, tail: new Uint8Array(0) };
  return { text, plan, search, results: new Map(), ids: new Map(), ...fresh };
}

/** Whether a file begins with what has been read: a sweep that was deleted and run again has the same plan. */
async function isContinued({ offset, tail }: Sweep, file: Blob | undefined): Promise<boolean> {
  if ((file?.size ?? 0) < offset) return false;
  const bytes = await file?.slice(offset - tail.length, offset).arrayBuffer();
  return tail.length === 0 || (bytes !== undefined && decode(new Uint8Array(bytes)) === decode(tail));
}

/** Reads what has been appended. */
async function readOn(sweep: Sweep, file: Blob): Promise<void> {
  while (sweep.offset < file.size) {
    const bytes = new Uint8Array(await file.slice(sweep.offset, sweep.offset + PART).arrayBuffer());
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > 0) {
      takeLines(sweep, decode(bytes.subarray(0, whole - 1)).split('\n'));
      sweep.offset += whole;
      continue;
    }
    if (bytes.length === PART) throw wrongFile(decode(bytes.subarray(0, 100)));
    // The last line, whole or not.
    if (takeLine(sweep, decode(bytes), sweep.lines + 1)) {
      sweep.lines++;
      sweep.isOpen = true;
      sweep.offset += bytes.length;
    }
    break;
  }
  const from = Math.max(0, sweep.offset - TAIL);
  sweep.tail = new Uint8Array(await file.slice(from, sweep.offset).arrayBuffer());
  await compareIds(sweep);
}

function takeLines(sweep: Sweep, lines: readonly string[]): void {
  // The end of a line that has been read already.
  const fresh = sweep.isOpen ? lines.slice(1) : lines;
  sweep.isOpen = false;
  for (const line of fresh) {
    sweep.lines++;
    if (line.trim() === '' || takeLine(sweep, line, sweep.lines)) continue;
    // The first of an interrupted sweep may be; a file without any other is none of results.
    if (sweep.results.size === 0 && !line.startsWith('{')) throw wrongFile(line);
    sweep.incomplete++;
  }
}

/** False if it is incomplete. */
function takeLine({ plan, results, ids }: Sweep, line: string, number: number): boolean {
  const record = readLine(line, number, READING) as ResultLine | undefined;
  if (!record) return false;
  const { key, id, result } = record;
  if (!hasJob(plan, key)) {
    const expected = `a job of the plan in ${PLAN}`;
    throw refusal(`${RESULTS} line ${number}.key`, expected, show(key));
  }
  results.set(key, result);
  if (results.size <= COMPARED) ids.set(key, id);
  return true;
}

/** Refuses the results of another plan. */
async function compareIds({ search, ids }: Sweep): Promise<void> {
  // Only where the page came over a safe connection there is a hash.
  if (ids.size === 0 || !crypto.subtle) return;
  const key = await strangeJob(search, ids);
  if (key === undefined) return;
  const got = `those of another, in which ${show(key)} is a different job`;
  throw refusal(RESULTS, `results of the plan in ${PLAN}`, got);
}

function wrongFile(text: string): InputError {
  return refusal(RESULTS, 'lines of JSON, one per result', show(text));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
