/** Checkpoints of every format load. The files in `tests/fixtures/checkpoints` were written by the code of their format: see make.sh there. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { arrayFileParts, decodeArrayFile } from '#core/array-file.ts';
import { InputError } from '#core/errors.ts';
import { createCompute } from '#host/compute.ts';
import { loadData } from '#node/fit-options.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { describeNetworks } from '#train/checkpoints/networks.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { createRun } from '#train/runs/create.ts';
import { ModelRun } from '#train/runs/model.ts';
import type { TrainingRun } from '#train/runs/run.ts';

const FIXTURES = readdirSync(new URL('../fixtures/checkpoints/', import.meta.url))
  .filter((name) => name.endsWith('.ludus'))
  .map((name) => name.replace('.ludus', ''));

function pathOf(name: string): URL {
  return new URL(`../fixtures/checkpoints/${name}.ludus`, import.meta.url);
}

async function load(name: string): Promise<Checkpoint> {
  return decodeCheckpoint(new Uint8Array(readFileSync(pathOf(name))));
}

/** What `format-*-values.ludus` was made of: every kind of value and of array, and the numbers that JSON cannot hold. */
const values = {
  numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53 - 1, 5e-324, 1e308],
  texts: { plain: 'text', empty: '', umlauts: 'ä\u0000ß 𝔸' },
  flags: [true, false, null],
  nested: { a: { b: [[], {}, [{ c: 1 }]] } },
  arrays: {
    Float32Array: Float32Array.of(1.5, -0, NaN, Infinity),
    Float64Array: Float64Array.of(0.1, -0, NaN, -Infinity, 5e-324),
    Int32Array: Int32Array.of(-2147483648, 2147483647, 7),
    Uint32Array: Uint32Array.of(4294967295, 0, 1),
    Int16Array: Int16Array.of(-32768, 32767, 3),
    Int8Array: Int8Array.of(-128, 127, 5),
    Uint8Array: Uint8Array.of(255, 0, 9, 4, 2),
    empty: new Float32Array(0),
  },
};

describe('a checkpoint of a format that was or is written', () => {
  it.each([1, 2])('gives every value back: %i', async (format) => {
    const { state, steps, request } = await load(`format-${format}-values`);
    expect(state).toEqual(values);
    expect(steps).toBe(12);
    expect(request).toMatchObject({ world: 'frozen-lake', agent: 'q-learning' });
  });
});

