/** The parts that tabular agents share, each against an independent slow version or numbers worked out by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { children } from '#core/snapshot.ts';
import {
  actionValues,
  argmax,
  EpsilonGreedy,
  epsilonGreedy,
  maxValue,
  randomArgmax,
  refusesTable,
} from '#agents/tabular/action-values.ts';
import { backup, flatten, startValue } from '#agents/tabular/flat-model.ts';
import { Episode } from '#agents/tabular/monte-carlo/episode.ts';
import { Traces } from '#agents/tabular/q-lambda/traces.ts';
import { Progress, type ScheduleSettings } from '#agents/tabular/schedules.ts';
import { Transitions } from '#agents/tabular/transitions.ts';
import { modelOf, specOf } from './tabular-play.ts';

const settings: ScheduleSettings = {
  stepSize: 0.5,
  stepSizeSchedule: 'constant',
  stepSizeEnd: 0.1,
  stepSizeSteps: 100,
  stepSizePower: 1,
  epsilonStart: 0.2,
  epsilonSchedule: 'constant',
  epsilonEnd: 0,
  epsilonSteps: 100,
};

describe('tables of action values', () => {
  const q = Float64Array.of(0, 0, 0, 3, 1, 3, -1, -2, -3);

  it('finds the largest value, and of equal actions the lowest index', () => {
    expect([0, 1, 2].map((s) => maxValue(q, s, 3))).toEqual([0, 3, -1]);
    expect([0, 1, 2].map((s) => argmax(q, s, 3))).toEqual([0, 0, 0]);
  });

  it('breaks ties evenly at random, and draws nothing where there is none', () => {
    const rng = rngStreams(3)('explore');
    const counts = [0, 0, 0];
    for (let k = 0; k < 30_000; k++) counts[randomArgmax(q, 0, 3, rng)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(6667));
    const before = rng.state.slice();
    expect(randomArgmax(q, 2, 3, rng)).toBe(0);
    expect(rng.state).toEqual(before);
  });

  it('gives the ε-greedy distribution, ties sharing the greedy part', () => {
    const expected = [0.45, 0.1, 0.45];
    epsilonGreedy(q, 1, 3, 0.3).forEach((p, a) => expect(p).toBeCloseTo(expected[a], 6));
  });

  it('acts with the probabilities that it shows', () => {
    const progress = new Progress(9, 3, { ...settings, epsilonStart: 0.3 });
    const policy = new EpsilonGreedy(q, 3, progress, rngStreams(5)('explore'));
    const n = 30_000;
    const out = { discrete: new Int32Array(n), box: new Float32Array(0) };
    policy.act(new Float32Array(n).fill(1), n, out, 'explore');
    const shown = policy.estimates(Float32Array.of(1), 1).probabilities;
    shown.forEach((p, a) => {
      const count = out.discrete.filter((action) => action === a).length;
      expect(Math.abs(count - p * n)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)));
    });
    const mean = shown.reduce((sum, p, a) => sum + p * q[3 + a], 0);
    expect(policy.expectedValue(1)).toBeCloseTo(mean, 6);
  });

  it('refuses a world by what is wrong with it', () => {
    const spec = specOf(16, 4);
    expect(refusesTable(spec)).toBeUndefined();
    expect(refusesTable({ ...spec, observation: { kind: 'vector', shape: [4] } })?.got).toMatch(
      /vector \[4\]/,
    );
    const box = { kind: 'box', low: [-1], high: [1] } as const;
    expect(refusesTable({ ...spec, action: box })?.got).toMatch(/box of 1/);
    expect(refusesTable(specOf(2 ** 24, 4))?.expected).toMatch(/16777216/);
    expect(refusesTable(specOf(2 ** 22, 4))).toBeUndefined();
    expect(refusesTable(specOf(2 ** 22, 4), 2)).toBeDefined();
    expect(() => actionValues({ ...spec, observation: { kind: 'vector', shape: [4] } }, 0)).toThrow(
      /discrete/,
    );
  });
});

describe('schedules', () => {
  it('keeps, lowers or divides the step size', () => {
    const constant = new Progress(4, 2, settings);
    expect(constant.visit(0)).toBe(0.5);
    const linear = new Progress(4, 2, { ...settings, stepSizeSchedule: 'linear' });
    linear.advance(50);
    expect(linear.visit(0)).toBeCloseTo(0.3, 12);
    linear.advance(500);
    expect(linear.visit(0)).toBe(0.1);
    const visits = new Progress(4, 2, { ...settings, stepSizeSchedule: 'visits' });
    expect([visits.visit(1), visits.visit(1), visits.visit(1), visits.visit(2)]).toEqual([
      1,
      1 / 2,
      1 / 3,
      1,
    ]);
    const power = new Progress(4, 2, { ...settings, stepSizeSchedule: 'visits', stepSizePower: 0.5 });
    expect([power.visit(1), power.visit(1)]).toEqual([1, 2 ** -0.5]);
  });

  it('lowers exploration from its start to its end', () => {
    const progress = new Progress(4, 2, {
      ...settings,
      epsilonStart: 1,
      epsilonEnd: 0.2,
      epsilonSchedule: 'linear',
    });
    const seen = [0, 50, 50, 1000].map((steps) => {
      progress.advance(steps);
      return progress.epsilon(0);
    });
    expect(seen).toEqual([1, 0.6, 0.2, 0.2]);
  });

  it('counts visits per table for the step size, together for exploration', () => {
    const two = new Progress(4, 2, { ...settings, stepSizeSchedule: 'visits', epsilonSchedule: 'visits' }, 2);
    expect([two.visit(3, 0), two.visit(3, 1), two.visit(2, 1)]).toEqual([1, 1, 1]);
    expect(two.epsilon(1)).toBeCloseTo(1 / 3, 12);
    expect(two.epsilon(0)).toBe(1);
  });

  it('reports the mean error of a hundred env steps, and nothing where nothing was learned', () => {
    const progress = new Progress(4, 2, settings);
    expect(progress.advance(1000)).toBeUndefined();
    progress.visit(3);
    progress.learned(-2, 5, -1, 0);
    progress.learned(4, 5, 2, 1);
    expect(progress.lastUpdate()).toEqual({
      kind: 'table',
      state: 1,
      action: 1,
      before: 5,
      after: 7,
      reward: 1,
      target: 9,
    });
    const report = { 'train/td-error': 3, 'train/epsilon': 0.2, 'train/step-size': 0.5 };
    expect(progress.advance(1)).toEqual(report);
    progress.learned(1, 0, 0, 0);
    expect(progress.advance(99)).toBeUndefined();
    expect(progress.advance(1)).toMatchObject({ 'train/td-error': 1 });
  });
});

describe('transitions', () => {
  it('takes the successor from finalObs where the episode ended, by either flag', () => {
    const last = new Transitions(4);
    last.copy({
      n: 4,
      obs: Float32Array.of(1, 2, 3, 4),
      actions: { discrete: Int32Array.of(0, 1, 0, 1), box: new Float32Array(0) },
      reward: Float32Array.of(1, 2, 3, 4),
      terminated: Uint8Array.of(0, 1, 0, 1),
      truncated: Uint8Array.of(0, 0, 1, 1),
      nextObs: Float32Array.of(5, 0, 0, 0),
      finalObs: Float32Array.of(99, 6, 7, 8),
    });
    expect([...last.next]).toEqual([5, 6, 7, 8]);
    expect([...last.terminated]).toEqual([0, 1, 0, 1]);
    expect([...last.ended]).toEqual([0, 1, 1, 1]);
  });
});

describe('episodes', () => {
  it('grows and is saved without what longer episodes left behind', () => {
    const episode = new Episode();
    for (let t = 0; t < 1000; t++) episode.push(t, t / 2);
    expect(episode.pairs.subarray(0, 1000)).toEqual(Int32Array.from({ length: 1000 }, (_, t) => t));
    const copy = new Episode();
    copy.restore(episode.snapshot());
    expect([copy.length, copy.pairs[999], copy.rewards[999]]).toEqual([1000, 999, 499.5]);
    episode.length = 3;
    copy.restore(episode.snapshot());
    expect(copy.snapshot()).toEqual({ pairs: Int32Array.of(0, 1, 2), rewards: Float64Array.of(0, 0.5, 1) });
  });
});

describe('records of a snapshot, one per slot', () => {
  it('are as many as asked for, or the key is named', () => {
    expect(children({ slots: [{ a: 1 }, { a: 2 }] }, 'slots', 2)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(() => children({ slots: [{ a: 1 }] }, 'slots', 2)).toThrow(
      'snapshot.slots: expected 2 records, got 1',
    );
    expect(() => children({ slots: 3 }, 'slots', 2)).toThrow(
      'snapshot.slots: expected 2 records, got number',
    );
    expect(() => children({ slots: [1, 2] }, 'slots', 2)).toThrow(
      'snapshot.slots: expected a record, got number',
    );
  });
});

describe('eligibility traces', () => {
  it('equal a dense table of traces', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('visit' as const), pair: fc.nat(7) }),
      fc.record({ kind: fc.constant('decay' as const), factor: fc.constantFrom(0, 0.1, 0.9, 1) }),
      fc.record({ kind: fc.constant('clear' as const) }),
    );
    const kinds = fc.constantFrom('replacing' as const, 'accumulating' as const);
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), kinds, (operations, kind) => {
        const traces = new Traces(8);
        let dense = Array.from({ length: 8 }, () => 0);
        for (const op of operations) {
          if (op.kind === 'visit') {
            traces.visit(op.pair, kind);
            dense[op.pair] = kind === 'replacing' ? 1 : dense[op.pair] + 1;
          } else if (op.kind === 'decay') {
            traces.decay(op.factor);
            dense = dense.map((e) => (e * op.factor < 1e-6 ? 0 : e * op.factor));
          } else {
            traces.clear();
            dense = dense.map(() => 0);
          }
          expect([...traces.strength]).toEqual(dense);
          const active = traces.active.slice(0, traces.count).sort();
          expect([...active]).toEqual([...dense.keys()].filter((pair) => dense[pair] > 0));
        }
      }),
    );
  });

  it('are dropped where they have become negligible, one at a time', () => {
    const traces = new Traces(4);
    for (const [pair, factor] of [
      [2, 1e-3],
      [0, 1e-1],
      [3, 1e-3],
    ]) {
      traces.visit(pair, 'replacing');
      traces.decay(factor);
    }
    // 10⁻⁷ of the first is none.
    expect([...traces.strength]).toEqual([expect.closeTo(1e-4, 9), 0, 0, expect.closeTo(1e-3, 9)]);
    traces.decay(0.1);
    expect([...traces.strength]).toEqual([expect.closeTo(1e-5, 9), 0, 0, expect.closeTo(1e-4, 9)]);
  });
});

describe('the flat model', () => {
  it('backs up expected reward and what does not end', () => {
    const model = flatten(
      modelOf(
        [
          [
            [
              [0.25, 1, 4, false],
              [0.75, 0, 2, true],
            ],
            [[1, 0, 0, false]],
          ],
          [[[1, 0, 1, false]], [[1, 1, 0, true]]],
        ],
        [0.5, 0.5],
      ),
    );
    const values = Float64Array.of(10, 20);
    expect([0, 1, 2, 3].map((pair) => backup(model, pair, values, 0.5))).toEqual([2.5 + 2.5, 5, 6, 0]);
    expect(startValue(model, values)).toBe(15);
  });
});
