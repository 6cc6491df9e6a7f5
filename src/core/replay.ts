/**
 * The replay buffer of off-policy agents: a ring of transitions as a struct of arrays, the n-step returns that are gathered
 * per slot before they are stored, and the sampled batch. `terminated` is kept, `truncated` is not: bootstrapping stops only at
 * the former.
 */
import type { StepBuffers } from './agent.ts';
import { observationSize, type EnvSpec } from './env.ts';
import type { Rng } from './rng.ts';
import { child, copyColumns, restoreColumns, savedNumber, type Snapshot } from './snapshot.ts';

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

/** The layout of a replay buffer; widths are numbers per transition. */
export interface ReplayShape {
  readonly capacity: number;
  readonly observation: number;
  /** 0: one index per action (discrete); else the dims of a box. */
  readonly actionDims: number;
}

/** One transition as it is stored; arrays are copied from their offsets. */
export interface Transition {
  obs: Float32Array;
  obsOffset: number;
  /** An index, or the dims of a box. */
  actions: Float32Array;
  actionsOffset: number;
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
    // Planes are whole numbers and stored as bytes, until a number comes that is not.
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

  /** Fills the batch from `batch.rows`. */
  gather(batch: Batch, gamma: number): void {
    const { observation } = this.shape;
    const { obs, nextObs, actions, rewards, steps, terminated } = this.rows;
    const width = batch.actions.length / batch.rows.length;
    for (let k = 0; k < batch.rows.length; k++) {
      const row = batch.rows[k];
      for (let j = 0; j < observation; j++) {
        batch.obs[k * observation + j] = obs[row * observation + j];
        batch.nextObs[k * observation + j] = nextObs[row * observation + j];
      }
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
    const Observations = saved['bytes'] === true ? Uint8Array : Float32Array;
    this.rows = this.allocate(savedNumber(saved, 'length'), Observations);
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

/**
 * n-step transitions: gathers the last n steps of every slot and stores (oₜ, aₜ, Σ γⁱ rₜ₊ᵢ, oₜ₊ₖ) in a replay buffer. At an
 * episode's end all shorter tails are stored too; nothing crosses an episode, whether it terminated or was truncated.
 */
export class NStep {
  private readonly shape: ReplayShape;
  private readonly n: number;
  /** [slots, n] pending steps, oldest first from `start`. */
  private readonly columns: {
    readonly obs: Float32Array;
    readonly actions: Float32Array;
    readonly rewards: Float32Array;
    readonly start: Int32Array;
    readonly count: Int32Array;
  };
  private readonly transition: Transition;

  constructor(shape: ReplayShape, slots: number, n: number) {
    this.shape = shape;
    this.n = n;
    const rows = slots * n;
    this.columns = {
      obs: new Float32Array(rows * shape.observation),
      actions: new Float32Array(rows * Math.max(shape.actionDims, 1)),
      rewards: new Float32Array(rows),
      start: new Int32Array(slots),
      count: new Int32Array(slots),
    };
    const { obs, actions } = this.columns;
    this.transition = {
      obs,
      obsOffset: 0,
      actions,
      actionsOffset: 0,
      reward: 0,
      steps: 0,
      nextObs: obs,
      nextObsOffset: 0,
      terminated: false,
    };
  }

  /** Takes one step of all slots; `stored` is told every row that was written. */
  observe(step: StepBuffers, gamma: number, replay: Replay, stored?: (row: number) => void): void {
    const { n, columns } = this;
    const { observation } = this.shape;
    for (let slot = 0; slot < step.n; slot++) {
      this.push(step, slot);
      const ended = step.terminated[slot] === 1 || step.truncated[slot] === 1;
      this.transition.nextObs = ended ? step.finalObs : step.nextObs;
      this.transition.nextObsOffset = slot * observation;
      this.transition.terminated = step.terminated[slot] === 1;
      const least = ended ? 1 : n;
      while (columns.count[slot] >= least) {
        const row = this.pop(slot, gamma, replay);
        stored?.(row);
      }
    }
  }

  snapshot(): Snapshot {
    return copyColumns(this.columns);
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.columns, saved, 'n-step');
  }

  private push(step: StepBuffers, slot: number): void {
    const { columns, n } = this;
    const { observation, actionDims } = this.shape;
    const row = slot * n + ((columns.start[slot] + columns.count[slot]) % n);
    for (let k = 0; k < observation; k++)
      columns.obs[row * observation + k] = step.obs[slot * observation + k];
    const { discrete, box } = step.actions;
    if (actionDims === 0) columns.actions[row] = discrete[slot];
    for (let d = 0; d < actionDims; d++) columns.actions[row * actionDims + d] = box[slot * actionDims + d];
    columns.rewards[row] = step.reward[slot];
    columns.count[slot]++;
  }

  /** Stores the oldest pending step with the return over all pending ones, and forgets it. */
  private pop(slot: number, gamma: number, replay: Replay): number {
    const { columns, n, transition } = this;
    const count = columns.count[slot];
    const start = columns.start[slot];
    let reward = 0;
    for (let k = count - 1; k >= 0; k--)
      reward = columns.rewards[slot * n + ((start + k) % n)] + gamma * reward;
    const row = slot * n + start;
    transition.obsOffset = row * this.shape.observation;
    transition.actionsOffset = row * Math.max(this.shape.actionDims, 1);
    transition.reward = reward;
    transition.steps = count;
    columns.start[slot] = (start + 1) % n;
    columns.count[slot] = count - 1;
    return replay.add(transition);
  }
}

/** A replay buffer, the transitions on their way into it, and the batch that a gradient step is made on. */
export class Experience {
  readonly replay: Replay;
  readonly nStep: NStep;
  readonly batch: Batch;

  /** `arrays`: of a batch, which are the inputs of the step. */
  constructor(
    spec: EnvSpec,
    { replaySize, numEnvs, batchSize }: Readonly<Record<'replaySize' | 'numEnvs' | 'batchSize', number>>,
    arrays: Omit<Batch, 'rows'>,
    n = 1,
  ) {
    const actionDims = spec.action.kind === 'discrete' ? 0 : spec.action.low.length;
    const shape = { capacity: replaySize, observation: observationSize(spec), actionDims };
    this.replay = new Replay(shape);
    this.nStep = new NStep(shape, numEnvs, n);
    this.batch = { ...arrays, rows: new Int32Array(batchSize) };
  }

  /** Stores the transitions that a step completes; `stored` is told their rows. */
  observe(step: StepBuffers, gamma: number, stored?: (row: number) => void): void {
    this.nStep.observe(step, gamma, this.replay, stored);
  }

  /** Draws a batch uniformly. */
  sample(gamma: number, rng: Rng): void {
    this.replay.sample(this.batch, gamma, rng);
  }
}
