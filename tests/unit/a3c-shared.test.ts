/** The parameters that A3C's workers share: its RMSProp, writers that race, and the way of those who share no memory. */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkerContext } from '#core/workers.ts';
import { rngStreams } from '#core/rng.ts';
import {
  answerExchange,
  askingExchange,
  directExchange,
  SharedParameters,
} from '#agents/policy/a3c/shared.ts';

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
});

describe('two threads that write at once', () => {
  it('lose updates at most: no number is half of one write and half of another', async () => {
    const [size, times] = [4096, 4000];
    // Every update takes exactly 1 from every parameter, so that whatever is no whole number was torn.
    const shared = parameters(size, { decay: 0, epsilon: 1e-30 });
    const memory = shared.params.buffer as SharedArrayBuffer;
    const exchange = directExchange(shared);
    const seen = new Float32Array(size);
    const threads = { writing: true };
    const written = Promise.all(writers(2, memory, size, times)).then(() => (threads.writing = false));
    let looks = 0;
    while (threads.writing) {
      const updates = exchange.push(seen, 0, seen) as number;
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

describe('a worker that does not see the memory', () => {
  it('gets by messages, bit for bit, what one that sees it gets', async () => {
    const size = 50;
    const rng = rngStreams(1)('gradients');
    const [seeing, asked] = [parameters(size), parameters(size)];
    const answer = answerExchange(asked);
    // The channel moves buffers, so that the sender's own has length 0 afterwards.
    const member: WorkerContext = {
      index: 1,
      size: 2,
      memory: () => undefined,
      ask: (question) => Promise.resolve(answer(structuredClone(question, { transfer: [question] }))),
      answerWith: () => {},
    };
    const [direct, asking] = [directExchange(seeing), askingExchange(member, size)];
    const [here, there] = [new Float32Array(size), new Float32Array(size)];
    for (let k = 0; k < 20; k++) {
      const gradient = Float32Array.from({ length: size }, () => rng.normal());
      const rate = k === 10 ? 0 : 0.01;
      expect(await asking.push(gradient, rate, there)).toBe(direct.push(gradient, rate, here));
      expect(there).toEqual(here);
    }
    expect(asked.snapshot()).toEqual(seeing.snapshot());
    expect(asked.updates).toBe(19);
  });
});
