/** Records of trained seeds in files of JSON lines, appended once and never changed. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { readLine } from '#core/json.ts';
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
 * The records of a file as they were written, of which there are none if it is missing; empty and incomplete lines are left out, these
 * after their number has been told.
 * `schema` is what is read of a record: an `InputError` names the line that is something else.
 */
export function readRecords(
  path: string,
  schema: z.ZodType,
  leftOut?: (line: number) => void,
): readonly unknown[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  const reading = { schema, file: path, what: 'the record of a seed' };
  return lines.flatMap((line, k) => {
    const record = readLine(line, k + 1, reading);
    if (record === undefined && line !== '') leftOut?.(k + 1);
    return record ?? [];
  });
}
