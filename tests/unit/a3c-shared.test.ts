/** The parameters that A3C's workers share: their RMSProp, and writers that race. */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedParameters } from '#agents/policy/a3c/shared.ts';

const OPTIMIZER = { decay: 0.99, epsilon: 1e-3 };

function parameters(size: number, optimizer = OPTIMIZER): SharedParameters {
  return new SharedParameters(new SharedArrayBuffer(SharedParameters.bytesFor(size)), size, optimizer);
}

/** As many threads as are asked for, each of which applies the gradient (1, …, 1) so many times. */
function writers(count: number, memory: SharedArrayBuffer, size: number, times: number): Promise<void>[] {
  const entry = new URL('a3c-writer.ts', import.meta.url).href;
  const start = new URL('../../src/host/start.mjs', import.meta.url);
  return Array.from({ length: count }, async () => {
    const worker = new Worker(start, { workerData: { entry, memory, size, times }, execArgv: [] });
    await new Promise((done, fail) => worker.once('message', done).once('error', fail));
    await worker.terminate();
  });
}

describe('shared RMSProp', () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  it('is g ← αg + (1 − α)Δθ², θ ← θ − ηΔθ/√(g + ε)', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (slopes) => {
        const shared = parameters(1);
        let [theta, g] = [0, 0];
        for (const slope of slopes) {
          shared.apply(Float32Array.of(slope), 0.01);
          const rounded = Math.fround(slope);
          g = OPTIMIZER.decay * g + (1 - OPTIMIZER.decay) * rounded ** 2;
          theta -= (0.01 * rounded) / Math.sqrt(g + OPTIMIZER.epsilon);
        }
        expect(shared.params[0]).toBeCloseTo(theta, 4);
        expect(shared.squares[0]).toBeCloseTo(g, 4);
        expect(shared.updates).toBe(slopes.length);
      }),
    );
  });

  it('is saved and put back whole', () => {
    const [one, other] = [parameters(3), parameters(3)];
    one.apply(Float32Array.of(1, -2, 3), 0.1);
    other.restore(one.snapshot());
    expect(other.snapshot()).toEqual(one.snapshot());
  });

  it('gives a worker the parameters and the number of updates that made them', () => {
    const shared = parameters(2);
    const local = Float32Array.of(7, 7);
    expect(shared.copyTo(local)).toBe(0);
    expect(local).toEqual(new Float32Array(2));
    shared.apply(Float32Array.of(1, -2), 0.1);
    expect(shared.copyTo(local)).toBe(1);
    expect(local).toEqual(shared.params);
    expect(local).not.toEqual(new Float32Array(2));
  });
});

describe('two threads that write at once', () => {
  it('lose updates at most: no number is half of one write and half of another', async () => {
    const [size, times] = [4096, 4000];
    // Every update takes exactly 1 from every parameter, so that whatever is no whole number was torn.
    const shared = parameters(size, { decay: 0, epsilon: 1e-30 });
    const memory = shared.params.buffer as SharedArrayBuffer;
    const seen = new Float32Array(size);
    const threads = { writing: true };
    const written = Promise.all(writers(2, memory, size, times)).then(() => (threads.writing = false));
    let looks = 0;
    while (threads.writing) {
      const updates = shared.copyTo(seen);
      if (updates > 0 && updates < 2 * times) looks++;
      const wrong = seen.find((x) => !Number.isInteger(x) || x > 0 || x < -2 * times);
      expect(wrong, 'a torn parameter').toBeUndefined();
      await new Promise(setImmediate);
    }
    await written;
    expect(looks, 'looks while they wrote').toBeGreaterThan(0);
    expect(shared.updates).toBe(2 * times);
    expect(shared.params.every((value) => value < 0 && value >= -2 * times)).toBe(true);
  });
});
