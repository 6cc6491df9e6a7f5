/** Whole episodes for REINFORCE: collected per slot, and passed on with their returns when they end. */
import type { StepBuffers } from '#core/agent.ts';
import { copyColumns, restoreColumns, savedNumber, child, type Snapshot } from '#core/snapshot.ts';

/** Numbers per step. */
export interface EpisodeShape {
  readonly slots: number;
  /** Steps that are kept of an episode, and of an update. */
  readonly maxSteps: number;
  readonly observation: number;
  /** 1 for an index. */
  readonly action: number;
}

export class Episodes {
  /** Finished steps: [maxSteps, …], `count` of them filled, of `finished` episodes. */
  readonly obs: Float32Array;
  readonly actions: Float32Array;
  readonly returns: Float32Array;
  count = 0;
  finished = 0;
  private readonly shape: EpisodeShape;
  /** Running episodes: [slots, maxSteps, …]. */
  private readonly running: {
    readonly obs: Float32Array;
    readonly actions: Float32Array;
    readonly rewards: Float32Array;
    readonly lengths: Int32Array;
  };

  constructor(shape: EpisodeShape) {
    const { slots, maxSteps, observation, action } = shape;
    this.shape = shape;
    this.obs = new Float32Array(maxSteps * observation);
    this.actions = new Float32Array(maxSteps * action);
    this.returns = new Float32Array(maxSteps);
    this.running = {
      obs: new Float32Array(slots * maxSteps * observation),
      actions: new Float32Array(slots * maxSteps * action),
      rewards: new Float32Array(slots * maxSteps),
      lengths: new Int32Array(slots),
    };
  }

  /**
   * Takes one step of all slots with the actions as they were drawn. `after` gives the value of the state in row `slot` of
   * an array (0 where nothing is known), for episodes that were cut off, by the world or because they outgrew `maxSteps`.
   */
  observe(
    step: StepBuffers,
    drawn: Float32Array,
    gamma: number,
    after: (obs: Float32Array, slot: number) => number,
  ): void {
    const { running, shape } = this;
    const { maxSteps, observation, action } = shape;
    for (let slot = 0; slot < step.n; slot++) {
      const at = slot * maxSteps + running.lengths[slot];
      for (let k = 0; k < observation; k++)
        running.obs[at * observation + k] = step.obs[slot * observation + k];
      for (let k = 0; k < action; k++) running.actions[at * action + k] = drawn[slot * action + k];
      running.rewards[at] = step.reward[slot];
      running.lengths[slot]++;
      if (step.terminated[slot]) this.finish(slot, gamma, 0);
      else if (step.truncated[slot]) this.finish(slot, gamma, after(step.finalObs, slot));
      else if (running.lengths[slot] === maxSteps) this.finish(slot, gamma, after(step.nextObs, slot));
    }
  }

  /** Clears the finished episodes. */
  clear(): void {
    this.count = 0;
    this.finished = 0;
  }

  snapshot(): Snapshot {
    return { count: this.count, finished: this.finished, columns: copyColumns(this.columns()) };
  }

  restore(saved: Snapshot): void {
    this.count = savedNumber(saved, 'count');
    this.finished = savedNumber(saved, 'finished');
    restoreColumns(this.columns(), child(saved, 'columns'), 'episodes');
  }

  /** Passes a slot's episode on; steps that no longer fit are dropped. */
  private finish(slot: number, gamma: number, after: number): void {
    const { running, shape, count } = this;
    const { maxSteps, observation, action } = shape;
    const length = running.lengths[slot];
    const from = slot * maxSteps;
    const kept = Math.min(length, maxSteps - count);
    let sum = after;
    for (let t = length - 1; t >= 0; t--) {
      sum = running.rewards[from + t] + gamma * sum;
      if (t < kept) this.returns[count + t] = sum;
    }
    const rows = (array: Float32Array, width: number): Float32Array =>
      array.subarray(from * width, (from + kept) * width);
    this.obs.set(rows(running.obs, observation), count * observation);
    this.actions.set(rows(running.actions, action), count * action);
    this.count += kept;
    this.finished++;
    running.lengths[slot] = 0;
  }

  private columns(): Record<string, Float32Array | Int32Array> {
    const { obs, actions, returns, running } = this;
    return {
      obs,
      actions,
      returns,
      runningObs: running.obs,
      runningActions: running.actions,
      runningRewards: running.rewards,
      runningLengths: running.lengths,
    };
  }
}
