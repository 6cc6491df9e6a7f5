/**
 * The contract of a learner that is fitted to a data set, one minibatch at a time, instead of learning from its own steps.
 * A fitted policy can play its world, which is how it is evaluated; a model of a data set predicts examples it has not seen.
 */
import type { z } from 'zod';
import type { AgentNetwork, AgentPreset, DefinitionBase, Learner, Metrics, Player } from './agent.ts';
import type { BatchSource, Task } from './data-set.ts';
import type { EnvSpec } from './env.ts';
import type { Problem } from './errors.ts';
import type { RngStreams } from './rng.ts';
import type { ActionBuffer } from './vector-env.ts';

export interface Fitter extends Learner {
  /** Examples that one gradient step learns from. */
  readonly batchSize: number;
  /** Examples learned from so far, counted each time they are used. */
  readonly examples: number;
  /** Whether all epochs are over; `fit` then does nothing until `tune` raises their number. */
  readonly finished: boolean;
  /** Does some gradient steps, one minibatch each. Returns a promise only if the device is asynchronous. */
  fit(): Metrics | undefined | Promise<Metrics | undefined>;
}

export interface FittedPolicy extends Fitter, Player {}

/** Whole episodes of recorded play, observed as the policy observes its world: the data set of behaviour cloning. */
export interface Demonstrations {
  /** [steps × observation] */
  readonly obs: Float32Array;
  /** [steps], in the array that the world's actions use. */
  readonly actions: ActionBuffer;
  /** [episodes + 1] the step at which each episode begins, and the number of steps. */
  readonly starts: Int32Array;
}

/** A policy that is fitted to demonstrations. `Compute` is what src/compile offers; core does not look inside. */
export interface ClonerDefinition<Compute, C extends z.ZodObject = z.ZodObject> extends DefinitionBase<C> {
  readonly kind: 'cloner';
  readonly needs: 'demonstrations';
  /** `spec` is the world as the policy sees it, wrappers included. */
  create(
    spec: EnvSpec,
    config: z.output<C>,
    streams: RngStreams,
    compute: Compute,
    demonstrations: Demonstrations,
  ): FittedPolicy | Promise<FittedPolicy>;
}

/** `defineAgent` for cloners. */
export function defineCloner<Compute, C extends z.ZodObject>(
  definition: Omit<ClonerDefinition<Compute, C>, 'kind' | 'needs'>,
): ClonerDefinition<Compute> {
  return { kind: 'cloner', needs: 'demonstrations', ...definition };
}

// Models of data sets

/** What a model is told of its data. */
export interface DataSpec {
  /** Of one input, as in `Examples`. */
  readonly shape: readonly number[];
  readonly task: Task;
}

/** How a model takes its examples. */
export interface Batching {
  readonly size: number;
  readonly shuffle: boolean;
  /** Share of the training examples that is held out. */
  readonly validation: number;
  /** Whether inputs are standardised by the training examples. */
  readonly standardise: boolean;
  /** Epochs without a lower validation loss after which the fit stops; absent or 0: never. */
  readonly patience?: number;
}

/** Predicts classes or numbers from inputs. */
export interface Model extends Fitter {
  /** Passes over the training examples that are complete. */
  readonly epoch: number;
  /** Numbers that it predicts of one input: a logit per class, a value per number, or the input itself. */
  readonly outputs: number;
  /** Fetches the weights of the last gradient step for `predict`; a promise only if the device is asynchronous. */
  sync(): void | Promise<void>;
  /** inputs [n × shape] as in training → [n × outputs], an array of its own that the next call may overwrite. */
  predict(inputs: Float32Array, n: number): Float32Array;
  /** Views of all parameters as of the last `sync`, for reading. */
  tensors(): readonly Parameter[];
  /** The parameters as of the last `sync`, for looks that take longer than until the next one. */
  keep(): KeptWeights;
  /** Sets one number of the parameter with this name. Throws an `InputError` if there is no such number. */
  setParameter(name: string, index: number, value: number): void | Promise<void>;
  /** Absent where there are no layers to look into. */
  readonly insight?: Insight;
}

/** Parameters as they were at some time, whatever the model has learned since. */
export interface KeptWeights {
  /** Runs a task, without gradient steps in it, in which `predict`, `tensors` and `insight` are of these parameters. */
  during<T>(task: () => T): T;
}

/** A parameter tensor by name, such as `0/kernel` of layer 0. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A copy of a model's network whose parameters may be overwritten without touching the model. */
export interface NetworkCopy {
  /** The flat block of all parameters. */
  readonly weights: Float32Array;
  /** As `Model.predict`, with `weights` as they are. */
  predict(inputs: Float32Array, n: number): Float32Array;
  dispose(): void;
}

/** What happens inside a model, with the weights of the last `sync`. All inputs are as in training. */
export interface Insight {
  /** The flat block of all parameters, for reading. */
  readonly weights: Float32Array;
  /** Outputs [n × numbers] of every layer for inputs [n × shape], the last being what the model predicts. */
  activations(x: Float32Array): readonly Float32Array[];
  /**
   * ∂ Σ chosen ⊙ y / ∂ x for inputs [n × shape], where y [n × numbers] is the output of a layer, by default the last, or the sum
   * that goes into its activation function; and that total per row.
   */
  gradient(
    x: Float32Array,
    n: number,
    chosen: Float32Array,
    layer?: number,
    of?: 'output' | 'sum',
  ): { readonly gradient: Float32Array; readonly values: Float32Array };
  /** ∂ loss / ∂ x [n × shape] with the cross-entropy of the labels [n]. */
  lossGradient(x: Float32Array, labels: Int32Array): Float32Array;
  copy(): NetworkCopy;
}

/** A named set of a model's settings. */
export interface ModelPreset<C> extends Pick<AgentPreset<C>, 'source' | 'config'> {
  /** How pictures change while it learns; fields of src/data/augment.ts. */
  readonly augment?: Readonly<Record<string, number>>;
  /** Ids of the data sets whose picker offers it; absent: all. */
  readonly data?: readonly string[];
}

/** A model as the catalogue lists it. `Compute` is what src/compile offers; core does not look inside. */
export interface ModelDefinition<Compute, C extends z.ZodObject = z.ZodObject> {
  readonly kind: 'model';
  readonly id: string;
  readonly title: string;
  /** One sentence for the picker, and the paper it follows. */
  readonly summary: string;
  readonly config: C;
  /** As in `DefinitionBase`. */
  readonly main: readonly (keyof z.input<C> & string)[];
  readonly presets: Readonly<Record<string, ModelPreset<z.input<C>>>>;
  /** Why this model cannot learn this data, or undefined if it can. Asked before anything is created. */
  refuses(spec: DataSpec, config: z.output<C>): Problem | undefined;
  batching(config: z.output<C>): Batching;
  /** Whether it predicts its inputs rather than the targets. */
  readonly reconstructs?: boolean;
  /** Its network for data that it does not refuse. */
  networks(spec: DataSpec, config: z.output<C>): readonly AgentNetwork[];
  create(
    spec: DataSpec,
    config: z.output<C>,
    streams: RngStreams,
    compute: Compute,
    batches: BatchSource,
  ): Model | Promise<Model>;
}

/** `defineAgent` for models. */
export function defineModel<Compute, C extends z.ZodObject>(
  definition: Omit<ModelDefinition<Compute, C>, 'kind'>,
): ModelDefinition<Compute> {
  return { kind: 'model', ...definition } as unknown as ModelDefinition<Compute>;
}
