/**
 * Taxi's chances: what rain and fickle passengers make of every state and action, model and play alike, against a second
 * writing of the reference's rules.
 */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { taxi } from '#envs/grid/taxi/taxi.ts';

/**
 * Moves that leave the taxi where it is, by row and column: S south, N north, E east, W west. Read from the P of Gymnasium
 * 1.3.0's Taxi-v4, where in the rain, too, exactly these have a single outcome.
 */
const BLOCKED = [
  ['NW', 'NE', 'NW', 'N', 'NE'],
  ['W', 'E', 'W', '', 'E'],
  ['W', '', '', '', 'E'],
  ['EW', 'W', 'E', 'W', 'E'],
  ['SEW', 'SW', 'SE', 'SW', 'SE'],
];
const LETTERS = 'SNEW';
const ROW = [1, -1, 0, 0];
const COLUMN = [0, 0, 1, -1];

/** The cell on which a move ends. */
function moved(cell: number, action: number): number {
  const [y, x] = [Math.floor(cell / 5), cell % 5];
  if (BLOCKED[y][x].includes(LETTERS[action])) return cell;
  return (y + ROW[action]) * 5 + x + COLUMN[action];
}

/** Probabilities of the cells on which a move in the rain ends: a taxi that cannot go ahead does not drift either. */
function inTheRain(cell: number, action: number, ahead: number): Map<number, number> {
  const chances = new Map<number, number>();
  const add = (to: number, p: number) => {
    if (p > 0) chances.set(to, (chances.get(to) ?? 0) + p);
  };
  if (moved(cell, action) === cell) add(cell, 1);
  else {
    add(moved(cell, action), ahead);
    for (const side of action < 2 ? [2, 3] : [0, 1]) add(moved(cell, side), (1 - ahead) / 2);
  }
  return chances;
}

function make(given: Record<string, unknown>): EnvKernel {
  return taxi.create(parseConfig(taxi.params, given, 'world'));
}

/** Probabilities of the next states, each with its reward and end as text. */
function outcomes(kernel: EnvKernel, state: number, action: number): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { probability, next, reward, terminated } of kernel.model!().transitions(state, action)) {
    const key = `${next} ${reward} ${terminated}`;
    if (probability > 0) sum.set(key, (sum.get(key) ?? 0) + probability);
  }
  return sum;
}

/** Shares of the next states over many steps from one state. */
function sampled(kernel: EnvKernel, state: number, fickle: number, action: number): Map<number, number> {
  const s = kernel.allocate(1);
  const rng = rngStreams(state * 6 + action)('taxi');
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  const shares = new Map<number, number>();
  for (let k = 0; k < SAMPLES; k++) {
    s['state'][0] = state;
    s['fickle'][0] = fickle;
    kernel.step(s, 0, action, rng, out);
    shares.set(s['state'][0], (shares.get(s['state'][0]) ?? 0) + 1 / SAMPLES);
  }
  return shares;
}

const SAMPLES = 400;
const STATES = 500;
const dry = make({});

/** The same outcomes as expected, and none of them five standard errors off; the streams are fixed. */
function expectShares(shares: Map<number, number>, expected: Map<number, number>, what: string): void {
  expect(new Set(shares.keys()), what).toEqual(new Set(expected.keys()));
  for (const [next, p] of expected)
    expect(Math.abs(shares.get(next)! - p), `${what}, next ${next}`).toBeLessThanOrEqual(
      5 * Math.sqrt((p * (1 - p)) / SAMPLES) + 1e-9,
    );
}

