/** Checks the files that come with the project. */
import { crc32 } from '#core/crc32.ts';
import type { ShippedFile } from '#core/data-set.ts';
import { fileError, looksLike } from './file-error.ts';
import { gunzip, isGzip } from './gunzip.ts';

/** The content of a shipped file, uncompressed if need be; throws an `InputError` if it is not as it was shipped. */
export async function shippedContent(
  file: Uint8Array<ArrayBuffer>,
  { name, bytes, crc32: expected }: ShippedFile,
): Promise<Uint8Array<ArrayBuffer>> {
  // A server may have had the browser uncompress it.
  const content = isGzip(file) ? await gunzip(file, name, () => bytes) : file;
  if (content.length !== bytes)
    throw fileError(name, `${bytes} bytes`, `${content.length}: ${looksLike(content)}`);
  const sum = crc32(content);
  if (sum !== expected) throw fileError(name, `content with the CRC-32 ${hex(expected)}`, hex(sum));
  return content;
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
