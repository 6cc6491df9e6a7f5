/**
 * Seeded random streams, named by seed, purpose and index, so that no two parts of a run share draws and each part can be saved
 * and resumed. Whatever is random takes an `Rng` as an argument.
 */

/** A source of random numbers. Golden tests implement it with recorded draws. */
export interface Rng {
  /** Uniform in [0, 1), with 32 bits of resolution. */
  uniform(): number;
  /** Uniform integer in 0 … n − 1, unbiased; n in 1 … 2³². */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
}

/** Makes the stream of a purpose (and index, e.g. a world slot) of one run's seed. */
export type RngStreams = (purpose: string, index?: number) => SavableRng;

/** An `Rng` for checkpoints: `state`, four words, is all there is to copy out and back in. */
export interface SavableRng extends Rng {
  readonly state: Int32Array;
}

const TWO_POW_32 = 4294967296;

/** sfc32, "small fast counter", by Chris Doty-Humphrey (PractRand): 128 bits of state, period at least 2³², integer operations only. */
class Sfc32 implements SavableRng {
  readonly state: Int32Array;
  /** The last draw. A field, because returning an unsigned 32-bit number may allocate. */
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
    // Rejection sampling: a draw from the last block of n values is refused if the block ends beyond 2³². A retry is as rare as
    // n in 2³².
    for (;;) {
      this.next();
      const draw = this.drawn[0];
      const rest = draw % n;
      if (draw - rest + n <= TWO_POW_32) return rest;
    }
  }

  normal(): number {
    // Marsaglia's polar method (1964), without keeping its second number: the state stays four words.
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

/**
 * murmur3's word mixer: every bit of either argument reaches every bit of the result. Mixing a key with 0, 1, 2, … gives random
 * words that depend on nothing but their place.
 */
export function mix(hash: number, word: number): number {
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
