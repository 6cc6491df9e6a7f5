/**
 * n-step transitions: gathers the last n steps of every slot and stores (oₜ, aₜ, Σ γⁱ rₜ₊ᵢ, oₜ₊ₖ) in a replay memory. At an
 * episode's end all shorter tails are stored too; nothing crosses an episode, whether it terminated or was truncated.
 */
import type { StepBuffers } from './agent.ts';
import type { Replay, ReplayShape, Transition } from './replay.ts';
import { copyColumns, restoreColumns, type Snapshot } from './snapshot.ts';

export class NStep {
  private readonly shape: ReplayShape;
  private readonly n: number;
  /** [slots × n] pending steps, oldest first from `start`. */
  private readonly columns: {
    readonly obs: Float32Array;
    readonly actions: Float32Array;
    readonly rewards: Float32Array;
    readonly start: Int32Array;
    readonly count: Int32Array;
  };
  private readonly transition: Transition;
  private readonly boxActions: readonly Float32Array[];

  constructor(shape: ReplayShape, slots: number, n: number) {
    this.shape = shape;
    this.n = n;
    const rows = slots * n;
    const width = Math.max(shape.actionDims, 1);
    const actions = new Float32Array(rows * width);
    this.columns = {
      obs: new Float32Array(rows * shape.observation),
      actions,
      rewards: new Float32Array(rows),
      start: new Int32Array(slots),
      count: new Int32Array(slots),
    };
    this.boxActions = Array.from({ length: rows }, (_, row) =>
      actions.subarray(row * width, (row + 1) * width),
    );
    const { obs } = this.columns;
    this.transition = {
      obs,
      obsOffset: 0,
      action: 0,
      reward: 0,
      steps: 0,
      nextObs: obs,
      nextObsOffset: 0,
      terminated: false,
    };
  }

  /** Takes one step of all slots; `stored` is told every row that was written. */
  observe(step: StepBuffers, gamma: number, replay: Replay, stored: (row: number) => void): void {
    const { n, columns } = this;
    const { observation } = this.shape;
    for (let slot = 0; slot < step.n; slot++) {
      this.push(step, slot);
      const ended = step.terminated[slot] === 1 || step.truncated[slot] === 1;
      this.transition.nextObs = ended ? step.finalObs : step.nextObs;
      this.transition.nextObsOffset = slot * observation;
      this.transition.terminated = step.terminated[slot] === 1;
      if (ended) while (columns.count[slot] > 0) stored(this.pop(slot, gamma, replay));
      else if (columns.count[slot] === n) stored(this.pop(slot, gamma, replay));
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
    if (actionDims === 0) columns.actions[row] = step.actions.discrete[slot];
    else
      for (let d = 0; d < actionDims; d++)
        columns.actions[row * actionDims + d] = step.actions.box[slot * actionDims + d];
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
    transition.action = this.shape.actionDims === 0 ? columns.actions[row] : this.boxActions[row];
    transition.reward = reward;
    transition.steps = count;
    columns.start[slot] = (start + 1) % n;
    columns.count[slot] = count - 1;
    return replay.add(transition);
  }
}
