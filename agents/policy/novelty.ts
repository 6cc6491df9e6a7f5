/**
 * A bonus for what has seldom been seen, so that an agent finds rewards that random play does not: β/√N for every observation
 * that is new in its episode, where N counts the episodes in which it was seen (after Strehl & Littman 2008; counted by hash, as
 * in Tang et al. 2017). Within an episode the second visit earns nothing, or the agent would stay where it is paid.
 */
import type { StepBuffers } from '#core/agent.ts';
import type { Columns } from '#core/snapshot.ts';

/** Entries of the tables, powers of two. Observations that share an entry count as one. */
const COUNTS = 1 << 20;
const SEEN = 1 << 16;

export class Novelty {
  /** Belongs into a checkpoint. */
  readonly columns: Columns;
  /** N by the hash of an observation. */
  private readonly counts = new Uint32Array(COUNTS);
  /** The observations of the current episodes, each by a hash of it, its slot and its episode; newer ones replace older. */
  private readonly seen = new Uint32Array(SEEN);
  /** [slots] episodes that have ended. */
  private readonly episodes: Uint32Array;
  /** The bits of the world's arrays, which stay the same from step to step. */
  private readonly bits = new WeakMap<Float32Array, Uint32Array>();

  constructor(slots: number) {
    this.episodes = new Uint32Array(slots);
    this.columns = { counts: this.counts, seen: this.seen, episodes: this.episodes };
  }

  /** Adds the bonus of what a step has led to, times `scale`, to the slots' rewards, which begin at `at`. */
  reward(step: StepBuffers, scale: number, rewards: Float32Array, at: number): void {
    const { nextObs, finalObs } = step.raw ?? step;
    const next = this.bitsOf(nextObs);
    const final = this.bitsOf(finalObs);
    const width = next.length / step.n;
    for (let i = 0; i < step.n; i++) {
      const isOver = (step.terminated[i] | step.truncated[i]) !== 0;
      rewards[at + i] += scale * this.visit(isOver ? final : next, width, i);
      if (!isOver) continue;
      this.episodes[i]++;
      // Nothing that the agent did led to the first observation, but to come back to it is not new.
      this.visit(next, width, i);
    }
  }

  /** 1/√N of row `slot`, 0 if its episode has had it. */
  private visit(bits: Uint32Array, width: number, slot: number): number {
    const { counts, seen, episodes } = this;
    const hash = hashOf(bits, slot * width, width);
    const key = mix(mix(hash ^ Math.imul(slot + 1, 0x85ebca6b)) ^ Math.imul(episodes[slot] + 1, 0xc2b2ae35));
    const place = key & (SEEN - 1);
    // Of 32 bits, the lowest of which are those of its place: 0 stands for an empty one.
    const mark = (key | 1) >>> 0;
    if (seen[place] === mark) return 0;
    seen[place] = mark;
    return 1 / Math.sqrt(++counts[hash & (COUNTS - 1)]);
  }

  private bitsOf(obs: Float32Array): Uint32Array {
    let bits = this.bits.get(obs);
    if (!bits) {
      bits = new Uint32Array(obs.buffer, obs.byteOffset, obs.length);
      this.bits.set(obs, bits);
    }
    return bits;
  }
}

/** FNV-1a over words, with a shift: the lowest bits of small whole numbers as floats are all 0. */
function hashOf(words: Uint32Array, from: number, width: number): number {
  let hash = 0x811c9dc5;
  for (let k = from; k < from + width; k++) {
    hash = Math.imul(hash ^ words[k], 0x01000193);
    hash ^= hash >>> 15;
  }
  return mix(hash);
}

/** The end of MurmurHash3's finaliser, so that every bit depends on all. */
function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
