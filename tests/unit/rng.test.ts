/** The random streams: repeatable, savable, unrelated to each other, and distributed as they say. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rngStreams, type Rng } from '#core/rng.ts';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

function draws(rng: Rng, count: number): readonly number[] {
  return Array.from({ length: count }, () => rng.uniform());
}

/** Pearson's χ² of counts against equal expectation. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** A value that χ² with k degrees of freedom exceeds about once in 3·10⁶ times (5σ, Wilson & Hilferty, 1931). */
function chiSquareLimit(k: number): number {
  return k * (1 - 2 / (9 * k) + 5 * Math.sqrt(2 / (9 * k))) ** 3;
}

describe('streams', () => {
  it('repeat for the same seed, purpose and index', () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(), (seed, purpose, index) => {
        expect(draws(rngStreams(seed)(purpose, index), 8)).toEqual(
          draws(rngStreams(seed)(purpose, index), 8),
        );
      }),
    );
  });

  it('differ as soon as the seed, the purpose or the index does', () => {
    fc.assert(
      fc.property(seeds, fc.string({ minLength: 1 }), fc.nat({ max: 1e6 }), (seed, purpose, index) => {
        const streams = rngStreams(seed);
        const first = draws(streams(purpose, index), 4);
        expect(draws(streams(purpose, index + 1), 4)).not.toEqual(first);
        expect(draws(streams(`${purpose}'`, index), 4)).not.toEqual(first);
        expect(draws(rngStreams(seed === 0 ? 1 : seed - 1)(purpose, index), 4)).not.toEqual(first);
      }),
    );
  });

  it('never meet: the first draws of 20 000 neighbouring streams are uniform and uncorrelated', () => {
    const streams = rngStreams(1);
    const first = Array.from({ length: 20_000 }, (_, index) => streams('world', index).uniform());
    expect(new Set(first).size).toBeGreaterThan(19_990);
    const counts = Array.from(
      { length: 64 },
      (_, bin) => first.filter((u) => Math.floor(u * 64) === bin).length,
    );
    expect(chiSquare(counts)).toBeLessThan(chiSquareLimit(63));
    const covariance =
      first.slice(1).reduce((sum, u, k) => sum + (u - 0.5) * (first[k] - 0.5), 0) / (first.length - 1);
    // The covariance of independent uniforms has a standard deviation of (1/12)/√n.
    expect(Math.abs(covariance)).toBeLessThan(5 / 12 / Math.sqrt(first.length));
  });

  it('go on from a saved state', () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 50 }), (seed, used) => {
        const rng = rngStreams(seed)('a');
        draws(rng, used);
        const other = rngStreams(seed + 1)('b');
        other.state.set(rng.state.slice());
        expect(draws(other, 20)).toEqual(draws(rng, 20));
      }),
    );
  });
});

const word = (x: bigint): bigint => BigInt.asUintN(32, x);

it('draws the numbers of sfc32, from the four words of its state', () => {
  // Doty-Humphrey's algorithm in arithmetic without bounds: a, b, c and a counter.
  const rng = rngStreams(7)('reference', 3);
  let [a, b, c, counter] = Array.from(rng.state, (each) => word(BigInt(each)));
  for (let k = 0; k < 1000; k++) {
    const drawn = word(a + b + counter++);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(((c << 21n) | (c >> 11n)) + drawn);
    expect(rng.uniform() * 2 ** 32).toBe(Number(drawn));
  }
});

describe('uniform', () => {
  it('stays in [0, 1)', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const u of draws(rngStreams(seed)('u'), 200)) if (!(u >= 0 && u < 1)) return false;
        return true;
      }),
    );
  });

  it('is uniform in one and in two dimensions', () => {
    const rng = rngStreams(42)('u');
    const flat = Array.from({ length: 100 }, () => 0);
    const square = Array.from({ length: 256 }, () => 0);
    for (let k = 0; k < 200_000; k++) {
      const u = rng.uniform();
      const v = rng.uniform();
      flat[Math.floor(u * 100)]++;
      square[16 * Math.floor(u * 16) + Math.floor(v * 16)]++;
    }
    expect(chiSquare(flat)).toBeLessThan(chiSquareLimit(99));
    expect(chiSquare(square)).toBeLessThan(chiSquareLimit(255));
  });
});

describe('integer', () => {
  it('stays in 0 … n − 1 for every n up to 2³²', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
        const rng = rngStreams(seed)('i');
        for (let k = 0; k < 50; k++) {
          const draw = rng.integer(n);
          if (!(Number.isInteger(draw) && draw >= 0 && draw < n)) return false;
        }
        return true;
      }),
    );
  });

  it.each([2, 3, 5, 6, 7, 10, 52, 100])('gives every value below %i equally often', (n) => {
    const rng = rngStreams(9)('i', n);
    const counts = Array.from({ length: n }, () => 0);
    for (let k = 0; k < 100_000; k++) counts[rng.integer(n)]++;
    expect(chiSquare(counts)).toBeLessThan(chiSquareLimit(n - 1));
  });

  it('has no bias where n does not divide 2³²: thirds of 3·2³⁰ come equally often', () => {
    // A plain remainder would give the first third twice as often as the others.
    const rng = rngStreams(10)('i');
    const counts = [0, 0, 0];
    for (let k = 0; k < 60_000; k++) counts[Math.floor(rng.integer(3 * 2 ** 30) / 2 ** 30)]++;
    expect(chiSquare(counts)).toBeLessThan(chiSquareLimit(2));
  });
});

describe('normal', () => {
  it('has the moments and the tails of a standard normal', () => {
    const rng = rngStreams(5)('n');
    const n = 200_000;
    const sums = [0, 0, 0, 0];
    let beyondTwo = 0;
    for (let k = 0; k < n; k++) {
      const x = rng.normal();
      for (let m = 0; m < 4; m++) sums[m] += x ** (m + 1);
      if (Math.abs(x) > 2) beyondTwo++;
    }
    // Each bound is five standard errors: Var x = 1, Var x² = 2, Var x³ = 15, Var x⁴ = 96.
    const error = (variance: number): number => 5 * Math.sqrt(variance / n);
    expect(Math.abs(sums[0] / n)).toBeLessThan(error(1));
    expect(Math.abs(sums[1] / n - 1)).toBeLessThan(error(2));
    expect(Math.abs(sums[2] / n)).toBeLessThan(error(15));
    expect(Math.abs(sums[3] / n - 3)).toBeLessThan(error(96));
    expect(Math.abs(beyondTwo / n - 0.0455)).toBeLessThan(error(0.0455 * 0.9545));
  });
});
