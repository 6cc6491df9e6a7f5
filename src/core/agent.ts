/**
 * The contract of an agent. Acting is synchronous and on the CPU; learning happens in `update`, wherever it is fastest.
 * A run calls act → (world steps) → observe → update, in this order. For policies fitted to a data set, see fit.ts.
 */
import type { z } from 'zod';
import type { WorkerContext } from './workers.ts';
import type { EnvSpec, TransitionModel } from './env.ts';
import type { Normaliser } from './moments.ts';
import type { RngStreams } from './rng.ts';
import type { Snapshot } from './snapshot.ts';
import type { ActionBuffer } from './vector-env.ts';

/** One step of n slots, as the agent sees it. The buffers are reused: copy what is kept. */
export interface StepBuffers {
  readonly n: number;
  /** [n × observation] before the step. */
  readonly obs: Float32Array;
  readonly actions: ActionBuffer;
  /** [n] */
  readonly reward: Float32Array;
  /** [n] 1: the world ended the episode, nothing to bootstrap from. */
  readonly terminated: Uint8Array;
  /** [n] 1: the time limit was reached, bootstrap from `finalObs`. */
  readonly truncated: Uint8Array;
  /** [n × observation] after the step; where the episode ended, the next one's first. */
  readonly nextObs: Float32Array;
  /** [n × observation] the successor observation where the episode ended. */
  readonly finalObs: Float32Array;
  /** The three observations as the world gave them, where they are normalised: what a memory keeps for later. */
  readonly raw?: Pick<StepBuffers, 'obs' | 'nextObs' | 'finalObs'> | undefined;
}

/** Named numbers of one update, `area/name` (`train/loss`); each is defined in the agent's README. */
export type Metrics = Readonly<Record<string, number>>;

/** Metrics that count from the start of the run: over several updates the last value is reported, never a mean. */
export const COUNTERS: ReadonlySet<string> = new Set([
  'train/updates',
  'train/epoch',
  'plan/sweeps',
  'plan/improvements',
]);

/** An agent's estimates for one observation, for the overlays. What an algorithm does not have is absent. */
export interface Inspection {
  /** [actions] Q(s, a). */
  readonly actionValues?: Float32Array;
  /** [actions] π(a | s). */
  readonly probabilities?: Float32Array;
  /** V(s). */
  readonly value?: number;
}

/** The same for n observations at once, such as all states of a tabular world, with what a table keeps beside them. */
export interface Estimates {
  /** [n, actions] */
  readonly actionValues?: Float32Array;
  /** [n, actions] */
  readonly probabilities?: Float32Array;
  /** [n] */
  readonly values?: Float32Array | Float64Array;
  /** [n, actions] how often a pair was learned from. */
  readonly visits?: Float32Array;
  /** [n, actions] e(s, a) of the first training environment. */
  readonly traces?: Float32Array;
}

/** How one update changed Q(s, a), in the numbers that it was made of. */
export interface TableUpdate {
  readonly kind: 'table';
  readonly state: number;
  readonly action: number;
  /** Q(s, a) before it and after it. */
  readonly before: number;
  readonly after: number;
  readonly reward: number;
  /** What the estimate moved towards: the reward and what it expected, discounted, of the rest. */
  readonly target: number;
}

/** Of the transitions that an update of a network learned from, the one of which Q(s, a) is furthest off, as it is now. */
export interface BatchUpdate {
  readonly kind: 'batch';
  /** Transitions in the batch. */
  readonly size: number;
  readonly action: number;
  /** Q(s, a) */
  readonly expected: number;
  /** Σ γⁱ r over its steps. */
  readonly reward: number;
  /** The reward and what is expected, discounted, of the rest. */
  readonly target: number;
}

/** What can play a world: all that evaluation, the arena and recordings need. */
export interface Player {
  /**
   * Chooses actions for n observations [n × observation]: no promise, no allocation. `begins` [n] is 1 where an episode
   * begins with this observation; recurrent agents reset their hidden state for greedy play there. Without it, every row
   * begins an episode. In training (`explore`), `observe` has said which episodes ended.
   */
  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy', begins?: Uint8Array): void;
  /** Its estimates for the current observation of the first training environment; changes nothing. */
  inspect(obs: Float32Array): Inspection;
  /** Its estimates for n observations [n × observation], as if an episode began with each; changes nothing. */
  estimates?(obs: Float32Array, n: number): Estimates;
  /**
   * [observation] how much each number of one observation matters: |∂ max Q / ∂ input|, |∂ log π(a) / ∂ input| of the most
   * probable action, or Σ |∂ μ / ∂ input| over the dims of a continuous one. Changes nothing.
   */
  saliency?(obs: Float32Array): Float32Array;
  /** What it learned last, if anything. */
  lastUpdate?(): TableUpdate | BatchUpdate | undefined;
}

