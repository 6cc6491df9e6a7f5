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
    theme: 'Data collection',
    help: 'Copies of the world that are stepped together: more gather data faster, but each sees less between two updates.',
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
    theme: 'Targets',
    help: 'What a reward one step later is worth now: near 1 the agent looks far ahead, near 0 only at the next reward (Sutton & Barto 2018, §3.3).',
    default: value,
    min: 0,
    max: 1,
    scale: 'complement',
    live: true,
  });
}

export function epsilonStart(value: number, when: Condition): NumberField {
  return number({
    label: 'Initial ε',
    theme: 'Exploration',
    help: 'Probability of a random action at the start of training, when there is everything to explore.',
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
    theme: 'Exploration',
    help: 'Probability of a random action once ε has decayed: a little keeps the agent exploring.',
    default: value,
    min: 0,
    max: 1,
    scale: 'log',
    live: true,
    when,
  });
}

export function epsilonSteps(value: number, min = 0, when?: Condition): NumberField {
  return integer({
    label: 'ε decay steps',
    theme: 'Exploration',
    help: 'Env steps over which ε decays linearly from its initial to its final value; longer explores longer.',
    unit: 'steps',
    default: value,
    min,
    max: 1_000_000_000,
    live: true,
    when,
  });
}

// Networks and their optimizer

/** What `auto` stands for where an observation is an image: see nn/spec.ts. */
export const IMAGES = '16 filters and 128 units for planes, Mnih et al. 2015 for pictures';

/** `auto` says in words which layers that is. */
export function network(auto: string): z.ZodPrefault<typeof bodySchema> {
  return json(bodySchema, {
    label: 'Network',
    theme: 'Network',
    help: `Hidden layers as a list; auto stands for ${auto}.`,
    default: 'auto',
    expected: BODY_EXPECTED,
  });
}

/** For policies and their values: see policy/networks.ts. */
export function policyNetwork(): z.ZodPrefault<typeof bodySchema> {
  return network(`64-64 with tanh for vectors, ${IMAGES}`);
}

export function learningRate(value: number): NumberField {
  return number({
    label: 'Learning rate',
    theme: 'Learning',
    help: 'Step size of the optimizer: higher learns faster, up to where training diverges.',
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
    theme: 'Learning',
    help: `${of} steps over which the learning rate decays linearly, to 0 if there is no final one; off keeps it constant.`,
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
    theme: 'Optimizer',
    help: 'Gradients with a larger global norm are scaled down to this one, against sudden large steps (Pascanu et al. 2013).',
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
    theme: 'Optimizer',
    help: 'Added to the denominator of adaptive optimizers for stability; large values damp small gradients (Kingma & Ba 2015).',
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
    theme: 'Data collection',
    help: 'Steps collected from each environment between two updates: more give steadier but rarer updates.',
    unit: 'steps',
    default: value,
    min: 1,
    max: 8192,
    scale: 'log',
  });
}

export function epochs(value: number): NumberField {
  return integer({
    label: 'Epochs',
    theme: 'Learning',
    help: 'Passes over each rollout: more learn more from the same steps, up to where the policy strays too far.',
    default: value,
    min: 1,
    max: 100,
    scale: 'log',
  });
}

export function minibatches(value: number): NumberField {
  return integer({
    label: 'Minibatches',
    theme: 'Learning',
    help: 'Parts into which an epoch splits the rollout, at random, one gradient step each; rows left over by the division sit that epoch out.',
    default: value,
    min: 1,
    max: 256,
    scale: 'log',
  });
}

export function gaeLambda(value: number): NumberField {
  return number({
    label: 'GAE λ',
    theme: 'Values and advantages',
    help: 'How far advantages look before they trust the value: towards 1 with less bias and more variance (GAE, Schulman et al. 2016).',
    default: value,
    min: 0,
    max: 1,
    scale: 'complement',
    live: true,
  });
}

export function normaliseAdvantages(value: boolean, help: string): z.ZodDefault<z.ZodBoolean> {
  return toggle({
    label: 'Normalise advantages',
    theme: 'Values and advantages',
    help,
    default: value,
    formerly: ['normaliseReturns'],
  });
}

export function entropyCoefficient(value: number): NumberField {
  return number({
    label: 'Entropy coefficient',
    theme: 'Exploration',
    help: "Weight of the policy's entropy in the loss: higher keeps the agent exploring for longer (Williams & Peng 1991).",
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
    theme: 'Values and advantages',
    help: 'Weight of the value loss beside the policy loss; it matters most where both share a network.',
    default: value,
    min: 0,
    max: 10,
    scale: 'log',
    live: true,
    formerly: ['valueWeight'],
    when,
  });
}

export function shared(value: boolean): z.ZodDefault<z.ZodBoolean> {
  return toggle({
    label: 'Shared network',
    theme: 'Network',
    help: 'Makes policy and value two outputs of one network instead of two networks: less work, but their gradients compete.',
    default: value,
  });
}
