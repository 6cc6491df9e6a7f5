/**
 * A compiled step together with the CPU's copy of the weights that agents act with: what every gradient-based agent holds.
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

export interface LearnerPlan {
  readonly name: string;
  readonly step: Step;
  readonly state: Readonly<Record<string, TensorShape>>;
  readonly inputs: Readonly<Record<string, TensorShape>>;
  readonly initial: NamedValues;
  /** The state tensors, flat blocks, that acting needs. */
  readonly actor: readonly string[];
}

/** Compiles the step; acts with the initial weights until the first `sync`. */
export function createLearner(compute: Compute, plan: LearnerPlan): MaybePromise<Learner> {
  const { name, step, state, inputs, initial } = plan;
  return whenReady(
    compute.compile(name, step, { state, inputs }, initial),
    (runner) => new Learner(runner, plan),
  );
}

export class Learner {
  /** The blocks of `actor`, one after another, as of the last `sync`. */
  readonly weights: Float32Array;
  private readonly runner: Runner;
  private readonly plan: LearnerPlan;

  constructor(runner: Runner, plan: LearnerPlan) {
    this.runner = runner;
    this.plan = plan;
    this.weights = Float32Array.from(plan.actor.flatMap((name) => [...plan.initial[name]]));
  }

  run(inputs: NamedValues, read: readonly string[]): MaybePromise<NamedValues> {
    return this.runner.run(inputs, read);
  }

  /** Brings the weights over from the device. */
  sync(): MaybePromise<void> {
    return this.runner.readState(this.plan.actor, this.weights);
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
