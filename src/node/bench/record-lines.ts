/** Records of trained seeds in files of JSON lines, appended once and never changed. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { InputError } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { appendWhole } from '../files.ts';

/** Appends a record; a line left incomplete by an interruption does not absorb it. */
export function appendRecord(path: string, record: object): void {
  const whole = !existsSync(path) || readFileSync(path, 'utf8').endsWith('\n');
  const file = openSync(path, 'a');
  try {
    appendWhole(file, path, `${whole ? '' : '\n'}${JSON.stringify(record)}\n`);
  } finally {
    closeSync(file);
  }
}

/**
 * The records of a file as they were written, of which there are none if it is missing; empty and incomplete lines are left out.
 * `schema` is what is read of a record: an `InputError` names the line that is something else.
 */
export function readRecords(path: string, schema: z.ZodType): readonly unknown[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, k) => parseLine(line, schema, `${path} line ${k + 1}`));
}

function parseLine(line: string, schema: z.ZodType, where: string): readonly unknown[] {
  let given: unknown;
  try {
    given = parseJson(line, where);
  } catch {
    return [];
  }
  const { success, error } = schema.safeParse(given);
  if (success) return [given];
  const [issue] = error.issues;
  const field = [where, ...issue.path.map(String)].join('.');
  throw new InputError([{ field, expected: 'the record of a seed', got: issue.message }]);
}
