/**
 * A rollout cut into sequences, through which a recurrent network is trained: which rows they are, what was remembered where
 * each begins, and where an episode begins within one. Sequence c·E + e is the c-th of world e.
 */
import type { StepInputs } from '#agents/nn/learner.ts';
import type { Hidden } from '../hidden.ts';
import type { RolloutBuffer } from '../rollout.ts';

export class Sequences {
  /** Steps of a sequence: 1 where nothing is remembered, a sequence then is a row. */
  readonly length: number;
  readonly count: number;
  /** What was remembered at each sequence's first step. */
  readonly starts: Hidden;
  private readonly rollout: RolloutBuffer;
  private readonly rows: Uint32Array;

  /** `starts` has a row per sequence, `batch` is the number of sequences in a minibatch. */
  constructor(rollout: RolloutBuffer, starts: Hidden, batch: number) {
    this.rollout = rollout;
    this.starts = starts;
    this.count = starts.slots;
    this.length = (rollout.steps * rollout.slots) / starts.slots;
    this.rows = new Uint32Array(batch * this.length);
  }

  /** Keeps what is remembered before a step of the rollout if sequences begin with it. */
  begin(step: number, hidden: Hidden): void {
    if (step % this.length !== 0) return;
    const { slots } = this.rollout;
    const first = (step / this.length) * slots;
    for (let i = 0; i < slots; i++) this.starts.copyRow(first + i, hidden, i);
  }

  /**
   * The rollout's rows of a minibatch of S sequences, step-major [T × S], in an array that the next call overwrites; writes
   * `goesOn` [T × S] and per network `hidden<k>` [S × width] into the inputs that have them.
   */
  gather(chosen: Uint32Array, inputs: StepInputs): Uint32Array {
    const { rollout, rows, length, starts } = this;
    const { slots, terminated, truncated } = rollout;
    const { goesOn } = inputs;
    for (let s = 0; s < chosen.length; s++) {
      const slot = chosen[s] % slots;
      const first = Math.floor(chosen[s] / slots) * length;
      for (let t = 0; t < length; t++) {
        const row = (first + t) * slots + slot;
        rows[t * chosen.length + s] = row;
        if (goesOn)
          goesOn[t * chosen.length + s] = t > 0 && terminated[row - slots] | truncated[row - slots] ? 0 : 1;
      }
      starts.widths.forEach((width, k) => {
        for (let j = 0; j < width; j++)
          inputs[`hidden${k}`][s * width + j] = starts.blocks[k][chosen[s] * width + j];
      });
    }
    return rows;
  }
}
