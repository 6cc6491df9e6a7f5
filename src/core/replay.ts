/**
 * The replay memory: a ring of transitions as a struct of arrays, sampled uniformly or by priority, with n-step returns
 * gathered per slot before they are stored. `terminated` is kept, `truncated` is not: bootstrapping stops only at the former.
 */
import type { Rng } from './rng.ts';
import { child, copyColumns, restoreColumns, savedNumber, type Snapshot } from './snapshot.ts';

/** Rows of the first allocation; the memory doubles up to its capacity, so that short runs stay small. */
const FIRST_ROWS = 1024;

/** A batch of transitions in arrays that the caller owns and reuses. */
export interface Batch {
  readonly size: number;
  /** [size × observation] */
  readonly obs: Float32Array;
  readonly nextObs: Float32Array;
  /** [size] index of the action, or [size × dims]. */
  readonly actions: Int32Array | Float32Array;
  /** [size] Σ γⁱ r over the steps of the transition. */
  readonly rewards: Float32Array;
  /** [size] what the next value counts: γᵏ for k steps, 0 where the episode terminated. */
  readonly discounts: Float32Array;
  /** [size] rows of the memory that were drawn. */
  readonly rows: Int32Array;
}

/** What a memory holds: widths are numbers per transition. */
export interface ReplayShape {
  readonly capacity: number;
  readonly observation: number;
  /** 0: one index per action (discrete); else the dims of a box. */
  readonly actionDims: number;
}

/** Room for a batch of transitions. */
export function replayBatch(shape: ReplayShape, size: number): Batch {
  const { observation, actionDims } = shape;
  return {
    size,
    obs: new Float32Array(size * observation),
    nextObs: new Float32Array(size * observation),
    actions: actionDims === 0 ? new Int32Array(size) : new Float32Array(size * actionDims),
    rewards: new Float32Array(size),
    discounts: new Float32Array(size),
    rows: new Int32Array(size),
  };
}

/** One transition as it is stored; arrays are copied from their offsets. */
export interface Transition {
  obs: Float32Array;
  obsOffset: number;
  action: number | Float32Array;
  reward: number;
  /** Env steps between the two observations. */
  steps: number;
  nextObs: Float32Array;
  nextObsOffset: number;
  terminated: boolean;
}

interface Rows {
  obs: Uint8Array | Float32Array;
  nextObs: Uint8Array | Float32Array;
  actions: Int32Array | Float32Array;
  rewards: Float32Array;
  steps: Uint8Array;
  terminated: Uint8Array;
}

export class Replay {
  readonly shape: ReplayShape;
  /** Transitions held now. */
  size = 0;
  /** Row that the next transition is written to. */
  private next = 0;
  private rows: Rows;

  constructor(shape: ReplayShape) {
    this.shape = shape;
    // Planes are whole numbers: bytes hold them until a number comes that is none.
    this.rows = this.allocate(Math.min(shape.capacity, FIRST_ROWS), Uint8Array);
  }

  /** Stores a transition over the oldest one and returns its row. */
  add(transition: Transition): number {
    const { actionDims, capacity } = this.shape;
    const row = this.next;
    if (row >= this.rows.rewards.length) this.grow(Math.min(capacity, this.rows.rewards.length * 2));
    this.write('obs', row, transition.obs, transition.obsOffset);
    this.write('nextObs', row, transition.nextObs, transition.nextObsOffset);
    const { actions, rewards, steps, terminated } = this.rows;
    if (typeof transition.action === 'number') actions[row] = transition.action;
    else actions.set(transition.action, row * actionDims);
    rewards[row] = transition.reward;
    steps[row] = transition.steps;
    terminated[row] = transition.terminated ? 1 : 0;
    this.next = (row + 1) % capacity;
    this.size = Math.max(this.size, row + 1);
    return row;
  }

  /** Draws `batch.size` rows with replacement and fills the batch. */
  sample(batch: Batch, gamma: number, rng: Rng): void {
    for (let k = 0; k < batch.size; k++) batch.rows[k] = rng.integer(this.size);
    this.gather(batch, gamma);
  }

  /** Fills the batch from `batch.rows`. */
  gather(batch: Batch, gamma: number): void {
    const { observation, actionDims } = this.shape;
    const { obs, nextObs, actions, rewards, steps, terminated } = this.rows;
    const width = Math.max(actionDims, 1);
    for (let k = 0; k < batch.size; k++) {
      const row = batch.rows[k];
      copyRow(obs, row, batch.obs, k, observation);
      copyRow(nextObs, row, batch.nextObs, k, observation);
      for (let d = 0; d < width; d++) batch.actions[k * width + d] = actions[row * width + d];
      batch.rewards[k] = rewards[row];
      batch.discounts[k] = terminated[row] ? 0 : gamma ** steps[row];
    }
  }

  snapshot(): Snapshot {
    return {
      size: this.size,
      next: this.next,
      length: this.rows.rewards.length,
      bytes: this.rows.obs instanceof Uint8Array,
      rows: copyColumns({ ...this.rows }),
    };
  }

  restore(saved: Snapshot): void {
    this.rows = this.allocate(
      savedNumber(saved, 'length'),
      saved['bytes'] === true ? Uint8Array : Float32Array,
    );
    restoreColumns({ ...this.rows }, child(saved, 'rows'), 'replay');
    this.size = savedNumber(saved, 'size');
    this.next = savedNumber(saved, 'next');
  }

  private write(name: 'obs' | 'nextObs', row: number, from: Float32Array, offset: number): void {
    const { observation } = this.shape;
    let into = this.rows[name];
    const start = row * observation;
    for (let k = 0; k < observation; k++) {
      const value = from[offset + k];
      into[start + k] = value;
      if (into[start + k] !== value && into instanceof Uint8Array) {
        this.rows.obs = Float32Array.from(this.rows.obs);
        this.rows.nextObs = Float32Array.from(this.rows.nextObs);
        into = this.rows[name];
        into[start + k] = value;
      }
    }
  }

  private grow(rows: number): void {
    const old = this.rows;
    this.rows = this.allocate(rows, old.obs instanceof Uint8Array ? Uint8Array : Float32Array);
    for (const name of Object.keys(old) as (keyof Rows)[]) this.rows[name].set(old[name]);
  }

  private allocate(rows: number, Observations: typeof Uint8Array | typeof Float32Array): Rows {
    const { observation, actionDims } = this.shape;
    return {
      obs: new Observations(rows * observation),
      nextObs: new Observations(rows * observation),
      actions: actionDims === 0 ? new Int32Array(rows) : new Float32Array(rows * actionDims),
      rewards: new Float32Array(rows),
      steps: new Uint8Array(rows),
      terminated: new Uint8Array(rows),
    };
  }
}

function copyRow(
  from: Uint8Array | Float32Array,
  row: number,
  into: Float32Array,
  at: number,
  width: number,
): void {
  const source = row * width;
  const target = at * width;
  for (let k = 0; k < width; k++) into[target + k] = from[source + k];
}
