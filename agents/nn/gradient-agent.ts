/**
 * What agents that learn by gradient steps have in common beside their algorithm: live settings, counters, random streams,
 * the loop over gradient steps, and how all of it is saved.
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
import { repeat, type Learner, type StepInputs } from './learner.ts';

/** What an agent is made of, once its step is compiled. */
export interface Parts<Config, Plan> {
  readonly spec: EnvSpec;
  readonly config: Config;
  readonly plan: Plan;
  readonly learner: Learner;
  readonly streams: RngStreams;
}

/** Outputs of a step and the metrics they become. */
export type Reports = Readonly<Record<string, string>>;

/** Who wants which output of every step. */
type Readers = Readonly<Record<string, (output: Float32Array) => void>>;

export abstract class GradientAgent<Config extends object, Stream extends string> {
  protected config: Config;
  /** Env steps lived, and gradient steps made. */
  protected steps = 0;
  protected updates = 0;
  protected readonly learner: Learner;
  protected readonly rngs: Readonly<Record<Stream, SavableRng>>;
  /** What the gradient step takes. */
  protected abstract readonly inputs: StepInputs;
  /** What the algorithm keeps from step to step, under the names that a checkpoint uses. */
  protected abstract readonly kept: Readonly<Record<string, Kept>>;

  /** `purposes` name the random streams that the algorithm draws from. */
  constructor(
    { config, learner, streams }: Pick<Parts<Config, unknown>, 'config' | 'learner' | 'streams'>,
    purposes: readonly Stream[],
  ) {
    this.config = config;
    this.learner = learner;
    const rngs = purposes.map((purpose) => [purpose, streams(purpose)]);
    this.rngs = Object.fromEntries(rngs) as Record<Stream, SavableRng>;
  }

  /** Makes gradient steps one after another, then brings the weights over to acting. Gives what the last one reports. */
  protected descend(
    times: number,
    body: (k: number, last: boolean) => MaybePromise<Metrics | undefined>,
  ): MaybePromise<Metrics | undefined> {
    let metrics: Metrics | undefined;
    const done = repeat(times, (k) =>
      whenReady(body(k, k === times - 1), (report) => {
        metrics = report;
      }),
    );
    return whenReady(
      whenReady(done, () => this.learner.sync()),
      () => metrics,
    );
  }

  /** One gradient step on the inputs as they are; without reports and readers it waits for nothing. */
  protected gradientStep(reports: Reports | undefined, readers?: Readers): MaybePromise<Metrics | undefined> {
    this.updates++;
    const names = reports ? Object.keys(reports) : [];
    const read = readers ? [...names, ...Object.keys(readers)] : names;
    return whenReady(this.learner.run(this.inputs, read), (outputs) => {
      if (readers) for (const [name, use] of Object.entries(readers)) use(outputs[name] as Float32Array);
      if (!reports) return undefined;
      const metrics = names.map((name) => [reports[name], outputs[name][0]]);
      return { ...Object.fromEntries(metrics), 'train/updates': this.updates } as Metrics;
    });
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
