/** Validation of a cloned policy: loss and accuracy over the held-out episodes, on the CPU. */
import type { Metrics } from '#core/agent.ts';
import { argmax } from '#core/argmax.ts';
import { categoricalLogProb, normalLogProb } from '#agents/nn/distributions.ts';
import type { ActorCritic } from '../actor-critic.ts';
import type { Examples } from './examples.ts';

/** Rows per batch. */
const ROWS = 256;
/** σ is at least e⁻³ half boxes: the likelihood of a deterministic player grows without limit as it shrinks. */
export const LEAST_LOG_STD = -3;

export class HeldOut {
  private readonly actor: ActorCritic;
  private readonly examples: Examples;
  private readonly obs: Float32Array;
  private readonly actions: Float32Array;

  constructor(actor: ActorCritic, examples: Examples) {
    const rows = Math.min(ROWS, examples.heldOut.length);
    this.actor = actor;
    this.examples = examples;
    this.obs = new Float32Array(rows * examples.observation);
    this.actions = new Float32Array(rows * examples.width);
  }

  /** No metrics if nothing is held out; `fit` is the name of the training metric. */
  measure(fit: string): Metrics {
    const { examples, actor } = this;
    const total = examples.heldOut.length;
    if (total === 0) return {};
    let [loss, sum] = [0, 0];
    for (let first = 0; first < total; first += ROWS) {
      const count = Math.min(ROWS, total - first);
      examples.gatherHeldOut(first, count, this.obs, this.actions);
      actor.forward(this.obs, count);
      for (let k = 0; k < count; k++) {
        loss -= this.logProb(k);
        sum += this.fit(k);
      }
    }
    return { 'train/held-out-loss': loss / total, [fit.replace('train/', 'train/held-out-')]: sum / total };
  }

  private logProb(row: number): number {
    const { actions, actor } = this;
    const { outputs, action } = actor.plan;
    const from = row * actor.stride;
    if (action.kind === 'discrete') return categoricalLogProb(actor.policy, from, outputs, actions[row]);
    let sum = 0;
    for (let d = 0; d < outputs; d++) {
      const logStd = Math.max(LEAST_LOG_STD, actor.logStd(d));
      sum += normalLogProb(actions[row * outputs + d], actor.policy[from + d], logStd);
    }
    return sum;
  }

  /** 1 for the demonstrated action, 0 for another; of numbers the mean distance. */
  private fit(row: number): number {
    const { actions, actor } = this;
    const { outputs, action } = actor.plan;
    const from = row * actor.stride;
    if (action.kind === 'discrete') return argmax(actor.policy, from, outputs) === actions[row] ? 1 : 0;
    let sum = 0;
    for (let d = 0; d < outputs; d++) sum += Math.abs(actor.policy[from + d] - actions[row * outputs + d]);
    return sum / outputs;
  }
}
