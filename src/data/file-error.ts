/** What is said about a file that is not what it should be. */
import { refusal, show, type InputError } from '#core/errors.ts';

/** An error about a file, whose name is the field. */
export function fileError(file: string, expected: string, got: string): InputError {
  return refusal(file, expected, got);
}

/** What a file of an unexpected kind looks like: `a web page or XML`, `bytes 89 50 4e 47`. */
export function looksLike(content: Uint8Array): string {
  if (content.length === 0) return 'an empty file';
  const [a, b] = content;
  if (a === 0x1f && b === 0x8b) return 'a gzip file';
  if (a === 0x50 && b === 0x4b) return 'a ZIP archive';
  const text = String.fromCharCode(...content.subarray(0, 24)).replace(/^\u00ef\u00bb\u00bf/, '');
  if (/^\s*</.test(text)) return 'a web page or XML';
  if (/^[\t\n\r -~]+$/.test(text)) return `text: ${show(text.trim())}`;
  return `bytes ${Array.from(content.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}
