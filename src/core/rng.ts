/**
 * Seeded randomness: small fast counter (sfc32) streams, named by seed and purpose, so that no two parts of a run
 * share draws and every part can be saved and resumed. Anything random takes an `Rng` as an argument.
 */

/** A source of random numbers. Golden tests implement it with a tape of recorded draws. */
export interface Rng {
  /** A uniform number in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** A uniform integer in 0 … n − 1, without bias; n in 1 … 2³². */
  integer(n: number): number;
  /** A standard normal number. */
  normal(): number;
}

/** Makes the stream of a purpose (and index, e.g. a world slot) of one run's seed. */
export type RngStreams = (purpose: string, index?: number) => SavableRng;

/** An `Rng` whose whole state is four words, which `state` exposes for checkpoints: copy out, copy in. */
export interface SavableRng extends Rng {
  readonly state: Int32Array;
}

const TWO_POW_32 = 4294967296;

/** sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state, period at least 2³², integer operations only. */
class Sfc32 implements SavableRng {
  readonly state: Int32Array;
  /** The number drawn last. Not returned by `next`, because a return of 32 bits may allocate. */
  private readonly drawn = new Uint32Array(1);

  constructor(state: Int32Array) {
    this.state = state;
  }

  private next(): void {
    const s = this.state;
    const b = s[1];
    const c = s[2];
    const d = s[3];
    const t = (s[0] + b + d) | 0;
    s[0] = b ^ (b >>> 9);
    s[1] = c + (c << 3);
    s[2] = ((c << 21) | (c >>> 11)) + t;
    s[3] = d + 1;
    this.drawn[0] = t;
  }

  uniform(): number {
    this.next();
    return this.drawn[0] / TWO_POW_32;
  }

  integer(n: number): number {
    // Rejection keeps every value equally likely; for the small n of games a retry is as rare as n in 2³².
    // A draw counts unless the n values around it reach past the range; said so, no remainder of a double is needed.
    for (;;) {
      this.next();
      const draw = this.drawn[0];
      const rest = draw % n;
      if (draw - rest + n <= TWO_POW_32) return rest;
    }
  }

  normal(): number {
    // Marsaglia's polar method; the second number is dropped so that the state stays four words.
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const r = x * x + y * y;
      if (r > 0 && r < 1) return x * Math.sqrt((-2 * Math.log(r)) / r);
    }
  }
}

/** Streams of one run: the same (seed, purpose, index) gives the same numbers, any other triple unrelated ones. */
export function rngStreams(seed: number): RngStreams {
  return (purpose, index = 0) => {
    const state = new Int32Array(4);
    let hash = mix(seed | 0, Math.floor(seed / TWO_POW_32) | 0);
    for (let i = 0; i < purpose.length; i++) hash = mix(hash, purpose.charCodeAt(i));
    hash = mix(hash, index);
    for (let k = 0; k < 3; k++) {
      hash = mix(hash, k + 1);
      state[k] = hash;
    }
    state[3] = 1;
    const rng = new Sfc32(state);
    for (let k = 0; k < 15; k++) rng.uniform();
    return rng;
  };
}

/** murmur3's word mixer: every bit of either argument reaches every bit of the result. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = hash ^ k;
  h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
