/** The tabular grid worlds: what play does is what their models say, and levels that make no sense are refused by cell. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition, EnvKernel, Transition } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { blackjack } from '#envs/grid/blackjack/blackjack.ts';
import { cliffWalking } from '#envs/grid/cliff-walking/cliff-walking.ts';
import { frozenLake } from '#envs/grid/frozen-lake/frozen-lake.ts';
import { randomMap } from '#envs/grid/frozen-lake/map.ts';
import { gridWorld } from '#envs/grid/grid-world/grid-world.ts';
import { taxi } from '#envs/grid/taxi/taxi.ts';

function make(world: EnvDefinition, given: Record<string, unknown> = {}): EnvKernel {
  return world.create(parseConfig(world.params, given, 'world'));
}

/** The problems of a world's parameters, `field: expected … got …`, one per line; empty if there are none. */
function problems(world: EnvDefinition, given: Record<string, unknown>): string {
  try {
    make(world, given);
    return '';
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

const windy = {
  rows: ['S..#....', '...#..P.', '........', '..#....G'],
  rewards: [
    { x: 1, y: 2, reward: -0.5 },
    { x: 6, y: 0, reward: 2 },
  ],
  wind: [
    { x: 4, y: 2, dx: 0, dy: -2, chance: 0.5 },
    { x: 5, y: 2, dx: 1, dy: 1 },
  ],
  teleporters: [{ x: 0, y: 3, toX: 6, toY: 0 }],
};

const tabular: readonly [string, EnvDefinition, Record<string, unknown>][] = [
  ['frozen-lake', frozenLake, {}],
  ['frozen-lake 8×8, success 0.6', frozenLake, { map: '8x8', successRate: 0.6 }],
  ['frozen-lake random, not slippery', frozenLake, { map: 'random', size: 6, slippery: false }],
  ['cliff-walking', cliffWalking, {}],
  ['cliff-walking, slippery', cliffWalking, { slippery: true }],
  ['taxi', taxi, {}],
  ['taxi in the rain', taxi, { rainy: true }],
  ['taxi in a storm', taxi, { rainy: true, rainyProbability: 0.1 }],
  ['blackjack', blackjack, { sab: false }],
  ['grid-world', gridWorld, {}],
  ['grid-world with everything', gridWorld, { level: windy, slip: 0.3 }],
];

describe.each(tabular)('%s', (_, world, params) => {
  const kernel = make(world, params);
  const model = kernel.model!();

  it('has a model whose probabilities sum to one', () => {
    expect(model.initial.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    for (let s = 0; s < model.states; s++)
      for (let a = 0; a < model.actions; a++) {
        const outcomes = model.transitions(s, a);
        expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
        for (const { next } of outcomes) expect(next).toSatisfy((n: number) => n >= 0 && n < model.states);
      }
  });

  it('plays as its model says', () => {
    const seen = playRandomly(kernel, 60_000);
    for (const [key, outcomes] of seen) {
      const [state, action] = key.split(',').map(Number);
      const expected = merge(model.transitions(state, action));
      const visits = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
      for (const outcome of outcomes.keys())
        expect(expected.get(outcome) ?? 0, `P[${key}] of ${outcome}`).toBeGreaterThan(0);
      // The model's outcomes that never came count too: each is allowed five standard errors, about one false alarm in a
      // million comparisons, and the streams are fixed.
      for (const [outcome, p] of expected) {
        const count = outcomes.get(outcome) ?? 0;
        expect(Math.abs(count / visits - p), `P[${key}] of ${outcome} over ${visits}`).toBeLessThanOrEqual(
          5 * Math.sqrt(Math.max(0, p * (1 - p)) / visits) + 1e-12,
        );
      }
    }
  });
});

/** Counts of outcomes by `state,action` under uniformly random play. */
function playRandomly(kernel: EnvKernel, steps: number): Map<string, Map<string, number>> {
  const rng = rngStreams(7)('play');
  const s = kernel.allocate(1);
  const weights = kernel.spec.rewards.map((term) => term.weight);
  const out = { events: new Float64Array(weights.length), terminated: false };
  const seen = new Map<string, Map<string, number>>();
  const view = new Float32Array(1);
  const state = () => {
    kernel.observe(s, 0, view, 0);
    return view[0];
  };
  const actions = kernel.spec.action.kind === 'discrete' ? kernel.spec.action.names.length : 0;
  kernel.reset(s, 0, rng);
  for (let t = 0; t < steps; t++) {
    const action = rng.integer(actions);
    const key = `${state()},${action}`;
    out.events.fill(0);
    out.terminated = false;
    kernel.step(s, 0, action, rng, out);
    const reward = weights.reduce((sum, weight, k) => sum + weight * out.events[k], 0);
    const outcome = name(state(), reward, out.terminated);
    const counts = seen.get(key) ?? new Map<string, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    seen.set(key, counts);
    if (out.terminated || rng.uniform() < 0.01) kernel.reset(s, 0, rng);
  }
  return seen;
}

function merge(transitions: readonly Transition[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { probability, next, reward, terminated } of transitions) {
    const outcome = name(next, reward, terminated);
    sum.set(outcome, (sum.get(outcome) ?? 0) + probability);
  }
  return sum;
}

function name(next: number, reward: number, terminated: boolean): string {
  return `state ${next}, reward ${reward.toFixed(9)}, terminated ${terminated}`;
}

/** The whole model of the random map of a seed, as text. */
function randomModel(mapSeed: number): string {
  const model = make(frozenLake, { map: 'random', mapSeed }).model!();
  return JSON.stringify(Array.from({ length: model.states }, (_, s) => model.transitions(s, 1)));
}

function own(rows: readonly string[]): string {
  return problems(frozenLake, { map: 'own', rows });
}

function level(changes: Record<string, unknown>): string {
  return problems(gridWorld, { level: { ...windy, ...changes } });
}

describe('frozen lake maps', () => {
  it('draws random maps with an even share of holes in every cell, all of which can be crossed', () => {
    const size = 5;
    const holes = new Float64Array(size * size);
    const rng = rngStreams(1)('maps');
    const maps = 10_000;
    for (let k = 0; k < maps; k++)
      randomMap(size, 0.8, rng).cells.forEach((cell, at) => {
        if (cell === 72) holes[at]++;
      });
    expect([holes[0], holes[size * size - 1]]).toEqual([0, 0]);
    // Rejecting maps that cannot be crossed is symmetric under transposing the map; cells near the corners lose most.
    for (let y = 0; y < size; y++)
      for (let x = 0; x < y; x++) {
        const [a, b] = [holes[y * size + x] / maps, holes[x * size + y] / maps];
        expect(Math.abs(a - b), `cells (${x}, ${y}) and (${y}, ${x})`).toBeLessThan(
          5 * Math.sqrt((0.16 * 2) / maps),
        );
      }
  });

  it('gives the same random map for the same seed', () => {
    expect(randomModel(3)).toBe(randomModel(3));
    expect(randomModel(3)).not.toBe(randomModel(4));
  });

  it('refuses maps that make no sense, by row and column', () => {
    expect(own(['SF', 'FX'])).toBe('world.rows.1.1: expected S, F, H or G, got "X"');
    expect(own(['SFF', 'FG'])).toContain('world.rows.1: expected 3 letters as in row 0, got 2 letters');
    expect(own(['FF', 'FG'])).toContain('a start S');
    expect(own(['SF', 'FF'])).toContain('a goal G');
    expect(own(['SH', 'HG'])).toContain('a way from S to G');
    expect(own([])).toContain('from 2 to 64 rows');
    expect(own(['SF', 'FG'])).toBe('');
  });
});

describe('grid world levels', () => {
  it('accepts a good one, as JSON text too', () => {
    expect(level({})).toBe('');
    expect(problems(gridWorld, { level: JSON.stringify(windy) })).toBe('');
  });

  it.each([
    [{ rows: ['S.', '.X', '.G'] }, 'one of . # S G P at cell (1, 1)'],
    [{ rows: ['S.G', '..'] }, '3 cells in row 1'],
    [{ rows: [] }, 'from 1 to 64 rows'],
    [{ rows: Array.from({ length: 65 }, () => 'S') }, 'from 1 to 64 rows'],
    [{ rewards: [{ x: 3, y: 0, reward: 1 }] }, 'no wall instead of (3, 0)'],
    [{ rewards: [{ x: 9, y: 0, reward: 1 }] }, 'no wall instead of (9, 0)'],
    [{ rewards: [{ x: 0, y: 0, reward: Number.NaN }] }, 'world.level.rewards.0.reward'],
    [{ wind: [{ x: 1, y: 1, dx: 0.5, dy: 0 }] }, 'world.level.wind.0.dx'],
    [
      { teleporters: [{ x: 1, y: 0, toX: 3, toY: 1 }] },
      'an exit on a cell that is no wall instead of (3, 1)',
    ],
    [
      {
        teleporters: [
          { x: 1, y: 0, toX: 2, toY: 0 },
          { x: 2, y: 0, toX: 5, toY: 0 },
        ],
      },
      'which (2, 0) is',
    ],
    [{ teleporters: [{ x: 0, y: 0, toX: 2, toY: 0 }] }, 'plain floor under the teleporter at (0, 0)'],
    [{ bogus: 1 }, 'world.level'],
  ])('refuses %j', (changes, message) => {
    expect(level(changes)).toContain(message);
  });

  it('refuses a level without a start, or whose goal cannot be reached', () => {
    expect(problems(gridWorld, { level: { rows: ['..', '.G'] } })).toContain('a start S');
    expect(problems(gridWorld, { level: { rows: ['S#G'] } })).toContain('a way from the start (0, 0)');
    expect(problems(gridWorld, { level: { rows: ['S..'] } })).toContain('a goal G');
    expect(problems(gridWorld, { level: 'walls' })).toContain('world.level: expected a level');
  });
});
