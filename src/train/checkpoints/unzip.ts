/** Unzips a file that may be hostile: never more than its own start says that it holds. */
import type { FileLength } from '#core/array-file.ts';
import { refusal } from '#core/errors.ts';

/** Bytes that `measure` is first given. */
const START_BYTES = 16;

/** Zipped bytes that are unzipped at once: deflate makes at most 1032 times as many of them. */
const PIECE = 16_384;
const MOST_PER_BYTE = 1032;
/** No machine that trains holds a longer snapshot twice, as it must to read it. */
const LONGEST = 2 ** 32;

/**
 * The content of a gzip file. `measure` is given the content's start, as long as it last asked for. Throws an `InputError` at
 * `field` if the file is damaged, or holds another number of bytes than measured.
 */
export async function unzip(
  file: Uint8Array<ArrayBuffer>,
  measure: (start: Uint8Array) => FileLength,
  field: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const most = Math.min(LONGEST, file.length * MOST_PER_BYTE);
  const reader = pieces(file).pipeThrough(new DecompressionStream('gzip')).getReader();
  let content = new Uint8Array(START_BYTES);
  let length: FileLength = { bytes: START_BYTES, known: false };
  let filled = 0;
  try {
    for (let piece = await next(reader, field); piece; piece = await next(reader, field))
      for (let at = 0; at < piece.length;) {
        if (filled === length.bytes) {
          if (!length.known) length = measure(content);
          if (length.bytes <= filled)
            throw refusal(field, `${length.bytes} bytes unzipped, as its header says`, 'more');
          content = longer(content, length.bytes, most, field);
        }
        const part = piece.subarray(at, at + length.bytes - filled);
        content.set(part, filled);
        filled += part.length;
        at += part.length;
      }
    if (filled === length.bytes && !length.known) length = measure(content);
  } finally {
    // What is left of the file is not unzipped.
    await reader.cancel().catch(() => undefined);
  }
  if (filled < length.bytes && filled > START_BYTES)
    throw refusal(field, `${length.bytes} bytes unzipped, as its header says`, `${filled}: it is cut off`);
  return content.subarray(0, filled);
}

/** The next unzipped piece; undefined at the end, where gzip's own check has passed. */
async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  field: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await reader.read()).value;
  } catch {
    throw refusal(field, 'a whole gzip file', 'a file that is cut off or damaged');
  }
}

function longer(
  content: Uint8Array<ArrayBuffer>,
  bytes: number,
  most: number,
  field: string,
): Uint8Array<ArrayBuffer> {
  if (bytes > most) throw refusal(field, `at most ${most} bytes unzipped`, `${bytes}, as its header says`);
  try {
    const more = new Uint8Array(bytes);
    more.set(content);
    return more;
  } catch {
    throw refusal(field, 'a file that fits into memory', `${bytes} bytes, as its header says`);
  }
}

/** The file in pieces so small that even of a hostile one no piece fills the memory. */
function pieces(file: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= file.length) controller.close();
      else controller.enqueue(file.subarray(at, (at += PIECE)));
    },
  });
}
