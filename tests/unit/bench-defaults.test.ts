/** When a world's agent counts as having learnt, and the page that says so. */
import { describe, expect, it, test } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { mean } from '#core/stats.ts';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { hasLearnt, randomReturns } from '#node/bench/defaults/measure.ts';
import { renderDefaults, type KeptRecord } from '#node/bench/defaults/page.ts';

/** Returns of 1 with this probability, else 0. */
function coins(probability: number, count: number): Float64Array {
  const rng = rngStreams(3)('coins');
  return Float64Array.from({ length: count }, () => (rng.uniform() < probability ? 1 : 0));
}

describe('has learnt', () => {
  it('is clearly more than random play', () => {
    expect(hasLearnt(coins(0.02, 300), coins(0.5, 100))).toBe(true);
    expect(hasLearnt(coins(0.5, 300), coins(0.9, 100))).toBe(true);
  });

  it('is not luck, nor a difference that nobody would see', () => {
    expect(hasLearnt(coins(0.3, 300), coins(0.4, 20))).toBe(false);
    const [few, some] = [coins(0.02, 50_000), coins(0.07, 50_000)];
    expect(mean(some) - mean(few)).toBeGreaterThan(0.03);
    expect(hasLearnt(few, some)).toBe(false);
  });

  it('is not less than random play, nor anything known of no episodes', () => {
    expect(hasLearnt(coins(0.9, 300), coins(0.1, 100))).toBe(false);
    expect(hasLearnt(coins(0.1, 300), new Float64Array(0))).toBe(false);
  });

  it('holds where every episode ends alike', () => {
    expect(hasLearnt(new Float64Array(9).fill(-200), new Float64Array(9).fill(-100))).toBe(true);
    expect(hasLearnt(new Float64Array(9).fill(-200), new Float64Array(9).fill(-200))).toBe(false);
  });
});

test('random play has the returns of random actions', () => {
  const returns = randomReturns(resolveRun({ world: 'catch', seed: 5 }));
  expect(returns.length).toBeGreaterThanOrEqual(300);
  expect(mean(returns)).toBeLessThan(-0.3);
  expect(returns).toEqual(randomReturns(resolveRun({ world: 'catch', seed: 5 })));
});

test('the page has a row per world, of the agent that it starts with now, and counts those that learnt', () => {
  const provenance = { commit: 'abc', date: '2026-01-01', machine: 'a machine', node: 'v20' };
  const record = (change: Partial<KeptRecord>): KeptRecord => {
    const { agent, preset = null } = defaultAgent(change.world ?? 'taxi');
    const numbers = { random: -770, trained: -120, learnt: true, steps: 90_000, seconds: 3 };
    return { world: 'taxi', agent, preset, seed: 101, ...numbers, provenance, ...change };
  };
  const page = renderDefaults(
    [
      record({}),
      record({ seed: 102, trained: -100, seconds: 5 }),
      record({ agent: 'somebody-else', trained: 9999 }),
      record({ world: 'catch', learnt: false, trained: null }),
    ],
    45,
  );
  const rows = page.split('\n').filter((line) => /^\| (taxi|catch)/.test(line));
  expect(rows.map((row) => row.split('|').map((cell) => cell.trim()))).toEqual([
    ['', 'taxi', 'q-learning', 'taxi', '101, 102', '−770', '−110', 'after 4 s', '90.0 k', '24.0 k', ''],
    expect.arrayContaining(['catch', 'none ended', 'no']),
  ]);
  expect(page).toContain('1 of 2 worlds learnt');
  expect(page).not.toContain('9999');
});
