/** What Dyna-Q plans with, its learned model and its priority queue, each against an independent slow version or counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { LearnedModel } from '#agents/tabular/dyna-q/learned-model.ts';
import { PairQueue } from '#agents/tabular/dyna-q/pair-queue.ts';

describe('the priority queue', () => {
  it('gives pairs by priority, each once, with the highest priority it was pushed with', () => {
    const push = fc.tuple(fc.nat(15), fc.double({ min: 0, max: 10, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.option(push), { maxLength: 80 }), (operations) => {
        const queue = new PairQueue(16);
        const slow = new Map<number, number>();
        for (const operation of operations) {
          if (operation) {
            const [pair, priority] = operation;
            queue.push(pair, priority);
            slow.set(pair, Math.max(priority, slow.get(pair) ?? 0));
          } else {
            const pair = queue.pop();
            expect(pair < 0 ? undefined : slow.get(pair)).toBe(
              slow.size > 0 ? Math.max(...slow.values()) : undefined,
            );
            slow.delete(pair);
          }
          expect(queue.size).toBe(slow.size);
        }
      }),
    );
  });
});

describe('the learned model', () => {
  /** Pairs of state 0: 0 and 1, of state 1: 2 and 3. */
  const q = Float64Array.of(0, 0, 5, 7);

  it('expects what it counted', () => {
    const model = new LearnedModel(2, 2);
    for (let k = 0; k < 3; k++) model.add(0, k, 1, 0);
    model.add(0, 9, 1, 1);
    // Three times to state 1 with mean reward 1, once the end with reward 9.
    expect(model.expectedTarget(0, q, 0.5)).toBeCloseTo((3 * (1 + 0.5 * 7) + 9) / 4, 12);
    expect(model.size).toBe(2);
    expect(model.outcomes.pair[model.into[1]]).toBe(0);
    expect(model.into[0]).toBe(-1);
  });

  it('samples a state seen, then an action tried there, both evenly', () => {
    const model = new LearnedModel(5, 3);
    for (const pair of [1, 3, 5, 5, 5, 13]) model.add(pair, 0, 0, 0);
    const rng = rngStreams(1)('planning');
    const counts = new Map<number, number>();
    for (let k = 0; k < 12_000; k++) {
      const pair = model.sample(rng);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    const expected = new Map([
      [1, 4000],
      [3, 2000],
      [5, 2000],
      [13, 4000],
    ]);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([...expected.keys()]);
    for (const [pair, count] of counts) expect(Math.abs(count - expected.get(pair)!)).toBeLessThan(300);
  });

  it('grows with what it sees and is the same after a restore', () => {
    const model = new LearnedModel(40, 2);
    for (let pair = 0; pair < 80; pair++) for (let s = 0; s < 40; s += 7) model.add(pair, pair + s, s, 0);
    const copy = new LearnedModel(40, 2);
    copy.restore(structuredClone(model.snapshot()));
    const values = Float64Array.from({ length: 80 }, (_, k) => k % 11);
    for (const each of [model, copy]) for (let s = 0; s < 40; s++) each.add(3, 1, s, 1);
    for (let pair = 0; pair < 80; pair++)
      expect(copy.expectedTarget(pair, values, 0.9)).toBe(model.expectedTarget(pair, values, 0.9));
  });
});
