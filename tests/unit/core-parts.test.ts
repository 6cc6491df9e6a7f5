/** Small parts that all agents share: minibatches, schedules, the best action, copies for checkpoints, boxes of actions. */
import { describe, expect, it } from 'vitest';
import { decayedRate } from '#agents/nn/inputs.ts';
import { ActionBox, fromBox, intoBox } from '#agents/policy/box.ts';
import { argmax, maxima } from '#core/argmax.ts';
import { Minibatches, minibatchSize, shuffle } from '#core/minibatches.ts';
import { rngStreams } from '#core/rng.ts';
import { gradientStepsDue, linear, stageAt } from '#core/schedule.ts';
import { restoreColumns, restoreKept, saveKept } from '#core/snapshot.ts';

describe('minibatches', () => {
  it('come in every order equally often', () => {
    const rng = rngStreams(1)('shuffle');
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let k = 0; k < draws; k++) {
      const order = Uint32Array.of(0, 1, 2, 3);
      shuffle(order, rng);
      counts.set(order.join(''), (counts.get(order.join('')) ?? 0) + 1);
    }
    // 4! orders; χ² with 23 degrees of freedom is above 49.7 once in a thousand.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(24);
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('have every row once per epoch, in a new order each, and leave out what does not divide evenly', () => {
    const minibatches = new Minibatches(10, 3, rngStreams(1)('shuffle'));
    expect([minibatches.size, minibatches.count]).toEqual([3, 3]);
    const epochs = [0, 1, 2].map((epoch) => [0, 1, 2].flatMap((k) => [...minibatches.rows(3 * epoch + k)]));
    for (const rows of epochs) expect(new Set(rows).size).toBe(9);
    expect(new Set(epochs.map(String)).size).toBe(3);
    expect([minibatchSize(10, 4), minibatchSize(3, 8)]).toEqual([2, 1]);
  });
});

describe('schedules', () => {
  it('fall from start to end and stay there', () => {
    expect([0, 5, 10, 15, 1000].map((step) => linear(1, 0.2, 10, step))).toEqual([1, 0.6, 0.2, 0.2, 0.2]);
    expect(linear(1, 0.2, 0, 0)).toBe(0.2);
  });

  it('let learning rates fall to 0 over their steps, or stay where they have none', () => {
    for (const [learningRateSteps, rates] of [
      [10, [0.5, 0.25, 0, 0]],
      [0, [0.5, 0.5, 0.5, 0.5]],
    ] as const)
      expect([0, 5, 10, 20].map((at) => decayedRate({ learningRate: 0.5, learningRateSteps }, at))).toEqual(
        rates,
      );
  });

  it('count the gradient steps that have come due with the last step of all environments', () => {
    const config = { learningStarts: 20, trainEvery: 4, gradientSteps: 3, numEnvs: 1 };
    const due = (steps: number, more = {}): number => gradientStepsDue({ ...config, ...more }, steps);
    expect([16, 19, 20, 21, 24].map((steps) => due(steps))).toEqual([0, 0, 3, 0, 3]);
    // Ten environments take ten steps at once: two or three rounds.
    expect([30, 40, 50].map((steps) => due(steps, { numEnvs: 10 }))).toEqual([6, 9, 6]);
  });

  it('say whether an agent fills its buffer, learns, or has come to the end of its learning rate', () => {
    const config = { learningStarts: 20, learningRateSteps: 100 };
    expect([19, 20, 99, 100].map((step) => stageAt(config, step))).toEqual([
      'filling',
      'learning',
      'learning',
      'frozen',
    ]);
    expect(stageAt({ ...config, learningRateEnd: 1e-5 }, 100)).toBe('learning');
  });
});

it('the best action is the first of equals, of the row that is asked for', () => {
  const values = Float32Array.of(9, 1, 3, 3, 9);
  expect([argmax(values), argmax(values, 1, 3), argmax(values, 2, 2)]).toEqual([0, 1, 0]);
  expect([...maxima(Float32Array.of(1, 2, 4, 3), 2)]).toEqual([2, 4]);
});

describe('what is kept', () => {
  it('is copied: a snapshot stays as it was while the run goes on', () => {
    const one = Float32Array.of(1, 2);
    const columns = { x: Int32Array.of(3) };
    const saved = saveKept({ one, columns });
    one[0] = 7;
    columns.x[0] = 7;
    expect(saved).toEqual({ one: Float32Array.of(1, 2), columns: { x: Int32Array.of(3) } });
    restoreKept({ one, columns }, saved);
    expect([...one, ...columns.x]).toEqual([1, 2, 3]);
  });

  it('comes back whole or not at all', () => {
    for (const saved of [{ x: Float32Array.of(1) }, { x: Float32Array.of(1, 2, 3) }, {}])
      expect(() => restoreColumns({ x: new Float32Array(2) }, saved, 'here')).toThrow(
        'here.x: expected 2 numbers',
      );
  });
});

describe('a box of actions that is not centred', () => {
  const action = { kind: 'box', low: [-1, 2], high: [1, 6] } as const;

  it('is −1 … 1 for networks, and clipped for the world', () => {
    const box = new ActionBox(action);
    expect([-1, 0, 1].map((x) => box.toWorld(1, x))).toEqual([2, 4, 6]);
    expect([-2, -1, 0.5, 3].map((x) => intoBox(action, 1, x))).toEqual([2, 2, 5, 6]);
    expect([2, 3, 6].map((x) => fromBox(action, 1, x))).toEqual([-1, -0.5, 1]);
    const batch = Float32Array.of(-1, 2, 0.5, 5);
    box.normalise(batch);
    expect([...batch]).toEqual([-1, -1, 0.5, 0.5]);
  });
});
