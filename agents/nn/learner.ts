/**
 * A compiled step together with the CPU's copy of the weights and the actors that use it: what every gradient-based agent holds.
 * Everything here is synchronous unless the device is asynchronous.
 */
import {
  whenReady,
  type Compute,
  type MaybePromise,
  type NamedValues,
  type Runner,
  type Step,
} from '#compile/step.ts';
import type { TensorShape } from '#compile/step.ts';
import { savedArray, type Snapshot } from '#core/snapshot.ts';
import { Actor } from './actor.ts';
import { sizeOf, type NetworkPlan } from './spec.ts';

export interface LearnerPlan {
  readonly name: string;
  readonly step: Step;
  readonly state: Readonly<Record<string, TensorShape>>;
  readonly inputs: Readonly<Record<string, TensorShape>>;
  readonly initial: NamedValues;
  /** The state tensors, flat blocks, that acting needs. */
  readonly actor: readonly string[];
  /** Those at the end of `actor` that acting seldom needs: they are fetched when it does, where the device answers at once. */
  readonly seldom?: readonly string[];
}

/** The arrays that a step is run on, written by its owner between runs. */
export type StepInputs = Record<string, Float32Array | Int32Array>;

/** Compiles the step; acts with the initial weights until the first `sync`. */
export function createLearner(compute: Compute, plan: LearnerPlan): MaybePromise<Learner> {
  const { name, step, state, inputs, initial } = plan;
  return whenReady(
    compute.compile(name, step, { state, inputs }, initial),
    (runner) => new Learner(compute, runner, plan),
  );
}

/** Blocks and their place in the weights. */
interface Part {
  readonly names: readonly string[];
  readonly weights: Float32Array;
}

export class Learner {
  /** The blocks of `actor`, one after another, as of the last `sync`; those of `seldom` as of the last acting with them. */
  readonly weights: Float32Array;
  private readonly compute: Compute;
  private readonly runner: Runner;
  private readonly plan: LearnerPlan;
  private readonly actors: Actor[] = [];
  private readonly often: Part;
  private readonly seldom: Part;
  /** Whether the seldom part of the weights is older than the last `sync`. */
  private stale = false;

  constructor(compute: Compute, runner: Runner, plan: LearnerPlan) {
    this.compute = compute;
    this.runner = runner;
    this.plan = plan;
    this.weights = Float32Array.from(plan.actor.flatMap((name) => [...plan.initial[name]]));
    const { actor, seldom = [] } = plan;
    const often = actor.slice(0, actor.length - seldom.length);
    const size = often.reduce((sum, name) => sum + plan.initial[name].length, 0);
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
    this.actors.push(actor);
    return actor;
  }

  /** Arrays of the shapes that the step takes: those of `given`, new ones for the rest. */
  inputs(given: Readonly<StepInputs> = {}): StepInputs {
    return Object.fromEntries(
      Object.entries(this.plan.inputs).map(([name, { shape, dtype }]) => {
        const size = sizeOf(shape);
        return [name, given[name] ?? (dtype === 'int32' ? new Int32Array(size) : new Float32Array(size))];
      }),
    );
  }

  run(inputs: NamedValues, read: readonly string[]): MaybePromise<NamedValues> {
    return this.runner.run(inputs, read);
  }

  /** Brings the weights over from the device. */
  sync(): MaybePromise<void> {
    const { runner, often, seldom } = this;
    const read = runner.readState(often.names, often.weights);
    this.stale = seldom.names.length > 0;
    if (!(read instanceof Promise)) return this.changed();
    // Acting cannot wait for this device: everything comes now.
    this.stale = false;
    return read
      .then(() => (seldom.names.length > 0 ? runner.readState(seldom.names, seldom.weights) : undefined))
      .then(() => this.changed());
  }

  private changed(): void {
    for (const actor of this.actors) actor.weightsChanged();
  }

  /** Brings the seldom part over, from a device that answers at once. */
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
      Object.keys(this.plan.state).map((name) => [name, savedArray(saved, name) as Float32Array]),
    );
    return whenReady(this.runner.setState(values), () => this.sync());
  }

  dispose(): void {
    for (const actor of this.actors) actor.dispose();
    this.runner.dispose();
  }
}

/** Does a thing several times, one after the other; waits only where one of them gives a promise. */
export function repeat(times: number, body: (k: number) => MaybePromise<void>): MaybePromise<void> {
  for (let k = 0; k < times; k++) {
    const pending = body(k);
    if (pending instanceof Promise) return pending.then(() => repeat(times - k - 1, (j) => body(k + 1 + j)));
  }
}
