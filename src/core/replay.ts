/**
 * The replay buffer of off-policy agents: a ring of transitions as a struct of arrays, and the batch that is sampled from it.
 * Observations are kept once and raw; see observation-store.ts and `Normaliser`. `terminated` is kept, `truncated` is not:
 * bootstrapping stops only at the former.
 */
import type { Normaliser } from './moments.ts';
import { ObservationStore } from './observation-store.ts';
import type { Rng } from './rng.ts';
import {
  child,
  copyColumns,
  restoreColumns,
  savedArray,
  savedNumber,
  type Snapshot,
  type TypedArray,
} from './snapshot.ts';

/** Rows of the first allocation; the buffer doubles up to its capacity, so that short runs stay small. */
const FIRST_ROWS = 1024;

/** A batch of B transitions, in arrays that the caller owns and reuses. */
export interface Batch {
  /** [B] rows of the buffer that were drawn. */
  readonly rows: Int32Array;
  /** [B, observation] */
  readonly obs: Float32Array;
  readonly nextObs: Float32Array;
  /** [B] index of the action, or [B, dims]. */
  readonly actions: Int32Array | Float32Array;
  /** [B] Σ γⁱ r over the steps of the transition. */
  readonly rewards: Float32Array;
  /** [B] what the next value counts: γᵏ for k steps, 0 where the episode terminated. */
  readonly discounts: Float32Array;
}

/** The layout of a replay buffer. */
export interface ReplayShape {
  readonly capacity: number;
  /** Numbers of an observation, and what they are multiples of: see `ObservationStore`. */
  readonly observation: number;
  readonly levels?: number | undefined;
  /** 0: one index per action (discrete); else the dims of a box. */
  readonly actionDims: number;
}

/** One transition as it is stored. */
export interface Transition {
  /** Indices of its observations in the buffer's store. */
  obs: number;
  nextObs: number;
  /** An index, or the dims of a box, copied from the offset. */
  actions: Float32Array;
  actionsOffset: number;
  reward: number;
  /** Env steps between the two observations. */
  steps: number;
  terminated: boolean;
}

interface Rows {
  obs: Int32Array;
  nextObs: Int32Array;
  actions: Int32Array | Float32Array;
  rewards: Float32Array;
  steps: Uint8Array;
  terminated: Uint8Array;
}

export class Replay {
  readonly shape: ReplayShape;
  readonly observations: ObservationStore;
  /** Applied to batches, since observations are kept raw. */
  readonly normaliser: Normaliser | undefined;
  /** Transitions held now. */
  size = 0;
  /** Row that the next transition is written to. */
  private next = 0;
  private rows: Rows;

  constructor(shape: ReplayShape, normaliser?: Normaliser) {
    this.shape = shape;
    this.normaliser = normaliser;
    this.observations = new ObservationStore(shape.observation, shape.levels);
    this.rows = this.allocate(Math.min(shape.capacity, FIRST_ROWS));
  }

  /** Stores a transition over the oldest one and returns its row. */
  add(transition: Transition): number {
    const { observations } = this;
    const { actionDims, capacity } = this.shape;
    const row = this.next;
    if (row >= this.rows.rewards.length) this.grow(Math.min(capacity, this.rows.rewards.length * 2));
    const { obs, nextObs, actions, rewards, steps, terminated } = this.rows;
    observations.hold(transition.obs);
    observations.hold(transition.nextObs);
    if (row < this.size) {
      observations.release(obs[row]);
      observations.release(nextObs[row]);
    }
    obs[row] = transition.obs;
    nextObs[row] = transition.nextObs;
    const width = Math.max(actionDims, 1);
    for (let d = 0; d < width; d++)
      actions[row * width + d] = transition.actions[transition.actionsOffset + d];
    rewards[row] = transition.reward;
    steps[row] = transition.steps;
    terminated[row] = transition.terminated ? 1 : 0;
    this.next = (row + 1) % capacity;
    this.size = Math.max(this.size, row + 1);
    return row;
  }

  /** Draws B rows with replacement and fills the batch. */
  sample(batch: Batch, gamma: number, rng: Rng): void {
    for (let k = 0; k < batch.rows.length; k++) batch.rows[k] = rng.integer(this.size);
    this.gather(batch, gamma);
  }

  /** Fills the batch from `batch.rows`, observations normalised as of now. */
  gather(batch: Batch, gamma: number): void {
    const { observations, normaliser } = this;
    const { observation } = this.shape;
    const { obs, nextObs, actions, rewards, steps, terminated } = this.rows;
    const width = batch.actions.length / batch.rows.length;
    for (let k = 0; k < batch.rows.length; k++) {
      const row = batch.rows[k];
      observations.read(obs[row], batch.obs, k * observation);
      observations.read(nextObs[row], batch.nextObs, k * observation);
      for (let d = 0; d < width; d++) batch.actions[k * width + d] = actions[row * width + d];
      batch.rewards[k] = rewards[row];
      batch.discounts[k] = terminated[row] ? 0 : gamma ** steps[row];
    }
    normaliser?.normalise(batch.obs, batch.obs);
    normaliser?.normalise(batch.nextObs, batch.nextObs);
  }

  snapshot(): Snapshot {
    return {
      size: this.size,
      next: this.next,
      length: this.rows.rewards.length,
      rows: copyColumns({ ...this.rows }),
      observations: this.observations.snapshot(),
    };
  }

  restore(saved: Snapshot): void {
    const isEarlier = !('observations' in saved);
    this.rows = this.allocate(savedNumber(saved, 'length'));
    const { obs, nextObs, ...others } = this.rows;
    const rows = child(saved, 'rows');
    restoreColumns(isEarlier ? others : { ...this.rows }, rows, 'replay');
    this.size = savedNumber(saved, 'size');
    this.next = savedNumber(saved, 'next');
    if (!isEarlier) return this.observations.restore(child(saved, 'observations'));
    for (let row = 0; row < this.size; row++) {
      obs[row] = this.addEarlier(savedArray(rows, 'obs'), row);
      nextObs[row] = this.addEarlier(savedArray(rows, 'nextObs'), row);
    }
  }

  /**
   * Keeps an observation of a checkpoint from when they were stored row by row, and as they were normalised when they were
   * seen: it becomes what is normalised to the same now. Returns its index.
   */
  addEarlier(saved: TypedArray, row: number): number {
    const { observation } = this.shape;
    const values = Float32Array.from(saved.subarray(row * observation, (row + 1) * observation));
    this.normaliser?.denormalise(values);
    return this.observations.add(values, 0);
  }

  private grow(rows: number): void {
    const old = this.rows;
    this.rows = this.allocate(rows);
    for (const name of Object.keys(old) as (keyof Rows)[]) this.rows[name].set(old[name]);
  }

  private allocate(rows: number): Rows {
    const { actionDims } = this.shape;
    return {
      obs: new Int32Array(rows),
      nextObs: new Int32Array(rows),
      actions: actionDims === 0 ? new Int32Array(rows) : new Float32Array(rows * actionDims),
      rewards: new Float32Array(rows),
      steps: new Uint8Array(rows),
      terminated: new Uint8Array(rows),
    };
  }
}
