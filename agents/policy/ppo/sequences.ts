/**
 * A rollout cut into sequences, through which a recurrent network is trained: which rows they are, what was remembered where
 * each begins, and where an episode begins within one. Sequence c·E + e is the c-th of world e.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { TensorShape, Tensors } from '#compile/step.ts';
import type { StepInputs } from '#agents/nn/learner.ts';
import type { Recall } from '#agents/nn/recurrent.ts';
import { memoriesOf, type ActorCriticPlan } from '../actor-critic.ts';
import { Hidden } from '../hidden.ts';
import { minibatchSize } from '../minibatches.ts';
import type { RolloutBuffer } from '../rollout.ts';
import type { PpoConfig } from './config.ts';

/** How a rollout is cut. */
export interface Cut {
  /** Steps of a sequence: 1 where nothing is remembered, a sequence then is a row. */
  readonly length: number;
  /** Sequences of a rollout, and of a minibatch. */
  readonly count: number;
  readonly batch: number;
}

export function cutOf(
  plan: ActorCriticPlan,
  {
    numEnvs,
    steps,
    sequenceLength,
    minibatches,
  }: Pick<PpoConfig, 'numEnvs' | 'steps' | 'sequenceLength' | 'minibatches'>,
): Cut {
  const length = remembers(plan) ? Math.min(sequenceLength, steps) : 1;
  const count = (numEnvs * steps) / length;
  return { length, count, batch: minibatchSize(count, minibatches) };
}

export function remembers(plan: ActorCriticPlan): boolean {
  return memoriesOf(plan).some((width) => width > 0);
}

/** Shapes of what `Sequences.gather` writes besides rows; none where nothing is remembered. */
export function memoryShapes(
  plan: ActorCriticPlan,
  { length, batch }: Cut,
): Readonly<Record<string, TensorShape>> {
  if (!remembers(plan)) return {};
  const shapes: Record<string, TensorShape> = { goesOn: { shape: [batch * length], dtype: 'float32' } };
  memoriesOf(plan).forEach((width, k) => {
    if (width > 0) shapes[`hidden${k}`] = { shape: [batch, width], dtype: 'float32' };
  });
  return shapes;
}

/** What each network remembers before a minibatch of sequences of so many steps, from a step's inputs. */
export function recallsOf(
  plan: ActorCriticPlan,
  steps: number,
  inputs: Tensors,
): readonly (Recall | undefined)[] {
  return memoriesOf(plan).map((width, k) => {
    if (width === 0) return undefined;
    return { steps, memory: inputs[`hidden${k}`] as tf.Tensor2D, goesOn: inputs['goesOn'], left: [] };
  });
}

export class Sequences {
  readonly count: number;
  /** What was remembered at each sequence's first step; belongs into a checkpoint. */
  readonly starts: Hidden;
  private readonly length: number;
  private readonly rollout: RolloutBuffer;
  private readonly rows: Uint32Array;

  constructor(rollout: RolloutBuffer, plan: ActorCriticPlan, { length, count, batch }: Cut) {
    this.rollout = rollout;
    this.length = length;
    this.count = count;
    this.starts = new Hidden(memoriesOf(plan), count);
    this.rows = new Uint32Array(batch * length);
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
