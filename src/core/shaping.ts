/**
 * What a user adds to the reward that the agent gets: a bonus for where a step ends, and potential-based shaping
 * F = γΦ(s′) − Φ(s), which changes no optimal policy (Ng, Harada & Russell 1999, theorem 1). Both are functions of the
 * world's named quantities. They are added before clipping and normalising, and never to an episode's return.
 */
import { DivergenceError } from './divergence.ts';
import { observationSize, type EnvKernel } from './env.ts';
import type { Columns } from './snapshot.ts';

/** What a user adds, by its name among the reward terms, which no term may have. */
export const REWARD_EDITS = ['formula', 'potential', 'bonus'] as const;
export type RewardEdit = (typeof REWARD_EDITS)[number];

export function isRewardEdit(key: string): key is RewardEdit {
  return (REWARD_EDITS as readonly string[]).includes(key);
}

/** A number as a function of the quantities, in the order of the spec. */
export type OfQuantities = (quantities: Float32Array) => number;

export interface Shaping {
  /** Added for every step, of the state in which it ends. */
  readonly bonus?: OfQuantities | undefined;
  /** Φ; 0 in terminal states, whatever this says of them. */
  readonly potential?: OfQuantities | undefined;
  /** The agent's γ, read at every step because it may change during training. */
  readonly discount: () => number;
}

const REMEDY = 'Change the edited reward so that it is a number wherever the agent may get.';

/** Shapes the rewards of n slots of a kernel. */
export class RewardShaper {
  private readonly kernel: EnvKernel;
  private readonly shaping: Shaping;
  private readonly quantities: Float32Array;
  /** [n] Φ of the state from which the next step starts. */
  private readonly before: Float64Array;

  constructor(kernel: EnvKernel, n: number, shaping: Shaping) {
    const { spec } = kernel;
    this.kernel = kernel;
    this.shaping = shaping;
    this.quantities = new Float32Array(
      kernel.measure ? (spec.quantities?.length ?? 0) : observationSize(spec),
    );
    this.before = new Float64Array(n);
  }

  /** Notes the potential of slot i as it is now: at the start of an episode, and after a change of formula. */
  begin(state: Columns, i: number): void {
    const { potential } = this.shaping;
    if (potential) this.before[i] = finite('the potential', potential(this.measure(state, i)));
  }

  /** Adds to the rewards [n] of the step that has just been taken. */
  apply(state: Columns, rewards: Float32Array, terminated: Uint8Array): void {
    const { bonus, potential, discount } = this.shaping;
    const { before } = this;
    const gamma = discount();
    for (let i = 0; i < rewards.length; i++) {
      const quantities = this.measure(state, i);
      if (bonus) rewards[i] += finite('the bonus', bonus(quantities));
      if (!potential) continue;
      const after = terminated[i] ? 0 : finite('the potential', potential(quantities));
      rewards[i] += gamma * after - before[i];
      before[i] = after;
    }
  }

  private measure(state: Columns, i: number): Float32Array {
    const { kernel, quantities } = this;
    if (kernel.measure) kernel.measure(state, i, quantities);
    else kernel.observe(state, i, quantities, 0);
    return quantities;
  }
}

function finite(what: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new DivergenceError({ what: `${what} of the edited reward`, value, remedy: REMEDY });
}
