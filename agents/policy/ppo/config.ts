/** Settings of PPO and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { choice, integer, number, toggle } from '#core/config.ts';
import { fields } from '../config.ts';

export const ppoConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  lambda: fields.lambda(0.95),
  clip: number({
    label: 'Clip range',
    help: 'How far an update may move the probability of an action.',
    default: 0.2,
    min: 0.01,
    max: 1,
    live: true,
  }),
  clipValue: toggle({
    label: 'Clip the value too',
    help: 'The value may move by no more than the clip range either.',
    default: false,
  }),
  entropy: fields.entropy(0.01),
  valueWeight: fields.valueWeight(0.5),
  worlds: fields.worlds(8),
  steps: fields.steps(64),
  epochs: integer({
    label: 'Epochs',
    help: 'How often every step of a rollout is learned from.',
    default: 4,
    min: 1,
    max: 100,
  }),
  minibatches: integer({
    label: 'Minibatches',
    help: 'Parts that a rollout is cut into for gradient steps; what does not divide evenly is left out of an epoch.',
    default: 4,
    min: 1,
    max: 256,
    scale: 'log',
  }),
  normaliseAdvantages: toggle({
    label: 'Normalise advantages',
    help: 'Mean 0 and deviation 1 within every minibatch. Where rewards are rare this makes much of noise.',
    default: true,
  }),
  gradientClip: fields.gradientClip(0.5),
  optimizerEpsilon: fields.optimizerEpsilon(1e-5),
  network: fields.network(),
  shared: fields.shared(false),
  memory: choice({
    options: ['none', 'gru', 'lstm'],
    label: 'Memory',
    help: 'A recurrent layer behind the hidden ones, for worlds that do not show all that matters.',
    default: 'none',
  }),
  memorySize: integer({
    label: 'Memory size',
    help: 'Units of the recurrent layer.',
    default: 64,
    min: 1,
    max: 1024,
    scale: 'log',
  }),
  sequence: integer({
    label: 'Sequence',
    help: 'Steps that a network with memory is trained through at a time; divides the steps per rollout. A longer one is cut to the rollout.',
    unit: 'steps',
    default: 16,
    min: 1,
    max: 1024,
    scale: 'log',
  }),
});

export type PpoConfig = z.output<typeof ppoConfig>;

export const ppoPresets: Readonly<Record<string, AgentPreset<z.input<typeof ppoConfig>>>> = {
  cleanrl: {
    source: 'CleanRL ppo.py, for classic control at 500k steps',
    config: {
      learningRate: 2.5e-4,
      learningRateSteps: 500_000,
      clipValue: true,
      worlds: 4,
      steps: 128,
    },
  },
  'sb3-zoo': {
    source: 'RL Baselines3 Zoo, CartPole-v1 at 100k steps (there the clip range falls to 0 too)',
    config: {
      learningRate: 1e-3,
      learningRateSteps: 100_000,
      gamma: 0.98,
      lambda: 0.8,
      entropy: 0,
      worlds: 8,
      steps: 32,
      epochs: 20,
      minibatches: 1,
    },
  },
  'cart-pole': {
    source: 'our setting: CartPole within 30k steps',
    config: { learningRate: 3e-3, entropy: 0 },
  },
  'lunar-lander': {
    source: 'our setting for LunarLander at 500k steps',
    config: {
      learningRate: 1e-3,
      learningRateSteps: 500_000,
      worlds: 16,
      steps: 256,
      epochs: 8,
      minibatches: 32,
    },
  },
  'sb3-zoo-minigrid-door-key': {
    source:
      'RL Baselines3 Zoo, MiniGrid-DoorKey-5x5 at 100k steps, with an entropy bonus that it has not (and normalised observations: `--wrap normaliseObservation=true`)',
    config: {
      learningRate: 2.5e-4,
      worlds: 8,
      steps: 128,
      epochs: 10,
      minibatches: 16,
      network: [
        { kind: 'flatten' },
        { kind: 'dense', units: 64, activation: 'tanh' },
        { kind: 'dense', units: 64, activation: 'tanh' },
      ],
    },
  },
  'minigrid-door-key': {
    source:
      'our setting for MiniGrid-DoorKey-5x5 at 200k steps: advantages as they are, slower and slower (and normalised observations: `--wrap normaliseObservation=true`)',
    config: {
      learningRate: 1e-3,
      learningRateSteps: 200_000,
      normaliseAdvantages: false,
      worlds: 16,
      steps: 128,
      epochs: 8,
      minibatches: 8,
      network: [
        { kind: 'flatten' },
        { kind: 'dense', units: 64, activation: 'tanh' },
        { kind: 'dense', units: 64, activation: 'tanh' },
      ],
    },
  },
  'rl-starter-files': {
    source:
      'rl-starter-files with torch-ac, MiniGrid DoorKey-5x5 (16 worlds, batches of 256; its convolutions less the last)',
    config: {
      worlds: 16,
      steps: 128,
      minibatches: 8,
      network: [
        { kind: 'conv2d', filters: 16, size: 2, activation: 'relu' },
        { kind: 'maxPool', size: 2 },
        { kind: 'conv2d', filters: 32, size: 2, activation: 'relu' },
        { kind: 'flatten' },
        { kind: 'dense', units: 64, activation: 'relu' },
      ],
    },
  },
  memory: {
    source: 'our setting for the sanity world Memory at 20k steps: a GRU, delays up to 10 steps',
    config: {
      learningRate: 2e-3,
      learningRateSteps: 20_000,
      epochs: 8,
      memory: 'gru',
      memorySize: 32,
      sequence: 16,
    },
  },
  minatar: {
    source: "our setting for MinAtar's games, after pgx: many worlds, one network",
    config: {
      learningRate: 5e-4,
      worlds: 32,
      steps: 128,
      epochs: 4,
      minibatches: 4,
      shared: true,
    },
  },
  arcade: {
    source: 'the same for short runs: faster, and slowing down over 1M steps',
    config: {
      learningRate: 2e-3,
      learningRateSteps: 1_000_000,
      worlds: 32,
      steps: 128,
      epochs: 4,
      minibatches: 4,
      shared: true,
    },
  },
};
