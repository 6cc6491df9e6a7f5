/**
 * A compiled step with its inputs, the CPU's copy of the weights and those that act or look with it. Everything is synchronous
 * unless the device is asynchronous.
 */
import {
  whenReady,
  type Compute,
  type MaybePromise,
  type NamedValues,
  type Runner,
  type Step,
  type TensorShape,
} from '#compile/step.ts';
import { savedArray, type Snapshot } from '#core/snapshot.ts';
import { Actor } from './actor.ts';
import { allocateInputs, entries, type Input, type InputArrays, type InputTable } from './inputs.ts';
import { Inspector } from './inspector.ts';
import type { NetworkPlan } from './spec.ts';

/** A state tensor and its first values. */
export interface State {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A flat block of parameters as the state of a step. */
export function block(values: Float32Array): State {
  return { shape: [values.length], values };
}

export interface LearnerPlan<T extends InputTable> {
  readonly name: string;
  readonly step: Step;
  /** What the step carries from run to run. */
  readonly state: Readonly<Record<string, State>>;
  readonly inputs: T;
  /** The state tensors, flat blocks, that acting needs. */
  readonly actor: readonly string[];
  /** Those at the end of `actor` that acting seldom needs: they are fetched when it does, where the device answers at once. */
  readonly seldom?: readonly string[];
}

/** Compiles the step; acts with the initial weights until the first `sync`. */
export function createLearner<T extends InputTable>(
  compute: Compute,
  plan: LearnerPlan<T>,
): MaybePromise<Learner<T>> {
  const { name, step, state, inputs } = plan;
  const shapes = {
    state: entries(state, ({ shape }) => ({ shape, dtype: 'float32' }) satisfies TensorShape),
    inputs: entries(inputs, (input) => input && { shape: input.shape, dtype: input.dtype }),
  };
  const initial = entries(state, ({ values }) => values);
  return whenReady(
    compute.compile(name, step, shapes, initial),
    (runner) => new Learner(compute, runner, plan),
  );
}

/** Blocks and their place in the weights. */
interface Part {
  readonly names: readonly string[];
  readonly weights: Float32Array;
}

/** An input that is filled before a step, and its array. */
type Filled = readonly [array: Float32Array | Int32Array, input: Input];

export class Learner<T extends InputTable = InputTable> {
  readonly inputs: InputArrays<T>;
  /** The blocks of `actor`, one after another, as of the last `sync`; those of `seldom` as of the last acting with them. */
  readonly weights: Float32Array;
  private readonly compute: Compute;
  private readonly runner: Runner;
  private readonly state: readonly string[];
  private readonly given: NamedValues;
  private readonly filled: readonly Filled[];
  private readonly users: (Actor | Inspector)[] = [];
  private readonly often: Part;
  private readonly seldom: Part;
  /** Whether the seldom part of the weights is older than the last `sync`. */
  private stale = false;
  /** Whether the device lets others wait for its answers. */
  private isSlow = false;

  constructor(compute: Compute, runner: Runner, { state, inputs, actor, seldom = [] }: LearnerPlan<T>) {
    this.compute = compute;
    this.runner = runner;
    this.state = Object.keys(state);
    this.inputs = allocateInputs(inputs);
    const given = entries(this.inputs as Readonly<Record<string, Filled[0] | undefined>>, (array) => array);
    this.given = given;
    this.filled = Object.entries(inputs).flatMap(([name, input]) =>
      input?.fill ? [[given[name], input] as const] : [],
    );
    this.weights = Float32Array.from(actor.flatMap((name) => [...state[name].values]));
    const often = actor.slice(0, actor.length - seldom.length);
    const size = often.reduce((sum, name) => sum + state[name].values.length, 0);
    this.often = { names: often, weights: this.weights.subarray(0, size) };
    this.seldom = { names: seldom, weights: this.weights.subarray(size) };
  }

  /**
   * Acting with the network whose block begins at `offset` of `weights`, usually on `batch` rows; it follows every `sync`
   * and goes with the learner. `noise`: see `Actor`.
   */
  actor(plan: NetworkPlan, batch: number, offset = 0, noise?: Float32Array): Actor {
    const weights = this.weights.subarray(offset, offset + plan.size);
    const fetch = offset < this.often.weights.length ? undefined : () => this.fetch();
    const actor = new Actor(this.compute, plan, { weights, batch, noise, fetch });
    this.users.push(actor);
    return actor;
  }

  /** The same for looking into it. Weights that are `seldom` needed are those of the last acting with them. */
  inspector(plan: NetworkPlan, offset = 0): Inspector {
    const inspector = new Inspector(this.compute, plan, this.weights.subarray(offset, offset + plan.size));
    this.users.push(inspector);
    return inspector;
  }

  /** Fills the inputs in the order of their table, from the agent that they belong to, as it is now. */
  fillInputs(agent: unknown): void {
    for (const [array, input] of this.filled) input.fill?.(array, agent as never);
  }

  /** Runs the step on the inputs as they are; reading no outputs waits for nothing. */
  run(read: readonly string[]): MaybePromise<NamedValues> {
    return this.runner.run(this.given, read);
  }

  /** Fetches the weights from the device. */
  sync(): MaybePromise<void> {
    const { runner, often, seldom } = this;
    if (this.isSlow && seldom.names.length > 0) {
      // Acting cannot wait for this device: everything comes now, with one answer.
      const all = runner.readState([...often.names, ...seldom.names], this.weights);
      return whenReady(all, () => this.weightsChanged());
    }
    const read = runner.readState(often.names, often.weights);
    this.stale = seldom.names.length > 0;
    if (!(read instanceof Promise)) return this.weightsChanged();
    this.isSlow = true;
    this.stale = false;
    return read
      .then(() => (seldom.names.length > 0 ? runner.readState(seldom.names, seldom.weights) : undefined))
      .then(() => this.weightsChanged());
  }

  /** Call it after writing to the weights. */
  weightsChanged(): void {
    for (const user of this.users) user.weightsChanged();
  }

  /** Fetches the seldom used part, from a device that answers at once. */
  private fetch(): void {
    if (!this.stale) return;
    void this.runner.readState(this.seldom.names, this.seldom.weights);
    this.stale = false;
  }

  snapshot(): MaybePromise<Snapshot> {
    return whenReady(this.runner.getState(), (values) => ({ ...values }));
  }

  restore(saved: Snapshot): MaybePromise<void> {
    const values = Object.fromEntries(
      this.state.map((name) => [name, savedArray(saved, name) as Float32Array]),
    );
    return whenReady(this.runner.setState(values), () => this.sync());
  }

  dispose(): void {
    for (const user of this.users) user.dispose();
    this.runner.dispose();
  }
}
