/** Uncompresses gzip files whose size is known from elsewhere, so that a small file cannot fill the memory. */
import { joinBytes } from '#core/array-file.ts';
import { InputError } from '#core/errors.ts';
import { fileError } from './file-error.ts';

/** Bytes that DEFLATE makes of one at most (RFC 1951: matches of 258 bytes in two bits each). */
const HIGHEST_RATIO = 1032;
/** Bytes after which a file says how long it is. */
const HEADER = 16;

export function isGzip(file: Uint8Array): boolean {
  return file[0] === 0x1f && file[1] === 0x8b;
}

/**
 * The content of a gzip file. `sizeOf` tells its length from the first 16 bytes, fewer if there are no more, and may throw;
 * nothing is allocated for a length that the file cannot hold.
 */
export async function gunzip(
  file: Uint8Array<ArrayBuffer>,
  name: string,
  sizeOf: (start: Uint8Array) => number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([file]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    let start: Uint8Array<ArrayBuffer> = new Uint8Array(0);
    let ended = false;
    while (!ended && start.length < HEADER) {
      const { done, value } = await reader.read();
      if (value) start = joinBytes([start, value]);
      ended = done;
    }
    const size = sizeOf(start);
    if (size > file.length * HIGHEST_RATIO)
      throw fileError(name, `${size} bytes, as its header says`, `a gzip file of ${file.length}`);
    if (start.length > size) throw tooLong(name, size);
    const content = new Uint8Array(size);
    content.set(start);
    let filled = start.length;
    while (!ended) {
      const { done, value } = await reader.read();
      ended = done;
      if (!value) continue;
      if (filled + value.length > size) throw tooLong(name, size);
      content.set(value, filled);
      filled += value.length;
    }
    if (filled < size) throw fileError(name, `${size} bytes, as its header says`, `${filled}: it is cut off`);
    return content;
  } catch (error) {
    // Where the stream has failed, so does the cancelling.
    await reader.cancel().catch(() => undefined);
    if (error instanceof InputError) throw error;
    throw fileError(name, 'an intact gzip file', 'a damaged one, or one that is cut off');
  }
}

function tooLong(name: string, size: number): InputError {
  return fileError(name, `${size} bytes, as its header says`, 'more');
}
