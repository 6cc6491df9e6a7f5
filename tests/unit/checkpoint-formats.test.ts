/** Checkpoints of every format load. The files in `tests/fixtures/checkpoints` were written by the code of their format. */
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '#core/errors.ts';
import { createCompute } from '#host/compute.ts';
import { decodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

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

  it.each([
    ['q-learning', 500],
    ['dqn', 300],
    ['ppo', 300],
  ])('continues the run of %s', async (agent, steps) => {
    const checkpoint = await load(`format-1-${agent}`);
    expect(checkpoint.steps).toBe(steps);
    using compute = await createCompute('simd', { threads: 1 });
    const trainer = await ReinforcementRun.create(resolveRun(asRun(checkpoint).request), compute);
    await trainer.restore(checkpoint.state);
    expect(trainer.progress).toBe(steps);
    expect(trainer.recorder.episodes).toBeGreaterThan(0);
    await trainer.advance(() => trainer.progress >= steps + 200);
    expect(trainer.progress).toBe(steps + 200);
    trainer.dispose();
  });
});