describe.each([0.8, 0.35, 0, 1])('rain that leaves %f of the moves alone', (rainyProbability) => {
  const rainy = make({ rainy: true, rainyProbability });

  it('has the reference’s P, all 500 × 6 of it', () => {
    for (let state = 0; state < STATES; state++) {
      for (const action of [4, 5])
        expect(outcomes(rainy, state, action)).toEqual(outcomes(dry, state, action));
      for (let action = 0; action < 4; action++) {
        const expected = inTheRain(Math.floor(state / 20), action, rainyProbability);
        const got = outcomes(rainy, state, action);
        const keys = [...expected.keys()].map((cell) => `${cell * 20 + (state % 20)} -1 false`);
        expect([...got.keys()].sort(), `P[${state}][${action}]`).toEqual(keys.sort());
        for (const [cell, p] of expected)
          expect(got.get(`${cell * 20 + (state % 20)} -1 false`), `P[${state}][${action}]`).toBeCloseTo(
            p,
            12,
          );
      }
    }
  });
});

/** Every state of a passenger in the taxi, in which alone a passenger may change their mind. */
const aboard = Array.from({ length: STATES }, (_, state) => state).filter((s) => (s >> 2) % 5 === 4);

describe.each([
  ['dry', { ficklePassenger: true }],
  ['in the rain', { ficklePassenger: true, rainy: true }],
])('a fickle passenger, %s', (_, given) => {
  const kernel = make(given);
  const moves = (cell: number, action: number) =>
    'rainy' in given ? inTheRain(cell, action, 0.8) : new Map([[moved(cell, action), 1]]);

  it('changes the destination with the first move that takes the taxi anywhere, to any other alike', () => {
    for (const state of aboard)
      for (let action = 0; action < 4; action++) {
        const cell = Math.floor(state / 20);
        const expected = new Map<number, number>();
        for (const [to, p] of moves(cell, action)) {
          const next = to * 20 + (state % 20);
          if (to === cell) expected.set(next, p);
          else for (const turn of [1, 2, 3]) expected.set((next & ~3) | ((next + turn) & 3), p / 3);
        }
        expectShares(sampled(kernel, state, 1, action), expected, `state ${state}, action ${action}`);
      }
  });

  it('is like any other without a wish to change, and outside of the taxi', () => {
    for (let state = 0; state < STATES; state++)
      for (let action = 0; action < 4; action++) {
        const fickle = (state >> 2) % 5 === 4 ? 0 : 1;
        const expected = new Map<number, number>();
        for (const [to, p] of moves(Math.floor(state / 20), action)) expected.set(to * 20 + (state % 20), p);
        expectShares(sampled(kernel, state, fickle, action), expected, `state ${state}, action ${action}`);
      }
  });

  it('stays fickle until then, and no longer', () => {
    const s = kernel.allocate(1);
    const out = { events: new Float64Array(3), terminated: false };
    const rng = rngStreams(1)('taxi');
    // At stand R, in the upper left corner, with destination 1 and the passenger waiting there: north is blocked.
    s['state'][0] = 1;
    s['fickle'][0] = 1;
    for (const action of [1, 4, 1, 3]) {
      kernel.step(s, 0, action, rng, out);
      expect(s['fickle'][0], `after action ${action}`).toBe(1);
    }
    for (let k = 0; k < 50 && s['fickle'][0] === 1; k++) kernel.step(s, 0, k % 2, rng, out);
    expect(s['fickle'][0]).toBe(0);
    const changed = s['state'][0] & 3;
    expect(changed).not.toBe(1);
    for (let k = 0; k < 50; k++) kernel.step(s, 0, k % 4, rng, out);
    expect(s['state'][0] & 3).toBe(changed);
  });
});

it('makes a passenger fickle in the given share of the episodes', () => {
  for (const p of [0, 0.3, 1]) {
    const kernel = make({ ficklePassenger: true, fickleProbability: p });
    const s = kernel.allocate(1);
    const rng = rngStreams(1)('taxi');
    let fickle = 0;
    for (let k = 0; k < 10_000; k++) {
      kernel.reset(s, 0, rng);
      fickle += s['fickle'][0];
    }
    expect(Math.abs(fickle / 10_000 - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 10_000));
  }
});