/** What has parameters and settings, whatever it learns from. Returns promises only if the device is asynchronous. */
export interface Learner {
  /** The parameters that acting reads, watched for numbers that are not finite; absent if its metrics show those at once. */
  readonly parameters?: Float32Array;
  /** Applies new values of the config's live fields from the next step on. Values have been validated. */
  tune(config: Readonly<Record<string, unknown>>): void;
  /** The complete state; `lean`: without what was experienced, which then stays as it is when that is restored. */
  snapshot(lean?: boolean): Snapshot | Promise<Snapshot>;
  restore(saved: Snapshot): void | Promise<void>;
  dispose(): void;
}

/** Learns from its own steps in a world. */
export interface Agent extends Player, Learner {
  /** Copies what it keeps of one step. */
  observe(step: StepBuffers): void;
  /** Does the gradient steps that are due, if any. A promise only where the device is asynchronous. */
  update(): Metrics | undefined | Promise<Metrics | undefined>;
}

/** What an agent can be given in addition to its world. */
export interface AgentSources {
  /** If the world has a model. */
  readonly model?: TransitionModel | undefined;
  /** Which of several workers it is, if `workers` asks for more than one. */
  readonly worker?: WorkerContext | undefined;
  /** Where observations are normalised: for those that the agent has kept raw. */
  readonly normaliser?: Normaliser | undefined;
}

/** One of an agent's networks as data: for lists of layers and files of weights. */
export interface AgentNetwork {
  /** `q`, `policy`, `value`, `critic-1`. */
  readonly name: string;
  /** Shape of one observation of it. */
  readonly input: readonly number[];
  /** As in agents/nn/spec.ts. */
  readonly layers: readonly { readonly kind: string }[];
  /** Where its parameters are in the agent's snapshot. The first place is used for greedy play; an import fills all. */
  readonly blocks: readonly NetworkBlock[];
}

/** A place in a flat array of an agent's snapshot. */
export interface NetworkBlock {
  /** The part of the snapshot that holds the array; default `learner`. */
  readonly part?: string;
  readonly name: string;
  readonly offset: number;
}

/** What the catalogue lists for everything that can be trained. */
export interface DefinitionBase<C extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly group: 'tabular' | 'value' | 'policy' | 'search';
  /** One sentence for the picker, and the paper it follows. */
  readonly summary: string;
  readonly config: C;
  /** The three to six settings that matter most, the first ones of a form; all others are folded away by theme. */
  readonly main: readonly (keyof z.input<C> & string)[];
  /** Named settings, e.g. `cleanrl`; values not given keep their default. */
  readonly presets: Readonly<Record<string, AgentPreset<z.input<C>>>>;
  /** Why this agent cannot play a world, or undefined if it can. Asked before anything is created. */
  refuses(spec: EnvSpec, config: z.output<C>): { field: string; expected: string; got: string } | undefined;
  /** Its networks for a world that it does not refuse, the one that acts first. Absent if it has none. */
  networks?(spec: EnvSpec, config: z.output<C>): readonly AgentNetwork[];
  /** How many transitions its replay buffer keeps; absent if it has none. */
  transitions?(config: z.output<C>): number;
  /** How many slots of the world it plays at once. */
  slots(config: z.output<C>): number;
}

/** An agent that learns by reinforcement. `Compute` is what src/compile offers; core does not look inside. */
export interface AgentDefinition<Compute, C extends z.ZodObject = z.ZodObject> extends DefinitionBase<C> {
  readonly kind: 'agent';
  /** The source that it requires, checked before anything is created. */
  readonly needs?: 'model';
  /** How many threads learn together, each with an agent and slots of its own (see workers.ts); absent: one. */
  workers?(config: z.output<C>): number;
  /** `spec` is the world as the agent sees it, wrappers included. */
  create(
    spec: EnvSpec,
    config: z.output<C>,
    streams: RngStreams,
    compute: Compute,
    sources: AgentSources,
  ): Agent | Promise<Agent>;
}

export interface AgentPreset<C> {
  /** Source of the values. */
  readonly source: string;
  /** The worlds that it is for; absent: all that the agent plays. */
  readonly suits?: PresetScope;
  readonly config: Partial<C>;
}

/** Worlds by what an agent observes, a state's index counting as the vector that networks see, and how it acts. */
export interface PresetScope {
  readonly observation?: 'vector' | 'planes';
  readonly action?: EnvSpec['action']['kind'];
}

export function isSuited(
  { observation, action }: PresetScope,
  spec: Pick<EnvSpec, 'observation' | 'action'>,
): boolean {
  const seen = spec.observation.kind === 'planes' ? 'planes' : 'vector';
  return (observation ?? seen) === seen && (action ?? spec.action.kind) === spec.action.kind;
}

/** `continuous actions, observations that are a vector`. */
export function scopeText({ observation, action }: PresetScope): string {
  const parts = [
    ...(action === undefined ? [] : [action === 'box' ? 'continuous actions' : 'discrete actions']),
    ...(observation === undefined
      ? []
      : [`observations that are ${observation === 'vector' ? 'a vector' : 'planes'}`]),
  ];
  return parts.join(', ');
}

/** Ties a definition's table to its functions, then forgets the type parameter. */
export function defineAgent<Compute, C extends z.ZodObject>(
  definition: Omit<AgentDefinition<Compute, C>, 'kind'>,
): AgentDefinition<Compute> {
  return { kind: 'agent', ...definition };
}
