/** Paths as places: the same folder may be spelt in many ways. */
import { statSync, type BigIntStats } from 'node:fs';

/** A path as typed, without slashes at its end. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=.)[/\\]+$/, '');
}

/** Whether two paths lead to the same existing file or folder. */
export function samePlace(a: string, b: string): boolean {
  const [one, other] = [statusOf(a), statusOf(b)];
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}

function statusOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
