/**
 * What agents that learn by gradient steps share apart from their algorithm: live settings, counters, random streams, and the way
 * in which their loop of gradient steps is run. Everything is synchronous unless the device is asynchronous.
 */
import type { Metrics } from '#core/agent.ts';
import type { EnvSpec } from '#core/env.ts';
import { withoutExperience } from '#core/experience.ts';
import type { Normaliser } from '#core/moments.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import { whenReady, type MaybePromise } from '#compile/step.ts';
import {
  child,
  restoreKept,
  savedArray,
  savedNumber,
  saveKept,
  type Kept,
  type Snapshot,
} from '#core/snapshot.ts';
import { decayedRate, type DecayingRate, type InputTable } from './inputs.ts';
import type { Learner } from './learner.ts';
import { runLoop } from './loop.ts';

/** What an agent is made of, once its step is compiled. */
export interface Parts<Config, Plan, Inputs extends InputTable> {
  readonly spec: EnvSpec;
  readonly config: Config;
  readonly plan: Plan;
  readonly learner: Learner<Inputs>;
  readonly streams: RngStreams;
  /** For observations that it has kept raw. */
  readonly normaliser?: Normaliser | undefined;
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
  /** Env steps over all environments, and gradient steps so far. */
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

  get parameters(): Float32Array {
    return this.learner.weights;
  }

  /** One gradient step on the current inputs; returns the outputs to read. */
  protected step<Name extends string>(read: readonly Name[]): MaybePromise<Outputs<Name>> {
    this.updates++;
    return this.learner.run(read) as MaybePromise<Outputs<Name>>;
  }

  /** Runs a loop of gradient steps, then fetches the weights for acting. Returns the loop's metrics. */
  protected train<Name extends string>(training: Training<Name>): MaybePromise<Metrics | undefined> {
    return whenReady(runLoop(training, {} as Outputs<Name>), (metrics) =>
      whenReady(this.learner.sync(), () => metrics),
    );
  }

  /** What the learning rate decays over. */
  protected get decayedOver(): number {
    return this.steps;
  }

  /** Outputs that are scalars as metrics, with the learning rate where it decays; undefined where no step was made. */
  protected report<Name extends string>(
    reports: Readonly<Record<Name, string>>,
    outputs: Outputs<NoInfer<Name>> | undefined,
  ): Metrics | undefined {
    if (!outputs) return undefined;
    const metrics: Record<string, number> = { 'train/updates': this.updates };
    for (const name in reports) metrics[reports[name]] = outputs[name][0];
    if ((this.config as Partial<DecayingRate>).learningRateSteps)
      metrics['train/learning-rate'] = decayedRate(this.config as DecayingRate, this.decayedOver);
    return metrics;
  }

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<Config>) };
  }

  snapshot(lean = false): MaybePromise<Snapshot> {
    const rngs = Object.entries<SavableRng>(this.rngs).map(([name, rng]) => [name, rng.state.slice()]);
    return whenReady(this.learner.snapshot(), (learner) => ({
      learner,
      steps: this.steps,
      updates: this.updates,
      rngs: Object.fromEntries(rngs) as Snapshot,
      ...(lean && { lean }),
      ...saveKept(lean ? withoutExperience(this.kept) : this.kept),
    }));
  }

  restore(saved: Snapshot): MaybePromise<void> {
    this.steps = savedNumber(saved, 'steps');
    this.updates = savedNumber(saved, 'updates');
    for (const [name, rng] of Object.entries<SavableRng>(this.rngs))
      rng.state.set(savedArray(child(saved, 'rngs'), name));
    restoreKept(saved['lean'] === true ? withoutExperience(this.kept) : this.kept, saved);
    return this.learner.restore(child(saved, 'learner'));
  }

  dispose(): void {
    this.learner.dispose();
  }
}
