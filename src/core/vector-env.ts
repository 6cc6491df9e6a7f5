/**
 * A vector environment: n slots of one world, stepped together, with same-step auto-reset (the only mode there is): when an
 * episode ends, `obs` is already the next one's first and `finalObs` its last. Owns time limits, reward weights, return and
 * length of each episode.
 */
import { actionSize, observationSize, type EnvKernel, type EnvSpec, type StepEvents } from './env.ts';
import type { Normaliser } from './moments.ts';
import { restoreTransform, type RewardTransform } from './reward.ts';
import { RewardShaper, type Shaping } from './shaping.ts';
import type { RngStreams, SavableRng } from './rng.ts';
import {
  child,
  copyColumns,
  restoreColumns,
  savedArray,
  type Columns,
  type Snapshot,
  type TypedArray,
} from './snapshot.ts';

/** One action per slot. An agent writes the array of the world's action kind; the other has length 0. */
export interface ActionBuffer {
  /** [n] action indices. */
  readonly discrete: Int32Array;
  /** [n, dims] */
  readonly box: Float32Array;
}

export function actionBuffer(spec: EnvSpec, n: number): ActionBuffer {
  return spec.action.kind === 'discrete'
    ? { discrete: new Int32Array(n), box: new Float32Array(0) }
    : { discrete: new Int32Array(0), box: new Float32Array(n * actionSize(spec)) };
}

/** What turns that which the world says into that which the agent gets. */
export interface Transforms {
  /** For as many slots as there are. */
  readonly reward?: RewardTransform | undefined;
  /** Learns from every observation, unless its statistics are frozen. */
  readonly normaliser?: Normaliser | undefined;
}

/** What a kernel's `step` writes into, reused by all slots. */
class Events implements StepEvents {
  readonly events: Float64Array;
  terminated = false;

  constructor(terms: number) {
    this.events = new Float64Array(terms);
  }
}

export class VectorEnv {
  readonly spec: EnvSpec;
  readonly n: number;
  /** [n, ...observation] what the agent acts on next. */
  readonly obs: Float32Array;
  /** [n, ...observation] the last observation of the episode, valid where the last step terminated or truncated it. */
  readonly finalObs: Float32Array;
  /** The same as the world gives them: other arrays only where observations are normalised. */
  readonly raw: { readonly obs: Float32Array; readonly finalObs: Float32Array };
  /** [n] the agent's reward for the last step: Σ weight · event, shaped, clipped or normalised if the run asks for it. */
  readonly reward: Float32Array;
  /** [n] 1 where the episode ended by the world's rules: do not bootstrap. */
  readonly terminated: Uint8Array;
  /** [n] 1 where the time limit was reached: bootstrap from `finalObs`. Both flags can be 1. */
  readonly truncated: Uint8Array;
  /** [n] undiscounted return before any transform, and length so far, this step included; where the episode has just ended, of the whole of it. */
  readonly episodeReturn: Float64Array;
  readonly episodeLength: Int32Array;
  /** [terms] reward weights; may be written at any time. */
  readonly weights: Float64Array;

  private readonly kernel: EnvKernel;
  private readonly state: Columns;
  private readonly rngs: readonly SavableRng[];
  private readonly out: Events;
  private readonly size: number;
  /** The slots whose episode ended in this step are the first `endedCount` of `ended`. */
  private readonly ended: Int32Array;
  private endedCount = 0;
  /** [n, dims] box actions, and views of the rows to hand to the kernel. */
  private readonly actionRows: Float32Array;
  private readonly boxRows: readonly Float32Array[];
  private readonly transform: RewardTransform | undefined;
  private readonly normaliser: Normaliser | undefined;
  private shaper: RewardShaper | undefined;

  constructor(
    kernel: EnvKernel,
    n: number,
    streams: RngStreams,
    { reward: transform, normaliser }: Transforms = {},
  ) {
    if (!Number.isInteger(n) || n < 1) throw new Error(`n: expected a positive integer, got ${n}`);
    this.kernel = kernel;
    this.transform = transform;
    this.normaliser = normaliser;
    this.spec = kernel.spec;
    this.n = n;
    this.size = observationSize(kernel.spec);
    this.obs = new Float32Array(n * this.size);
    this.finalObs = new Float32Array(n * this.size);
    const { obs, finalObs } = this;
    this.raw = normaliser ? { obs: obs.slice(), finalObs: finalObs.slice() } : { obs, finalObs };
    const features = normaliser?.moments.mean.length ?? this.size;
    if (features !== this.size) throw new Error(`moments: expected ${this.size} features, got ${features}`);
    this.reward = new Float32Array(n);
    this.terminated = new Uint8Array(n);
    this.truncated = new Uint8Array(n);
    this.episodeReturn = new Float64Array(n);
    this.episodeLength = new Int32Array(n);
    this.weights = Float64Array.from(kernel.spec.rewards, (term) => term.weight);
    this.state = kernel.allocate(n);
    this.rngs = Array.from({ length: n }, (_, i) => streams('world', i));
    this.out = new Events(kernel.spec.rewards.length);
    const dims = kernel.spec.action.kind === 'box' ? actionSize(kernel.spec) : 0;
    this.actionRows = new Float32Array(n * dims);
    this.ended = new Int32Array(n);
    this.boxRows = Array.from({ length: dims > 0 ? n : 0 }, (_, i) =>
      this.actionRows.subarray(i * dims, (i + 1) * dims),
    );
    this.reset();
  }

  /** Starts a new episode in every slot; the random streams continue. */
  reset(): void {
    for (let i = 0; i < this.n; i++) {
      this.kernel.reset(this.state, i, this.rngs[i]);
      this.learn(i);
    }
    this.beginShaping();
    this.observe();
    this.episodeReturn.fill(0);
    this.episodeLength.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
  }

