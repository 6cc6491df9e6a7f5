/**
 * What an off-policy agent keeps of its steps: the n-step returns that are gathered per slot before they are stored, and all
 * parts of such a memory together.
 */
import type { StepBuffers } from './agent.ts';
import { observationSize, type EnvSpec } from './env.ts';
import type { Normaliser } from './moments.ts';
import { ObservationStore } from './observation-store.ts';
import { Replay, type Batch, type ReplayShape, type Transition } from './replay.ts';
import type { Rng } from './rng.ts';
import { copyColumns, restoreColumns, savedArray, type Snapshot } from './snapshot.ts';

/** Instead of an index: no observation. */
const NONE = -1;

/**
 * n-step transitions: gathers the last n steps of every slot and stores (oₜ, aₜ, Σ γⁱ rₜ₊ᵢ, oₜ₊ₖ) in a replay buffer. At an
 * episode's end all shorter tails are stored too; nothing crosses an episode, whether it terminated or was truncated.
 */
export class NStep {
  private readonly replay: Replay;
  private readonly n: number;
  /** [slots, n] pending steps, oldest first from `start`; `obs` are indices in the buffer's store. */
  private readonly columns: {
    readonly obs: Int32Array;
    readonly actions: Float32Array;
    readonly rewards: Float32Array;
    readonly start: Int32Array;
    readonly count: Int32Array;
    /** [slots] the observation after the last step, with which the next one begins; NONE where an episode begins. */
    readonly last: Int32Array;
  };
  private readonly transition: Transition;

  constructor(replay: Replay, slots: number, n: number) {
    this.replay = replay;
    this.n = n;
    const rows = slots * n;
    this.columns = {
      obs: new Int32Array(rows),
      actions: new Float32Array(rows * Math.max(replay.shape.actionDims, 1)),
      rewards: new Float32Array(rows),
      start: new Int32Array(slots),
      count: new Int32Array(slots),
      last: new Int32Array(slots).fill(NONE),
    };
    const { actions } = this.columns;
    this.transition = {
      obs: NONE,
      nextObs: NONE,
      actions,
      actionsOffset: 0,
      reward: 0,
      steps: 0,
      terminated: false,
    };
  }

  /** Takes one step of all slots; `stored` is told every row that was written. */
  observe(step: StepBuffers, gamma: number, stored?: (row: number) => void): void {
    const { n, columns, replay, transition } = this;
    const { observations, shape } = replay;
    const { obs, nextObs, finalObs } = step.raw ?? step;
    for (let slot = 0; slot < step.n; slot++) {
      const at = slot * shape.observation;
      const last = columns.last[slot];
      this.push(step, slot, last === NONE ? observations.add(obs, at) : last);
      const ended = step.terminated[slot] === 1 || step.truncated[slot] === 1;
      transition.nextObs = observations.add(ended ? finalObs : nextObs, at);
      transition.terminated = step.terminated[slot] === 1;
      const least = ended ? 1 : n;
      while (columns.count[slot] >= least) {
        const row = this.pop(slot, gamma);
        stored?.(row);
      }
      if (ended) observations.release(transition.nextObs);
      columns.last[slot] = ended ? NONE : transition.nextObs;
    }
  }

  snapshot(): Snapshot {
    return copyColumns(this.columns);
  }

  /** After the buffer, whose store has the observations. */
  restore(saved: Snapshot): void {
    if ('last' in saved) return restoreColumns(this.columns, saved, 'n-step');
    const { obs, last, ...others } = this.columns;
    restoreColumns(others, saved, 'n-step');
    last.fill(NONE);
    const { n, replay } = this;
    for (let slot = 0; slot < last.length; slot++)
      for (let k = 0; k < others.count[slot]; k++) {
        const row = slot * n + ((others.start[slot] + k) % n);
        obs[row] = replay.addEarlier(savedArray(saved, 'obs'), row);
      }
  }

