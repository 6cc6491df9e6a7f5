/** Settings that the policy-gradient agents share, each with its own default. */
import type { z } from 'zod';
import { integer, json, number, toggle } from '#core/config.ts';
import { BODY_EXPECTED, bodySchema } from '#agents/nn/spec.ts';

type NumberField = z.ZodDefault<z.ZodNumber>;

export const fields = {
  learningRate: (value: number): NumberField =>
    number({
      label: 'Learning rate',
      help: 'Size of a gradient step. More learns faster until it diverges.',
      default: value,
      min: 1e-6,
      max: 0.1,
      scale: 'log',
      live: true,
    }),
  learningRateSteps: (value: number): NumberField =>
    integer({
      label: 'Learning rate falls over',
      help: 'Env steps over which the learning rate falls to 0 in a straight line; 0 keeps it.',
      unit: 'steps',
      default: value,
      min: 0,
      max: 1_000_000_000,
      live: true,
    }),
  gamma: (value: number): NumberField =>
    number({
      label: 'Discount γ',
      help: 'How much the next step counts beside this one. Near 1 looks far ahead.',
      default: value,
      min: 0,
      max: 1,
      live: true,
    }),
  lambda: (value: number): NumberField =>
    number({
      label: 'Trace λ',
      help: '0 trusts the value of the next step, 1 only what was earned.',
      default: value,
      min: 0,
      max: 1,
      live: true,
    }),
  entropy: (value: number): NumberField =>
    number({
      label: 'Entropy bonus',
      help: 'Reward for being undecided; keeps exploring.',
      default: value,
      min: 0,
      max: 1,
      live: true,
    }),
  valueWeight: (value: number): NumberField =>
    number({
      label: 'Weight of the value loss',
      help: 'How much the critic counts beside the policy.',
      default: value,
      min: 0,
      max: 10,
      live: true,
    }),
  gradientClip: (value: number): NumberField =>
    number({
      label: 'Gradient clip',
      help: 'Longest gradient that is applied; longer ones are scaled down. 0 applies any.',
      default: value,
      min: 0,
      max: 1000,
      live: true,
    }),
  optimizerEpsilon: (value: number): NumberField =>
    number({
      label: 'Optimizer ε',
      help: "Added to the optimizer's divisor.",
      default: value,
      min: 1e-10,
      max: 1,
      scale: 'log',
    }),
  worlds: (value: number): NumberField =>
    integer({
      label: 'Worlds',
      help: 'Copies of the world that are played at once.',
      default: value,
      min: 1,
      max: 1024,
      scale: 'log',
    }),
  steps: (value: number): NumberField =>
    integer({
      label: 'Steps per rollout',
      help: 'Steps of every world between two updates.',
      unit: 'steps',
      default: value,
      min: 1,
      max: 8192,
      scale: 'log',
    }),
  network: (): z.ZodPrefault<typeof bodySchema> =>
    json(bodySchema, {
      label: 'Network',
      help: 'Hidden layers of policy and value. auto: 64-64 with tanh for vectors, 16 filters and 128 units for planes.',
      default: 'auto',
      expected: BODY_EXPECTED,
    }),
  shared: (value: boolean): z.ZodDefault<z.ZodBoolean> =>
    toggle({
      label: 'Shared network',
      help: 'Policy and value are two ends of one network instead of two networks.',
      default: value,
    }),
};
