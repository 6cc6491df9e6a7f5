/**
 * What agents that learn by gradient steps share beside their algorithm: live settings, counters, random streams, how a loop
 * of gradient steps is run, and how all of it is saved.
 */
import type { Metrics } from '#core/agent.ts';
import type { EnvSpec } from '#core/env.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import {
  child,
  restoreKept,
  savedArray,
  savedNumber,
  saveKept,
  type Kept,
  type Snapshot,
} from '#core/snapshot.ts';
import { whenReady, type MaybePromise } from '#compile/step.ts';
import type { InputTable } from './inputs.ts';
import type { Learner } from './learner.ts';

/** What an agent is made of, once its step is compiled. */
export interface Parts<Config, Plan, Inputs extends InputTable> {
  readonly spec: EnvSpec;
  readonly config: Config;
  readonly plan: Plan;
  readonly learner: Learner<Inputs>;
  readonly streams: RngStreams;
}

/** Outputs of a step that have been read, which are valid until the next step. */
export type Outputs<Name extends string> = Readonly<Record<Name, Float32Array>>;

/**
 * A loop of gradient steps: `const outputs = yield this.step(read)`. A generator and not an async function, because a device
 * that answers at once must not make the loop wait.
 */
export type Training<Name extends string> = Generator<
  MaybePromise<Outputs<Name>>,
  Metrics | undefined,
  Outputs<Name>
>;

export abstract class GradientAgent<Config extends object, Stream extends string> {
  config: Config;
  /** Env steps lived, and gradient steps made. */
  steps = 0;
  updates = 0;
  readonly rngs: Readonly<Record<Stream, SavableRng>>;
  protected readonly learner: Learner;
  /** What the algorithm keeps from step to step, under the names that a checkpoint uses. */
  protected abstract readonly kept: Readonly<Record<string, Kept>>;

  /** `purposes` name the random streams that the algorithm draws from. */
  constructor(
    { config, learner, streams }: Pick<Parts<Config, unknown, InputTable>, 'config' | 'learner' | 'streams'>,
    purposes: readonly Stream[],
  ) {
    this.config = config;
    this.learner = learner;
    const rngs = purposes.map((purpose) => [purpose, streams(purpose)]);
    this.rngs = Object.fromEntries(rngs) as Record<Stream, SavableRng>;
  }

  /** One gradient step on the inputs as they are; gives the outputs that are read. */
  protected step<Name extends string>(read: readonly Name[]): MaybePromise<Outputs<Name>> {
    this.updates++;
    return this.learner.run(read) as MaybePromise<Outputs<Name>>;
  }

  /** Runs a loop of gradient steps, then brings the weights over to acting. Gives the metrics that it returns. */
  protected train<Name extends string>(training: Training<Name>): MaybePromise<Metrics | undefined> {
    return whenReady(advance(training), (metrics) => whenReady(this.learner.sync(), () => metrics));
  }

  /** Outputs that are scalars as metrics; undefined where no step was made. */
  protected report<Name extends string>(
    reports: Readonly<Record<Name, string>>,
    outputs: Outputs<NoInfer<Name>> | undefined,
  ): Metrics | undefined {
    if (!outputs) return undefined;
    const metrics: Record<string, number> = {};
    for (const name in reports) metrics[reports[name]] = outputs[name][0];
    metrics['train/updates'] = this.updates;
    return metrics;
  }

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<Config>) };
  }

  snapshot(): MaybePromise<Snapshot> {
    const rngs = Object.entries<SavableRng>(this.rngs).map(([name, rng]) => [name, rng.state.slice()]);
    return whenReady(this.learner.snapshot(), (learner) => ({
      learner,
      steps: this.steps,
      updates: this.updates,
      rngs: Object.fromEntries(rngs) as Snapshot,
      ...saveKept(this.kept),
    }));
  }

  restore(saved: Snapshot): MaybePromise<void> {
    this.steps = savedNumber(saved, 'steps');
    this.updates = savedNumber(saved, 'updates');
    for (const [name, rng] of Object.entries<SavableRng>(this.rngs))
      rng.state.set(savedArray(child(saved, 'rngs'), name));
    restoreKept(this.kept, saved);
    return this.learner.restore(child(saved, 'learner'));
  }

  dispose(): void {
    this.learner.dispose();
  }
}

/** Runs a loop to its end, at once as long as steps answer at once. */
function advance<Name extends string>(
  training: Training<Name>,
  outputs = {} as Outputs<Name>,
): MaybePromise<Metrics | undefined> {
  for (let given = outputs; ;) {
    const { done, value } = training.next(given);
    if (done) return value;
    if (value instanceof Promise) return value.then((later) => advance(training, later));
    given = value;
  }
}