  /** Takes one action in every slot. */
  step(actions: ActionBuffer): void {
    // Three short loops: a single one would use more arrays than a processor has registers.
    this.stepSlots(actions);
    this.shaper?.apply(this.state, this.reward, this.terminated);
    this.transform?.apply(this.reward, this.terminated, this.truncated);
    if (this.normaliser) for (let i = 0; i < this.n; i++) this.learn(i);
    this.autoReset();
    this.observe();
  }

  /** Steps every slot, updates return and length, and lists in `ended` the slots whose episode is over. */
  private stepSlots(actions: ActionBuffer): void {
    // Locals, because fields would be read again after every call into the kernel.
    const { kernel, state, rngs, out, n, weights, boxRows, ended } = this;
    const { reward, terminated, truncated, episodeReturn, episodeLength } = this;
    const { events } = out;
    const { discrete } = actions;
    const { maxSteps, action } = this.spec;
    const limit = maxSteps > 0 ? maxSteps : 0x7fffffff;
    const isDiscrete = action.kind === 'discrete';
    if (!isDiscrete) this.actionRows.set(actions.box);
    let endedCount = 0;
    for (let i = 0; i < n; i++) {
      const wasOver = (terminated[i] | truncated[i]) !== 0;
      out.terminated = false;
      kernel.step(state, i, isDiscrete ? discrete[i] : boxRows[i], rngs[i], out);
      let sum = 0;
      for (let k = 0; k < events.length; k++) {
        sum += weights[k] * events[k];
        events[k] = 0;
      }
      reward[i] = sum;
      const length = wasOver ? 1 : episodeLength[i] + 1;
      episodeReturn[i] = wasOver ? sum : episodeReturn[i] + sum;
      episodeLength[i] = length;
      const isTruncated = length >= limit;
      terminated[i] = out.terminated ? 1 : 0;
      truncated[i] = isTruncated ? 1 : 0;
      if (out.terminated || isTruncated) ended[endedCount++] = i;
    }
    this.endedCount = endedCount;
  }

  /** Writes `finalObs` of every slot whose episode is over, and resets the slot. */
  private autoReset(): void {
    const { kernel, state, rngs, finalObs, raw, size, ended, endedCount, normaliser } = this;
    for (let e = 0; e < endedCount; e++) {
      const i = ended[e];
      kernel.observe(state, i, raw.finalObs, i * size);
      normaliser?.normalise(raw.finalObs, finalObs, i * size, (i + 1) * size);
      kernel.reset(state, i, rngs[i]);
      this.shaper?.begin(state, i);
      this.learn(i);
    }
  }

  /** Writes the raw observation of a slot and adds it to the statistics, if there are any. */
  private learn(i: number): void {
    const { normaliser, kernel, state, raw, size } = this;
    if (!normaliser) return;
    kernel.observe(state, i, raw.obs, i * size);
    normaliser.moments.add(raw.obs, i * size);
  }

  /** Writes `obs`. A kernel may refresh what it wrote the last time: nothing but `restore` writes there in between. */
  private observe(): void {
    const { kernel, state, obs, raw, size, n, normaliser } = this;
    if (normaliser) normaliser.normalise(raw.obs, obs);
    else if (kernel.refresh) for (let i = 0; i < n; i++) kernel.refresh(state, i, obs, i * size);
    else for (let i = 0; i < n; i++) kernel.observe(state, i, obs, i * size);
  }

  /** What is added to the agent's rewards from the next step on; undefined adds nothing. */
  shape(shaping: Shaping | undefined): void {
    this.shaper = shaping && new RewardShaper(this.kernel, this.n, shaping);
    this.beginShaping();
  }

  private beginShaping(): void {
    if (this.shaper) for (let i = 0; i < this.n; i++) this.shaper.begin(this.state, i);
  }

  /** Draws slot i as it is now. */
  draw(i: number, list: Parameters<EnvKernel['draw']>[2]): void {
    this.kernel.draw(this.state, i, list);
  }

  snapshot(): Snapshot {
    return {
      state: copyColumns(this.state),
      buffers: copyColumns(this.buffers()),
      rngs: this.rngs.map((rng) => rng.state.slice()),
      ...(this.transform && { transform: copyColumns(this.transform.columns) }),
    };
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.state, child(saved, 'state'), 'world.state');
    restoreColumns(this.buffers(), child(saved, 'buffers'), 'world.buffers');
    const rngs = saved['rngs'] as readonly TypedArray[];
    if (!Array.isArray(rngs) || rngs.length !== this.n)
      throw new Error(`world.rngs: expected ${this.n} streams, got ${String(rngs?.length)}`);
    this.rngs.forEach((rng, i) => rng.state.set(savedArray({ rng: rngs[i] }, 'rng')));
    // Checkpoints from when transforms were wrappers of the world have their columns among the world's.
    if (this.transform)
      restoreTransform(this.transform, child(saved, 'transform' in saved ? 'transform' : 'state'));
    this.beginShaping();
    const { kernel, state, raw, size, normaliser } = this;
    if (!normaliser) return;
    for (let i = 0; i < this.n; i++) kernel.observe(state, i, raw.obs, i * size);
    // The statistics may be others than when it was saved.
    normaliser.normalise(raw.obs, this.obs);
  }

  private buffers(): Columns {
    const { obs, finalObs, reward, terminated, truncated, episodeReturn, episodeLength, weights } = this;
    return { obs, finalObs, reward, terminated, truncated, episodeReturn, episodeLength, weights };
  }
}
