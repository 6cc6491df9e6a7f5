/**
 * IDX, the format of MNIST and of the sets made to replace it: four bytes (zero, zero, type, number of dims), each dim as a
 * big-endian word, then the values. Input is untrusted: sizes are checked before memory is allocated for them.
 */
import { fileError, looksLike } from './file-error.ts';
import { gunzip, isGzip } from './gunzip.ts';

export interface Idx {
  readonly name: string;
  /** [count] of labels, [count, height, width] of pictures. */
  readonly shape: readonly number[];
  /** A view of the file. */
  readonly values: Uint8Array<ArrayBuffer>;
}

/** Magic numbers: unsigned bytes in one dim, and in three. */
const LABELS = 0x00000801;
const PICTURES = 0x00000803;
/** Limit on a file's content; the largest set in use, EMNIST by class, has half of it. */
export const MOST_BYTES = 2 ** 30;

/** Reads a file of pictures or labels, gzipped or not. Throws an `InputError` whose field is its name. */
export async function readIdx(file: Uint8Array<ArrayBuffer>, name: string): Promise<Idx> {
  const content = isGzip(file) ? await gunzip(file, name, (start) => headerOf(start, name).bytes) : file;
  return parseIdx(content, name);
}

/** The same for uncompressed content. */
export function parseIdx(content: Uint8Array<ArrayBuffer>, name: string): Idx {
  const { shape, start, bytes } = headerOf(content, name);
  const expected = `${bytes} bytes, as its header says`;
  if (content.length < bytes) throw fileError(name, expected, `${content.length}: it is cut off`);
  if (content.length > bytes) throw fileError(name, expected, `${content.length}`);
  return { name, shape, values: content.subarray(start) };
}

/** Whether content begins as pictures or labels do. */
export function isIdx(content: Uint8Array): boolean {
  const magic = wordAt(content, 0);
  return magic === LABELS || magic === PICTURES;
}

export function isPictures({ shape }: Idx): boolean {
  return shape.length === 3;
}

/** `pictures of 28×28` or `labels`. */
export function describeIdx({ shape }: Idx): string {
  return shape.length === 1 ? `${shape[0]} labels` : `${shape[0]} pictures of ${shape.slice(1).join('×')}`;
}

interface Header {
  readonly shape: readonly number[];
  /** Bytes of the header and of the whole file. */
  readonly start: number;
  readonly bytes: number;
}

function headerOf(content: Uint8Array, name: string): Header {
  if (!isIdx(content))
    throw fileError(
      name,
      'an IDX file of pictures (00 00 08 03) or labels (00 00 08 01)',
      looksLike(content),
    );
  const dims = content[3];
  const start = 4 + 4 * dims;
  if (content.length < start)
    throw fileError(name, `a header of ${start} bytes`, `${content.length}: it is cut off`);
  const shape = Array.from({ length: dims }, (_, k) => wordAt(content, 4 + 4 * k));
  const bytes = shape.reduce((product, length) => product * length, 1) + start;
  if (bytes > MOST_BYTES || shape.includes(0))
    throw fileError(name, `sizes above 0 and at most ${MOST_BYTES} bytes`, `a header of ${shape.join('×')}`);
  return { shape, start, bytes };
}

/** The big-endian word at an offset; NaN beyond the end. */
function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] * 2 ** 24 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8)) + bytes[at + 3];
}
