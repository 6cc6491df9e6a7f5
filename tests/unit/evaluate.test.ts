/** Evaluation counts the episodes that were agreed on, whole, and says which of them were cut off. */
import { expect, it } from 'vitest';
import type { Player } from '#core/agent.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { evaluate } from '#train/runs/evaluate.ts';

const setup = resolveRun({ world: 'corridor', agent: 'q-learning', params: { length: 4 } });

/** Walks to the goal, three steps away, in slots for which nothing else is said: there it first stands still for so many steps. */
function walker(waits: readonly number[]): Player {
  const waited = new Int32Array(10);
  return {
    act(_obs, n, out, mode, begins) {
      expect(mode).toBe('greedy');
      for (let i = 0; i < n; i++) {
        if (begins?.[i]) waited[i] = 0;
        out.discrete[i] = waited[i]++ < (waits[i] ?? 0) ? 0 : 1;
      }
    },
    inspect: () => ({}),
  };
}

it('every slot plays its own share, so that short episodes do not count more often', () => {
  const waits = [0, 20];
  const { lengths, returns, capped } = evaluate(setup, walker(waits), { episodes: 25, seed: 1 });
  const expected = Array.from({ length: 25 }, (_, k) => 3 + (waits[k % 10] ?? 0));
  expect([...lengths]).toEqual(expected);
  expect([...returns]).toEqual(expected.map(() => 1));
  expect(capped).toBe(0);
});

it('cuts off what lasts too long, and does not call an episode cut off that ends with the last step', () => {
  const result = evaluate(setup, walker([1]), { episodes: 12, seed: 1, maxSteps: 3 });
  // Of the first slot both.
  expect([...result.returns]).toEqual([0, ...Array.from({ length: 9 }, () => 1), 0, 1]);
  expect([...result.lengths]).toEqual(Array.from({ length: 12 }, () => 3));
  expect(result).toMatchObject({ capped: 2, min: 0, max: 1, meanLength: 3 });
});
