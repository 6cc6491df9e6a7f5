/** Untrusted JSON: it becomes a value or an `InputError`. */
import type { z } from 'zod';
import { messageOf, refusal, show } from './errors.ts';

/** Deeper files are refused, so that code that walks a value never runs out of stack. */
export const DEEPEST_JSON = 64;

/** Throws an `InputError` at `field` if the text is not JSON or is nested more deeply than `DEEPEST_JSON`. */
export function parseJson(text: string, field: string): unknown {
  if (depthOf(text) > DEEPEST_JSON) throw refusal(field, `JSON nested at most ${DEEPEST_JSON} deep`, 'more');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw refusal(field, 'JSON', `${show(text)} (${messageOf(error)})`);
  }
}

/** A value that is a record, as every header of a file has to be. */
export function asRecord(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw refusal(field, 'a record', show(value));
}

/** How the lines of a file are read: each is a record of its own, of which `schema` is what is looked at. */
export interface LineReading {
  readonly schema: z.ZodType;
  /** The file, for errors. */
  readonly file: string;
  /** What a line is, for errors. */
  readonly what: string;
}

/**
 * The record of a line as it was written; undefined if the line is empty or incomplete, as one that is being written or was
 * interrupted. Throws an `InputError` that names the line if it is something else.
 */
export function readLine(line: string, number: number, { schema, file, what }: LineReading): unknown {
  const where = `${file} line ${number}`;
  let given: unknown;
  try {
    given = parseJson(line, where);
  } catch {
    return undefined;
  }
  const { success, error } = schema.safeParse(given);
  if (success) return given;
  const [issue] = error.issues;
  const field = [where, ...issue.path.map(String)].join('.');
  const value = valueAt(given, issue.path);
  throw refusal(field, what, value === undefined ? 'nothing' : show(value));
}

/** What stands at a path; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maximum nesting depth of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    else if (quoted) {
      if (char === '\\') at++;
    } else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth);
    else if (char === ']' || char === '}') depth--;
  }
  return deepest;
}
