/**
 * A model of the world learned by counting what followed each pair: Sutton & Barto (2018), §8.2, and §8.4 for chance. Where
 * the world is deterministic it is the book's table of last outcomes; else outcomes count by how often they were seen.
 */
import type { Rng } from '#core/rng.ts';
import {
  child,
  copyColumns,
  restoreColumns,
  savedNumber,
  type Columns,
  type Snapshot,
} from '#core/snapshot.ts';
import { maxValue } from '../action-values.ts';

/** Distinct outcomes (S, A → S', ends or not) in columns; lists run through them by index, −1 ends a list. */
interface Outcomes extends Columns {
  readonly pair: Int32Array;
  readonly next: Int32Array;
  readonly terminated: Uint8Array;
  readonly count: Int32Array;
  /** Mean reward of the outcome. */
  readonly reward: Float64Array;
  /** The next outcome of the same pair. */
  readonly nextOfPair: Int32Array;
  /** The next outcome that leads to the same state. */
  readonly nextInto: Int32Array;
}

function allocate(capacity: number): Outcomes {
  return {
    pair: new Int32Array(capacity),
    next: new Int32Array(capacity),
    terminated: new Uint8Array(capacity),
    count: new Int32Array(capacity),
    reward: new Float64Array(capacity),
    nextOfPair: new Int32Array(capacity),
    nextInto: new Int32Array(capacity),
  };
}

export class LearnedModel {
  outcomes: Outcomes = allocate(64);
  /** How many outcomes are known. */
  size = 0;
  /** [states] the first outcome that leads to a state and does not end there. */
  readonly into: Int32Array;
  private readonly actions: number;
  private readonly ofPair: Int32Array; // [states, actions] the first outcome of a pair
  private readonly total: Int32Array; // [states, actions] times a pair was seen
  private readonly seen: Int32Array; // [states] the states seen so far, the first `seenCount` entries
  private seenCount = 0;
  private readonly tried: Int32Array; // [states] different actions tried in a state

  constructor(states: number, actions: number) {
    this.actions = actions;
    this.into = new Int32Array(states).fill(-1);
    this.ofPair = new Int32Array(states * actions).fill(-1);
    this.total = new Int32Array(states * actions);
    this.seen = new Int32Array(states);
    this.tried = new Int32Array(states);
  }

  /** Counts one transition. */
  add(pair: number, reward: number, next: number, terminated: number): void {
    const { actions, total, tried } = this;
    const state = (pair - (pair % actions)) / actions;
    if (tried[state] === 0) this.seen[this.seenCount++] = state;
    if (total[pair]++ === 0) tried[state]++;
    const at = this.find(pair, next, terminated);
    const { count, reward: mean } = this.outcomes;
    count[at]++;
    mean[at] += (reward - mean[at]) / count[at];
  }

  /** Σ p(s', r | s, a) [r + γ max_a' Q(s', a')] under the counts; the pair must have been seen. */
  expectedTarget(pair: number, q: Float64Array, gamma: number): number {
    const { outcomes, actions } = this;
    let sum = 0;
    for (let at = this.ofPair[pair]; at >= 0; at = outcomes.nextOfPair[at]) {
      const future = outcomes.terminated[at] ? 0 : maxValue(q, outcomes.next[at], actions);
      sum += outcomes.count[at] * (outcomes.reward[at] + gamma * future);
    }
    return sum / this.total[pair];
  }

  /** A random state seen before, and a random action tried in it before, as a pair. */
  sample(rng: Rng): number {
    const { actions, total } = this;
    const state = this.seen[rng.integer(this.seenCount)];
    let skip = rng.integer(this.tried[state]);
    let pair = state * actions;
    while (total[pair] === 0 || skip-- > 0) pair++;
    return pair;
  }

  snapshot(): Snapshot {
    const outcomes = Object.fromEntries(
      Object.entries(this.outcomes).map(([name, column]) => [name, column.slice(0, this.size)]),
    );
    return { outcomes, size: this.size, seenCount: this.seenCount, ...copyColumns(this.tables()) };
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.tables(), saved, 'model');
    this.size = savedNumber(saved, 'size');
    this.seenCount = savedNumber(saved, 'seenCount');
    const exact = allocate(this.size);
    restoreColumns(exact, child(saved, 'outcomes'), 'model.outcomes');
    this.outcomes = exact;
  }

  /** The outcome's index; a new one is put at the head of its lists. */
  private find(pair: number, next: number, terminated: number): number {
    let { outcomes } = this;
    for (let at = this.ofPair[pair]; at >= 0; at = outcomes.nextOfPair[at])
      if (outcomes.next[at] === next && outcomes.terminated[at] === terminated) return at;
    const at = this.size++;
    if (at === outcomes.pair.length) outcomes = this.grow();
    outcomes.pair[at] = pair;
    outcomes.next[at] = next;
    outcomes.terminated[at] = terminated;
    outcomes.count[at] = 0;
    outcomes.reward[at] = 0;
    outcomes.nextOfPair[at] = this.ofPair[pair];
    this.ofPair[pair] = at;
    outcomes.nextInto[at] = terminated ? -1 : this.into[next];
    if (!terminated) this.into[next] = at;
    return at;
  }

  private grow(): Outcomes {
    const old = this.outcomes;
    this.outcomes = allocate(Math.max(64, old.pair.length * 2));
    for (const [name, column] of Object.entries(this.outcomes)) column.set(old[name]);
    return this.outcomes;
  }

  private tables(): Columns {
    const { into, ofPair, total, seen, tried } = this;
    return { into, ofPair, total, seen, tried };
  }
}
