/** Untrusted JSON: it becomes a value or an `InputError`. */
import { InputError, show } from './errors.ts';

/** Deeper files are refused, so that code that walks a value never runs out of stack. */
export const DEEPEST_JSON = 64;

/** Throws an `InputError` at `field` if the text is not JSON or is nested more deeply than `DEEPEST_JSON`. */
export function parseJson(text: string, field: string): unknown {
  if (depthOf(text) > DEEPEST_JSON)
    throw new InputError([{ field, expected: `JSON nested at most ${DEEPEST_JSON} deep`, got: 'more' }]);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError([{ field, expected: 'JSON', got: show(text) }]);
  }
}

/** A value that is a record, as every header of a file has to be. */
export function asRecord(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new InputError([{ field, expected: 'a record', got: show(value) }]);
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
