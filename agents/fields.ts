/** Settings that several agents share, each with the agent's own default, so that a setting means the same everywhere. */
import type { z } from 'zod';
import { integer, json, number, toggle } from '#core/config.ts';
import type { Condition } from '#core/when.ts';
import { BODY_EXPECTED, bodySchema } from '#agents/nn/spec.ts';

type NumberField = z.ZodDefault<z.ZodNumber>;

// What every agent has

export function numEnvs(value: number): NumberField {
  return integer({
    label: 'Parallel environments',
    help: 'Copies of the world that are stepped together.',
    default: value,
    min: 1,
    max: 1024,
    scale: 'log',
    formerly: ['worlds'],
  });
}

export function gamma(value: number): NumberField {
  return number({
    label: 'Discount γ',
    help: 'What a reward one step later is worth now. Near 1 looks far ahead; 1 counts every reward in full.',
    default: value,
    min: 0,
    max: 1,
    live: true,
  });
}

export function epsilonStart(value: number, when: Condition): NumberField {
  return number({
    label: 'Initial ε',
    help: 'Probability of a random action at the start of training.',
    default: value,
    min: 0,
    max: 1,
    live: true,
    when,
  });
}

export function epsilonEnd(value: number, when?: Condition): NumberField {
  return number({
    label: 'Final ε',
    help: 'Probability of a random action once ε has decayed.',
    default: value,
    min: 0,
    max: 1,
    live: true,
    when,
  });
}

export function epsilonSteps(value: number, min = 0, when?: Condition): NumberField {
  return integer({
    label: 'ε decay steps',
    help: 'Env steps over which ε decays linearly from its initial to its final value.',
    unit: 'steps',
    default: value,
    min,
    max: 1_000_000_000,
    live: true,
    when,
  });
}

// Networks and their optimizer

/** `auto` says in words which layers that is. */
export function network(auto: string): z.ZodPrefault<typeof bodySchema> {
  return json(bodySchema, {
    label: 'Network',
    help: `Hidden layers. auto: ${auto}.`,
    default: 'auto',
    expected: BODY_EXPECTED,
  });
}

/** For policies and their values: see policy/networks.ts. */
export function policyNetwork(): z.ZodPrefault<typeof bodySchema> {
  return network('64-64 with tanh for vectors, 16 filters and 128 units for planes');
}

export function learningRate(value: number): NumberField {
  return number({
    label: 'Learning rate',
    help: 'Step size of the optimizer. Higher learns faster, up to where it diverges.',
    default: value,
    min: 1e-6,
    max: 0.1,
    scale: 'log',
    live: true,
  });
}

/** `of`: what is counted. */
export function learningRateSteps(value: number, of: 'Env' | 'Gradient' = 'Env'): NumberField {
  return integer({
    label: 'Learning rate decay steps',
    help: `${of} steps over which the learning rate decays linearly, to 0 if there is no final one; with 0 it stays constant.`,
    unit: 'steps',
    default: value,
    off: 0,
    min: 0,
    max: 1_000_000_000,
    live: true,
  });
}

export function gradientClip(value: number): NumberField {
  return number({
    label: 'Max gradient norm',
    help: 'Gradients with a larger global norm are scaled down to this one (Pascanu et al. 2013); 0 switches clipping off.',
    default: value,
    off: 0,
    min: 0,
    max: 1000,
    scale: 'log',
    live: true,
  });
}

export function optimizerEpsilon(value: number, when?: Condition): NumberField {
  return number({
    label: 'Optimizer ε',
    help: 'Added to the denominator of adaptive optimizers for numerical stability.',
    default: value,
    min: 1e-10,
    max: 1,
    scale: 'log',
    when,
  });
}

// Learning from rollouts

export function steps(value: number): NumberField {
  return integer({
    label: 'Steps per rollout',
    help: 'Steps collected from each environment between two updates.',
    unit: 'steps',
    default: value,
    min: 1,
    max: 8192,
    scale: 'log',
  });
}

export function epochs(value: number): NumberField {
  return integer({ label: 'Epochs', help: 'Passes over each rollout.', default: value, min: 1, max: 100 });
}

export function minibatches(value: number): NumberField {
  return integer({
    label: 'Minibatches',
    help: 'Minibatches per epoch, one gradient step each, at most as many as a rollout has steps; rows that do not divide evenly are left out of an epoch.',
    default: value,
    min: 1,
    max: 256,
    scale: 'log',
  });
}

export function gaeLambda(value: number): NumberField {
  return number({
    label: 'GAE λ',
    help: 'Advantages (Schulman et al. 2016): 0 bootstraps from the next value alone, less bias and more variance towards 1.',
    default: value,
    min: 0,
    max: 1,
    live: true,
  });
}

export function normaliseAdvantages(value: boolean, help: string): z.ZodDefault<z.ZodBoolean> {
  return toggle({ label: 'Normalise advantages', help, default: value, formerly: ['normaliseReturns'] });
}

export function entropyCoefficient(value: number): NumberField {
  return number({
    label: 'Entropy coefficient',
    help: "Weight of the policy's entropy in the loss. Higher keeps exploring for longer.",
    default: value,
    off: 0,
    min: 0,
    max: 1,
    scale: 'log',
    live: true,
    formerly: ['entropy'],
  });
}

export function valueCoefficient(value: number, when?: Condition): NumberField {
  return number({
    label: 'Value loss coefficient',
    help: 'Weight of the value loss beside the policy loss.',
    default: value,
    min: 0,
    max: 10,
    live: true,
    formerly: ['valueWeight'],
    when,
  });
}

export function shared(value: boolean): z.ZodDefault<z.ZodBoolean> {
  return toggle({
    label: 'Shared network',
    help: 'Policy and value are two outputs of one network instead of two networks.',
    default: value,
  });
}

// Learning from a replay buffer

export function batchSize(value: number): NumberField {
  return integer({
    label: 'Batch size',
    help: 'Transitions per gradient step.',
    default: value,
    min: 1,
    max: 4096,
    scale: 'log',
  });
}

export function trainEvery(value: number): NumberField {
  return integer({
    label: 'Train every',
    help: 'Env steps between two rounds of gradient steps.',
    unit: 'steps',
    default: value,
    min: 1,
    max: 100_000,
    scale: 'log',
    live: true,
  });
}

export function gradientSteps(value: number): NumberField {
  return integer({
    label: 'Gradient steps',
    help: 'Gradient steps per round.',
    default: value,
    min: 1,
    max: 10_000,
    scale: 'log',
    live: true,
  });
}

export function learningStarts(value: number, help: string): NumberField {
  return integer({
    label: 'Learning starts',
    help,
    unit: 'steps',
    default: value,
    min: 1,
    max: 1_000_000,
    scale: 'log',
  });
}

export function randomSteps(value: number): NumberField {
  return learningStarts(value, 'Env steps of uniformly random actions that only fill the replay buffer.');
}

export function replaySize(value: number): NumberField {
  return integer({
    label: 'Replay buffer size',
    help: 'Transitions that are kept; a new one overwrites the oldest.',
    default: value,
    min: 16,
    max: 2_000_000,
    scale: 'log',
  });
}

export function softTargetRate(value: number): NumberField {
  return targetRate(
    value,
    'How far the target networks move towards the learned ones at every update (Lillicrap et al. 2016); 1 copies them.',
  );
}

export function targetRate(value: number, help: string): NumberField {
  return number({
    label: 'Target update rate τ',
    help,
    default: value,
    min: 0.0001,
    max: 1,
    scale: 'log',
    live: true,
  });
}
