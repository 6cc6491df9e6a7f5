/**
 * What agents that learn from a replay memory share: the memory and a batch of it, when gradient steps are due, and continuous
 * actions in units of their box.
 */
import type { StepBuffers } from '#core/agent.ts';
import { observationSize, type ActionSpec, type EnvSpec } from '#core/env.ts';
import { NStep, Replay, type Batch } from '#core/replay.ts';
import type { Rng } from '#core/rng.ts';
import { reached } from '#core/schedule.ts';
import { actionsTaken, float32, observations, type InputArrays } from '#agents/nn/inputs.ts';

/** A batch of B transitions; `Experience.sample` writes it. */
export function transitionInputs(spec: EnvSpec, batch: number) {
  return {
    obs: observations(spec, batch),
    actions: actionsTaken(spec, batch),
    /** Σ γⁱ r over the steps of a transition. */
    rewards: float32([batch]),
    /** γᵏ after k steps, 0 where the episode terminated. */
    discounts: float32([batch]),
    nextObs: observations(spec, batch),
  };
}

export interface OffPolicyConfig {
  readonly numEnvs: number;
  readonly batchSize: number;
  readonly replaySize: number;
  readonly learningStarts: number;
  readonly trainEvery: number;
  readonly gradientSteps: number;
}

/** Gradient steps that the last step of the environments has made due. */
export function gradientStepsDue(config: OffPolicyConfig, steps: number): number {
  if (steps < config.learningStarts) return 0;
  return reached(config.trainEvery, steps, config.numEnvs) * config.gradientSteps;
}

/** The replay memory, the n-step transitions on their way into it, and the batch that a gradient step is made on. */
export class Experience {
  readonly replay: Replay;
  readonly nStep: NStep;
  readonly batch: Batch;

  /** `inputs`: those of `transitionInputs`, which are the batch. */
  constructor(
    spec: EnvSpec,
    { replaySize, numEnvs, batchSize }: OffPolicyConfig,
    inputs: InputArrays<ReturnType<typeof transitionInputs>>,
    nStep = 1,
  ) {
    const actionDims = spec.action.kind === 'discrete' ? 0 : spec.action.low.length;
    const shape = { capacity: replaySize, observation: observationSize(spec), actionDims };
    this.replay = new Replay(shape);
    this.nStep = new NStep(shape, numEnvs, nStep);
    this.batch = { ...inputs, rows: new Int32Array(batchSize) };
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

/** Continuous actions: −1 … 1 fills the world's box. Discrete ones have no dims. */
export class ActionBox {
  /** Half the box and its middle, per dim. */
  private readonly half: readonly number[];
  private readonly middle: readonly number[];

  constructor(action: ActionSpec) {
    const { low, high } = action.kind === 'box' ? action : { low: [], high: [] };
    this.half = low.map((least, d) => (high[d] - least) / 2);
    this.middle = low.map((least, d) => (high[d] + least) / 2);
  }

  /** From −1 … 1 to the world's number. */
  toWorld(dim: number, x: number): number {
    return this.middle[dim] + this.half[dim] * x;
  }

  /** From the world's numbers [B, dims] to −1 … 1, in place. */
  normalise(actions: Float32Array | Int32Array): void {
    const { half, middle } = this;
    if (half.length === 0) return;
    for (let k = 0; k < actions.length; k++) {
      const dim = k % half.length;
      actions[k] = (actions[k] - middle[dim]) / half[dim];
    }
  }
}