describe('a checkpoint of format 1', () => {
  it('is refused, or gives something, whatever is in its header', async () => {
    const content = gunzipSync(readFileSync(pathOf('format-1-values')));
    const start = 16 + content.readUInt32LE(8);
    const header = content.subarray(16, start).toString().trimEnd();
    const wrong = fc.constantFrom('null', '[]', '{}', '7', '-1', '1e30', '"x"', '"toString"', '[7,8]');
    const places = [...header.matchAll(/(?<=[:,[])(?:"[^"]*"|[\d.]+|true|false|null)/g)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), wrong, async ({ index, 0: old }, value) => {
        const json = Buffer.from(header.slice(0, index) + value + header.slice(index + old.length));
        const length = Buffer.alloc(8);
        length.writeUInt32LE(json.length);
        const file = gzipSync(Buffer.concat([content.subarray(0, 8), length, json, content.subarray(start)]));
        try {
          await decodeCheckpoint(new Uint8Array(file));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

/** A file of format 3 with this request, of a run that has not begun. */
async function format3(request: Parameters<typeof resolveRun>[0]): Promise<Uint8Array<ArrayBuffer>> {
  const subject = { kind: 'run', request: resolveRun(request).request } as const;
  const content = gunzipSync(await encodeCheckpoint({ ...subject, steps: 0, state: {} }));
  const { arrays, metadata } = decodeArrayFile(new Uint8Array(content), 'file');
  const parts = [...arrayFileParts({ arrays, metadata: { ...metadata, 'ludus.checkpoint': '3' } })];
  return new Uint8Array(gzipSync(await new Blob(parts).bytes()));
}

describe('a checkpoint of format 3', () => {
  it.each([
    ['dqn', 'planes', ['conv2d', 'flatten', 'dense', 'dense'], 8 * 8 * 16],
    ['dqn', 'pixels', ['conv2d', 'flatten', 'dense', 'dense'], 82 * 82 * 16],
    ['ppo', 'pixels', ['conv2d', 'flatten', 'dense', 'dense'], 82 * 82 * 16],
    ['pqn', 'pixels', ['conv2d', 'layerNorm', 'flatten', 'dense', 'layerNorm', 'dense'], 82 * 82 * 16],
  ])('has the network that it was made with: %s on %s', async (agent, observation, kinds, inputs) => {
    const file = await format3({ world: 'pong', agent, params: { observation } });
    const [{ layers }] = describeNetworks(resolveRun(asRun(await decodeCheckpoint(file)).request));
    expect(layers.map(({ kind }) => kind)).toEqual(kinds);
    expect(layers.find(({ kind }) => kind === 'flatten')?.output).toEqual([inputs]);
  });
});

/** A run of each kind that was saved, by the end of its file's name: its progress then. */
const progress: Readonly<Record<string, number>> = {
  'q-learning': 500,
  dqn: 300,
  ppo: 300,
  sac: 120,
  normalised: 304,
  bc: 280,
  fit: 240,
};

async function runOf(checkpoint: Checkpoint, compute: Compute): Promise<TrainingRun> {
  if (checkpoint.kind === 'run') return createRun(resolveRun(checkpoint.request), compute);
  const setup = resolveFit(checkpoint.request);
  return ModelRun.create(setup, await loadData(setup, undefined), compute);
}

describe('the checkpoint of a run', () => {
  const runs = FIXTURES.filter((name) => !name.endsWith('-values'));

  it.each(runs)('is continued: %s', async (name) => {
    const checkpoint = await load(name);
    using compute = await createCompute('simd', { threads: 1 });
    const run = await runOf(checkpoint, compute);
    await run.restore(checkpoint.state);
    expect(run.progress).toBe(progress[name.replace(/^format-\d+-/, '')]);
    expect(run.recorder.episodes + run.recorder.metricRows).toBeGreaterThan(0);
    // What is saved now is of the current format, and the same run.
    const { subject, progress: steps } = run;
    const again = await decodeCheckpoint(
      await encodeCheckpoint({ ...subject, steps, state: await run.snapshot() }),
    );
    expect(again.state).toEqual(await run.snapshot());
    await run.advance(() => run.finished || run.progress >= steps + 100);
    expect(run.progress > steps).toBe(!run.finished);
    run.dispose();
  });

  it('is there in every format up to the current one', async () => {
    const { request } = resolveRun({ world: 'frozen-lake', agent: 'q-learning' });
    const file = await encodeCheckpoint({ kind: 'run', request, steps: 0, state: {} });
    const current = decodeArrayFile(new Uint8Array(gunzipSync(file)), 'file').metadata['ludus.checkpoint'];
    const formats = new Set(runs.map((name) => /\d+/.exec(name)?.[0]));
    expect([...formats]).toEqual(Array.from({ length: Number(current) }, (_, k) => String(k + 1)));
  });

  it.each([
    [-1, 'an earlier'],
    [1, 'a newer'],
  ])(
    'of other rules of its world is refused with the version that can continue it: %i',
    async (by, which) => {
      const { request, state } = asRun(await load('format-3-q-learning'));
      using compute = await createCompute('simd', { threads: 1 });
      const run = await createRun(resolveRun(request), compute);
      const worldVersion = Number(state['worldVersion']) + by;
      await expect(run.restore({ ...state, worldVersion })).rejects.toThrow(
        `version ${worldVersion}, whose rules are different: ${which} version of Ludus can continue it`,
      );
      expect(run.progress).toBe(0);
      run.dispose();
    },
  );
});