  /** `obs`: an index, whose reference is kept until the step is stored. */
  private push(step: StepBuffers, slot: number, obs: number): void {
    const { columns, n } = this;
    const { actionDims } = this.replay.shape;
    const row = slot * n + ((columns.start[slot] + columns.count[slot]) % n);
    columns.obs[row] = obs;
    const { discrete, box } = step.actions;
    if (actionDims === 0) columns.actions[row] = discrete[slot];
    for (let d = 0; d < actionDims; d++) columns.actions[row * actionDims + d] = box[slot * actionDims + d];
    columns.rewards[row] = step.reward[slot];
    columns.count[slot]++;
  }

  /** Stores the oldest pending step with the return over all pending ones, and forgets it. */
  private pop(slot: number, gamma: number): number {
    const { columns, n, transition, replay } = this;
    const count = columns.count[slot];
    const start = columns.start[slot];
    let reward = 0;
    for (let k = count - 1; k >= 0; k--)
      reward = columns.rewards[slot * n + ((start + k) % n)] + gamma * reward;
    const row = slot * n + start;
    transition.obs = columns.obs[row];
    transition.actionsOffset = row * Math.max(replay.shape.actionDims, 1);
    transition.reward = reward;
    transition.steps = count;
    columns.start[slot] = (start + 1) % n;
    columns.count[slot] = count - 1;
    const stored = replay.add(transition);
    replay.observations.release(transition.obs);
    return stored;
  }
}

/** The names under which agents keep what they have experienced, from the last step back. */
const EXPERIENCE: ReadonlySet<string> = new Set(
  'replay nStep transitions priorities rollout episodes hidden starts obs actions rewards'.split(' '),
);

/** A record of what an agent keeps, or of what was saved of it, without its experience. */
export function withoutExperience<T>(kept: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => !EXPERIENCE.has(name)));
}

/** Bytes that a transition takes in such a world, where observations are like `obs`, one for each transition. */
export function experienceBytes(spec: EnvSpec, obs: Float32Array): number {
  const { actionDims, levels } = shapeOf(spec, 0);
  // Two indices, the action, the reward, two bytes; in the store a count of references and a place in its list.
  return 8 + 4 * Math.max(actionDims, 1) + 4 + 2 + 8 + ObservationStore.bytesOf(obs, levels);
}

function shapeOf(spec: EnvSpec, capacity: number): ReplayShape {
  const { observation, action } = spec;
  return {
    capacity,
    observation: observationSize(spec),
    levels: observation.kind === 'planes' ? observation.levels : undefined,
    actionDims: action.kind === 'discrete' ? 0 : action.low.length,
  };
}

/** Settings of a memory. */
export interface ExperienceConfig {
  readonly replaySize: number;
  readonly numEnvs: number;
  readonly batchSize: number;
  /** Default 1. */
  readonly nStep?: number;
}

/** A replay buffer, the transitions on their way into it, and the batch that a gradient step is made on. */
export class Experience {
  readonly replay: Replay;
  readonly nStep: NStep;
  readonly batch: Batch;

  /** `arrays`: of a batch, which are the inputs of the step. `normaliser`: of the world's observations, if they have one. */
  constructor(
    spec: EnvSpec,
    { replaySize, numEnvs, batchSize, nStep = 1 }: ExperienceConfig,
    arrays: Omit<Batch, 'rows'>,
    normaliser?: Normaliser,
  ) {
    this.replay = new Replay(shapeOf(spec, replaySize), normaliser);
    this.nStep = new NStep(this.replay, numEnvs, nStep);
    this.batch = { ...arrays, rows: new Int32Array(batchSize) };
  }

  /** Stores the transitions that a step completes; `stored` is told their rows. */
  observe(step: StepBuffers, gamma: number, stored?: (row: number) => void): void {
    this.nStep.observe(step, gamma, stored);
  }

  /** Draws a batch uniformly. */
  sample(gamma: number, rng: Rng): void {
    this.replay.sample(this.batch, gamma, rng);
  }
}
