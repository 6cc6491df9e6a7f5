/** The running episode of one slot: its pairs and rewards in the order of time, in arrays that double when they are full. */
import { savedArray, type Snapshot } from '#core/snapshot.ts';

export class Episode {
  /** Entries from `length` on are left over from longer episodes. */
  pairs = new Int32Array(64);
  rewards = new Float64Array(64);
  length = 0;

  push(pair: number, reward: number): void {
    if (this.length === this.pairs.length) this.grow(this.length * 2);
    this.pairs[this.length] = pair;
    this.rewards[this.length++] = reward;
  }

  snapshot(): Snapshot {
    return { pairs: this.pairs.slice(0, this.length), rewards: this.rewards.slice(0, this.length) };
  }

  restore(saved: Snapshot): void {
    const pairs = savedArray(saved, 'pairs');
    const rewards = savedArray(saved, 'rewards');
    if (pairs.length !== rewards.length)
      throw new Error(`episode.rewards: expected ${pairs.length} numbers, got ${rewards.length}`);
    if (pairs.length > this.pairs.length) this.grow(pairs.length);
    this.pairs.set(pairs);
    this.rewards.set(rewards);
    this.length = pairs.length;
  }

  private grow(capacity: number): void {
    const { pairs, rewards } = this;
    this.pairs = new Int32Array(capacity);
    this.pairs.set(pairs);
    this.rewards = new Float64Array(capacity);
    this.rewards.set(rewards);
  }
}
