/** Files and texts damaged at random, and what may come of reading one: the same as before, or an `InputError` that names a field. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { InputError } from '#core/errors.ts';

/** Damaged files per format: a few in every test run, many and others every night (`npm run fuzz`). */
const many = process.env['LUDUS_DAMAGES'];
const numRuns = Number(many ?? 1000);
const options = { numRuns, ...(many === undefined && { seed: 11 }) };

type Damage = (file: Uint8Array) => Uint8Array<ArrayBuffer>;

function spliced(file: Uint8Array, at: number, remove: number, put: Uint8Array): Uint8Array<ArrayBuffer> {
  const from = at % file.length;
  const rest = file.subarray(Math.min(file.length, from + remove));
  const out = new Uint8Array(from + put.length + rest.length);
  out.set(file.subarray(0, from));
  out.set(put, from);
  out.set(rest, from + put.length);
  return out;
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const text = fc
  .constantFrom('null', '{}', '[', '1e999', '-1', '"x"', ',', '\\u0000')
  .map((word) => Buffer.from(word));
/** Half of the places are in the first 2000 bytes, where headers are. */
const place = fc.oneof(fc.nat(2000), fc.nat());
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3000 }));
const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): Damage =>
      (file) =>
        new Uint8Array(file).with(at % file.length, file[at % file.length] ^ (1 << bit)),
  ),
  fc.tuple(place, bytes).map(
    ([at, put]): Damage =>
      (file) =>
        spliced(file, at, put.length, put),
  ),
  fc.tuple(place, fc.oneof(bytes, text)).map(
    ([at, put]): Damage =>
      (file) =>
        spliced(file, at, 0, put),
  ),
  fc.tuple(place, length).map(
    ([at, cut]): Damage =>
      (file) =>
        spliced(file, at, cut, new Uint8Array()),
  ),
  fc.tuple(place, length).map(([at, zero]): Damage => (file) => {
    const put = new Uint8Array(Math.min(zero, file.length - (at % file.length)));
    return spliced(file, at, put.length, put);
  }),
  fc.tuple(place, place, length).map(([at, from, size]): Damage => (file) => {
    const start = from % file.length;
    return spliced(file, at, size, file.subarray(start, start + size));
  }),
  place.map(
    (at): Damage =>
      (file) =>
        new Uint8Array(file.subarray(0, at % file.length)),
  ),
);

/** An `InputError` of a file is one line per problem, each with its place. */
function checkRefusal(error: unknown): void {
  if (!(error instanceof InputError)) throw error;
  for (const { field, expected, got } of error.problems)
    if (!field || !expected || !got)
      throw new Error(`expected a field, what it is to be and what it is: ${error.message}`);
}

function report(what: string, refused: number): void {
  if (many !== undefined) console.info(`${what}: ${numRuns} damaged, ${refused} refused`);
}

/**
 * Reads damaged copies of a file with a check of its own: an `InputError`, or what `read` gives for the whole file. Throws
 * whatever else comes of one.
 */
export async function survives(
  what: string,
  file: Uint8Array,
  read: (damaged: Uint8Array<ArrayBuffer>) => unknown,
): Promise<void> {
  const whole = await read(new Uint8Array(file));
  await damage(what, file, async (damaged) => {
    if (!isDeepStrictEqual(await read(damaged), whole)) throw new Error('expected the same content');
  });
}

/**
 * Reads damaged copies of a file without a check: an `InputError`, or something that `use` can use, which throws if it is not
 * whole.
 */
export async function isRefusedOrUsed<T>(
  what: string,
  file: string | Uint8Array,
  read: (damaged: Uint8Array<ArrayBuffer>) => T | Promise<T>,
  use: (content: T) => void,
): Promise<void> {
  use(await read(new Uint8Array(Buffer.from(file))));
  await damage(what, Buffer.from(file), async (damaged) => {
    const content = await read(damaged);
    try {
      use(content);
    } catch (error) {
      // What is wrong with it had to be said by `read`.
      throw new Error('expected content that can be used', { cause: error });
    }
  });
}

async function damage(
  what: string,
  file: Uint8Array,
  read: (damaged: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damages, async (damage) => {
      try {
        await read(damage(file));
      } catch (error) {
        checkRefusal(error);
        refused++;
      }
    }),
    options,
  );
  report(what, refused);
  // Of whatever is damaged, some is noticed: otherwise nothing was read.
  if (refused < numRuns / 20)
    throw new Error(`${what}: expected more than ${refused} of ${numRuns} to be refused`);
}
