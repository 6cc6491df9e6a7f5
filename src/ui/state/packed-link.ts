/**
 * Long links, packed: `#z=` and the link as DEFLATE (RFC 1951) in base64url (RFC 4648 §5). A link with a level or a network of
 * its own is thousands of characters long otherwise, more than many programs take.
 */
import { InputError, refusal } from '#core/errors.ts';
import type { LessonId } from '../lessons/names.ts';
import { fromLink } from './permalink.ts';

const MARK = 'z=';
/** Characters from which a link is packed: about what old servers and messengers keep. */
const LONG = 2000;
/** Characters of a packed link, and of what it may hold: one that is hostile fills no memory. */
const MOST_PACKED = 2 ** 16;
const MOST = 2 ** 18;

/** The part of an address after `#`, shorter where it is long. */
export function packLink(link: string): string | Promise<string> {
  return link.length <= LONG || link.length > MOST ? link : pack(link);
}

export function isPacked(address: string): boolean {
  return bare(address).startsWith(MARK);
}

/** Reads a link, packed or not; one that cannot be unpacked is one problem. */
export async function readLink(address: string): Promise<ReturnType<typeof fromLink>> {
  try {
    return fromLink(await unpackLink(address));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const read = fromLink('');
    return { ...read, problems: error.problems };
  }
}

/** The lesson that an address names, and what it asks for besides. One that cannot be unpacked names none. */
export async function withoutLesson(
  address: string,
): Promise<{ readonly lesson: LessonId | undefined; readonly link: string }> {
  const link = bare(await unpackLink(address).catch(() => ''));
  const { lesson } = fromLink(link);
  if (lesson === undefined) return { lesson, link };
  const rest = new URLSearchParams(link);
  rest.delete('lesson');
  return { lesson, link: rest.toString() };
}

/** The link that was packed, if it was. Throws an `InputError` if it is not whole or too long. */
export async function unpackLink(address: string): Promise<string> {
  if (!isPacked(address)) return address;
  const packed = bare(address).slice(MARK.length);
  if (packed.length > MOST_PACKED) throw damaged(`at most ${MOST_PACKED} characters`, String(packed.length));
  const reader = through(new DecompressionStream('deflate-raw'), fromBase64(packed)).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let link = '';
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      link += decoder.decode(piece.value, { stream: true });
      if (link.length > MOST) throw damaged(`at most ${MOST} characters when unpacked`, 'more');
    }
    return link + decoder.decode();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw damaged('a whole link', 'one that is cut off or damaged');
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function pack(link: string): Promise<string> {
  const bytes = through(new CompressionStream('deflate-raw'), new TextEncoder().encode(link));
  const zipped = new Uint8Array(await new Response(bytes).arrayBuffer());
  const packed = MARK + toBase64(zipped);
  return packed.length < link.length && packed.length <= MOST_PACKED ? packed : link;
}

function bare(address: string): string {
  return address.replace(/^#/, '');
}

function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream().pipeThrough(stream);
}

function toBase64(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    throw damaged('a whole link', 'one that is cut off or damaged');
  }
}

function damaged(expected: string, got: string): InputError {
  return refusal('link', expected, got);
}
