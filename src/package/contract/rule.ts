/**
 * Contracts as lists of rules. This project's tests go through them one by one; `checkEnv` and `checkAgent` do for others, and throw a
 * `ContractError` that names every rule that is broken.
 */
import { inspect, isDeepStrictEqual } from 'node:util';
import { messageOf, show } from '#core/errors.ts';

/** A promise of a contract. */
export interface Rule<Subject> {
  /** What it promises: `keeps slots apart`. */
  readonly name: string;
  /** Whether the promise concerns this subject; absent: every one. */
  readonly applies?: (subject: Subject) => boolean;
  /** Throws if the subject breaks it. */
  readonly check: (subject: Subject) => void | Promise<void>;
}

/** A rule, and what it was looked at in: `thermostat weather=0`, `my-agent on corridor`. */
export interface Checked {
  readonly rule: string;
  readonly subject: string;
}

/** What was expected and found instead. */
export interface Broken extends Checked {
  readonly message: string;
}

export interface ContractReport {
  /** What holds, in the order in which it was looked at. */
  readonly held: readonly Checked[];
  readonly broken: readonly Broken[];
}

/** Thrown by `checkEnv` and `checkAgent`; the message names every broken rule and where it is broken. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly report: ContractReport;

  constructor(report: ContractReport) {
    super(report.broken.map(({ subject, rule, message }) => `${subject}: ${rule}: ${message}`).join('\n'));
    this.report = report;
  }

  /** The names of the rules that are broken, each once. */
  get rules(): readonly string[] {
    return [...new Set(this.report.broken.map(({ rule }) => rule))];
  }
}

/** Rules with the subjects that they are looked at in. */
export interface Look<Subject> {
  readonly rules: readonly Rule<Subject>[];
  readonly subjects: readonly Subject[];
  readonly nameOf: (subject: Subject) => string;
}

/** Looks at every rule in every subject that it concerns. */
export async function lookAt<Subject>(look: Look<Subject>): Promise<ContractReport> {
  const held: Checked[] = [];
  const broken: Broken[] = [];
  for (const subject of look.subjects)
    for (const { name: rule, applies, check } of look.rules) {
      const where = { rule, subject: look.nameOf(subject) };
      try {
        if (applies && !applies(subject)) continue;
        await check(subject);
        held.push(where);
      } catch (error) {
        broken.push({ ...where, message: messageOf(error) });
      }
    }
  return { held, broken };
}

/** All reports in one. Throws a `ContractError` if a rule is broken. */
export function conclude(...reports: readonly ContractReport[]): ContractReport {
  const report = {
    held: reports.flatMap(({ held }) => held),
    broken: reports.flatMap(({ broken }) => broken),
  };
  if (report.broken.length > 0) throw new ContractError(report);
  return report;
}

/** What a rule demands; `what` says what was expected, and what was found. */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Whether two values are the same in depth, bit for bit. */
export function areSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** Demands the same values, of arrays and records in depth; the message says where they first differ. */
export function demandSame(got: unknown, expected: unknown, what: string): void {
  if (areSame(got, expected)) return;
  const { at, one, other } = firstDifference(expected, got);
  // As JSON −0 is 0, and lists of different kinds are the same.
  const told = show(one) === show(other) ? inspect : show;
  throw new Error(`${what}: expected ${told(one)}${at === '' ? '' : ` at ${at}`}, got ${told(other)}`);
}

interface Difference {
  /** The place, e.g. `weights[0].values[12]`; empty: the whole. */
  readonly at: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** Where two values that differ do so first. */
function firstDifference(one: unknown, other: unknown, at = ''): Difference {
  if (isList(one) && isList(other)) {
    const k = Array.from({ length: Math.max(one.length, other.length) }, (_, index) => index).find(
      (index) => !areSame(one[index], other[index]),
    );
    return k === undefined ? { at, one, other } : firstDifference(one[k], other[k], `${at}[${k}]`);
  }
  if (isPlain(one) && isPlain(other)) {
    const key = [...new Set([...Object.keys(one), ...Object.keys(other)])].find(
      (name) => !areSame(one[name], other[name]),
    );
    if (key !== undefined) return firstDifference(one[key], other[key], at === '' ? key : `${at}.${key}`);
  }
  return { at, one, other };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Whether an array holds finite numbers only. */
export function allFinite(numbers: ArrayLike<number>): boolean {
  for (let k = 0; k < numbers.length; k++) if (!Number.isFinite(numbers[k])) return false;
  return true;
}
