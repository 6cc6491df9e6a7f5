/**
 * A rollout cut into sequences for back-propagation through time: which rows they are, the hidden state where each begins, and
 * where an episode begins within one. Sequence c·E + e is the c-th of environment e.
 */
import { minibatchSize } from '#core/minibatches.ts';
import { float32, type InputTensors } from '#agents/nn/inputs.ts';
import type { Recall } from '#agents/nn/recurrent.ts';
import { HiddenState } from '../actor-critic.ts';
import { memoriesOf, type ActorCriticPlan } from '../networks.ts';
import type { RolloutBuffer } from '../rollout.ts';
import type { PpoConfig } from './config.ts';

/** How a rollout is cut. */
export interface Cut {
  /** T, steps of a sequence: 1 where no network is recurrent, a sequence then is a row. */
  readonly length: number;
  /** Sequences of a rollout, and S, those of a minibatch. */
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
  const length = isRecurrent(plan) ? Math.min(sequenceLength, steps) : 1;
  const count = (numEnvs * steps) / length;
  return { length, count, batch: minibatchSize(count, minibatches) };
}

export function isRecurrent(plan: ActorCriticPlan): boolean {
  return memoriesOf(plan).some((width) => width > 0);
}

/** What a step on S sequences takes besides their rows. */
export function sequenceInputs(plan: ActorCriticPlan, { length, batch }: Cut) {
  const hidden = (network: number) => {
    const width = memoriesOf(plan).at(network) ?? 0;
    return width > 0
      ? float32([batch, width], (into, { sequences }: { readonly sequences: Sequences }) =>
          sequences.hiddenAt(network, into),
        )
      : undefined;
  };
  return {
    /** [T, S] 0 where an episode begins with this row, else 1. */
    nonTerminal: isRecurrent(plan)
      ? float32([batch * length], (into, { sequences }: { readonly sequences: Sequences }) =>
          sequences.nonTerminal(into),
        )
      : undefined,
    /** [S, width] the hidden states of the first and the second network before the first step. */
    hidden0: hidden(0),
    hidden1: hidden(1),
  };
}

/** What each network is told of its past, from a step's inputs. */
export function recallsOf(
  { length }: Cut,
  { nonTerminal, hidden0, hidden1 }: InputTensors<ReturnType<typeof sequenceInputs>>,
): readonly (Recall | undefined)[] {
  return [hidden0, hidden1].map((memory) => memory && { steps: length, memory, nonTerminal, left: [] });
}

export class Sequences {
  readonly count: number;
  /** The hidden state at each sequence's first step; belongs into a checkpoint. */
  readonly starts: HiddenState;
  private readonly length: number;
  private readonly rollout: RolloutBuffer;
  private readonly rows: Uint32Array;
  /** The sequences of the minibatch. */
  private chosen: Uint32Array = new Uint32Array(0);

  constructor(rollout: RolloutBuffer, plan: ActorCriticPlan, { length, count, batch }: Cut) {
    this.rollout = rollout;
    this.length = length;
    this.count = count;
    this.starts = new HiddenState(memoriesOf(plan), count);
    this.rows = new Uint32Array(batch * length);
  }

  /** Keeps the hidden state before a step of the rollout if sequences begin with it. */
  begin(step: number, hidden: HiddenState): void {
    if (step % this.length !== 0) return;
    const { slots } = this.rollout;
    const first = (step / this.length) * slots;
    for (let i = 0; i < slots; i++) this.starts.copyRow(first + i, hidden, i);
  }

  /** The rollout's rows of a minibatch of sequences, step-major [T, S], in an array that the next call overwrites. */
  rowsOf(chosen: Uint32Array): Uint32Array {
    const { rollout, rows, length } = this;
    this.chosen = chosen;
    for (let s = 0; s < chosen.length; s++) {
      const slot = chosen[s] % rollout.slots;
      const first = Math.floor(chosen[s] / rollout.slots) * length;
      for (let t = 0; t < length; t++) rows[t * chosen.length + s] = (first + t) * rollout.slots + slot;
    }
    return rows;
  }

  /** Writes 0 for every row of the minibatch with which an episode begins, else 1. */
  nonTerminal(into: Float32Array): void {
    const { rows, chosen } = this;
    const { slots, terminated, truncated } = this.rollout;
    for (let k = 0; k < rows.length; k++) {
      const before = rows[k] - slots;
      into[k] = k >= chosen.length && terminated[before] | truncated[before] ? 0 : 1;
    }
  }

  /** Writes a network's hidden state at the start of every sequence of the minibatch. */
  hiddenAt(network: number, into: Float32Array): void {
    const { chosen, starts } = this;
    const width = starts.widths[network];
    const block = starts.blocks[network];
    for (let s = 0; s < chosen.length; s++)
      for (let j = 0; j < width; j++) into[s * width + j] = block[chosen[s] * width + j];
  }
}
