/**
 * The last step of every slot, as a table needs it: indices instead of observations, and the true successor where the
 * episode ended. The one place where tabular agents tell termination from truncation.
 */
import type { StepBuffers } from '#core/agent.ts';
import { restoreColumns, copyColumns, type Columns, type Snapshot } from '#core/snapshot.ts';

export class Transitions {
  readonly n: number;
  /** [n] S, A and S'. S' is the final state where the episode ended, never the next episode's first. */
  readonly state: Int32Array;
  readonly action: Int32Array;
  readonly next: Int32Array;
  /** [n] */
  readonly reward: Float64Array;
  /** [n] 1: S' is terminal, its value is 0. */
  readonly terminated: Uint8Array;
  /** [n] 1: the next step belongs to another episode; S' has a value unless `terminated`. */
  readonly ended: Uint8Array;

  constructor(n: number) {
    this.n = n;
    this.state = new Int32Array(n);
    this.action = new Int32Array(n);
    this.next = new Int32Array(n);
    this.reward = new Float64Array(n);
    this.terminated = new Uint8Array(n);
    this.ended = new Uint8Array(n);
  }

  copy(step: StepBuffers): void {
    if (step.n !== this.n) throw new Error(`step.n: expected ${this.n} slots, got ${step.n}`);
    for (let i = 0; i < this.n; i++) {
      const ended = step.terminated[i] | step.truncated[i];
      this.state[i] = step.obs[i];
      this.action[i] = step.actions.discrete[i];
      this.next[i] = ended ? step.finalObs[i] : step.nextObs[i];
      this.reward[i] = step.reward[i];
      this.terminated[i] = step.terminated[i];
      this.ended[i] = ended;
    }
  }

  snapshot(): Snapshot {
    return copyColumns(this.columns());
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.columns(), saved, 'transitions');
  }

  private columns(): Columns {
    const { state, action, next, reward, terminated, ended } = this;
    return { state, action, next, reward, terminated, ended };
  }
}
