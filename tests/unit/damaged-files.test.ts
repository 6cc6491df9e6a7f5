/**
 * Files of the project's own formats, damaged at random: each is refused with an `InputError`, or read as if nothing had
 * happened. `LUDUS_DAMAGES` is the number of damaged files per format.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { createCompute } from '#host/compute.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { decodeWeights, weightsFiles } from '#train/checkpoints/weights.ts';
import { Playback } from '#train/recordings/playback.ts';
import { parseRecording, recordingLine } from '#train/recordings/recording.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { randomRecording } from '#tests/random-recording.ts';

const numRuns = Number(process.env['LUDUS_DAMAGES'] ?? 1000);

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

/** Reads `numRuns` damaged copies: an `InputError`, or what `read` gives for the whole file. */
async function survives(
  file: Uint8Array,
  read: (damaged: Uint8Array<ArrayBuffer>) => unknown,
): Promise<void> {
  const whole = await read(new Uint8Array(file));
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damages, async (damage) => {
      try {
        const got = await read(damage(file));
        expect(isDeepStrictEqual(got, whole), 'the same content').toBe(true);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused++;
      }
    }),
    { numRuns, seed: 11 },
  );
  expect(refused).toBeGreaterThan(numRuns / 2);
}

describe('a damaged checkpoint', () => {
  let file: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    const setup = resolveRun({
      world: 'cart-pole',
      agent: 'ppo',
      config: { network: [{ kind: 'dense', units: 4 }] },
    });
    using compute = await createCompute('simd', { threads: 1 });
    const run = await createRun(setup, compute);
    await run.advance(() => run.progress >= 300);
    file = await encodeCheckpoint({
      kind: 'run',
      request: setup.request,
      steps: run.progress,
      state: await run.snapshot(),
    });
    run.dispose();
  });

  it('is refused or read as it was', async () => {
    await survives(file, decodeCheckpoint);
  });

  it('is refused or read as it was if the damage came before it was zipped', async () => {
    const content = gunzipSync(file);
    await survives(content, (damaged) => decodeCheckpoint(new Uint8Array(gzipSync(damaged, { level: 1 }))));
  });
});

const plan = planNetwork(
  [
    { kind: 'dense', units: 6, activation: 'prelu', init: 'orthogonal' },
    { kind: 'batchNorm' },
    { kind: 'dueling', actions: 3, hidden: 4 },
  ],
  [4],
  'network',
);
const weights = { networks: [{ name: 'q', plan, block: initialise(plan, rngStreams(1)('initialisation')) }] };

function nothing(): never {
  throw new Error('no other file is asked for');
}

describe('a damaged file of weights', () => {
  it('is refused or read as it was: safetensors', async () => {
    const [{ name, content }] = weightsFiles('safetensors', weights, { world: 'catch' });
    await survives(content, (damaged) => decodeWeights({ name, content: damaged }, nothing));
  });

  it('is refused or read as it was: the model.json and the numbers of a layers model', async () => {
    const [model, numbers] = weightsFiles('layers-model', weights, {});
    const read = (json: Uint8Array, raw: Uint8Array): Promise<unknown> =>
      decodeWeights({ name: model.name, content: json }, (name) => {
        if (name === numbers.name) return Promise.resolve(raw);
        throw new InputError([{ field: 'weights', expected: `${name} beside it`, got: 'nothing' }]);
      });
    await survives(model.content, (damaged) => read(damaged, numbers.content));
    await survives(numbers.content, (damaged) => read(model.content, damaged));
  });
});

describe('a damaged recording', () => {
  it('is refused or read, and replayed as far as it goes', async () => {
    const { header, episodes } = randomRecording('catch', 3, 40);
    const lines = [header, ...episodes].map(recordingLine).join('');
    await survives(Buffer.from(lines), (damaged) => {
      // A recording has no check of its own: replaying it checks every return.
      const recording = parseRecording(new TextDecoder().decode(damaged));
      const playback = new Playback(recording);
      recording.episodes.forEach((_, k) => {
        playback.begin(k);
        while (playback.step());
      });
    });
  });
});
