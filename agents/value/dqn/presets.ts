/** Named settings of the DQN family, by their source. Values that are not given are the table's defaults. */
import type { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import type { dqnConfig } from './config.ts';

type Preset = AgentPreset<z.input<typeof dqnConfig>>;

const dense = (units: number): { kind: 'dense'; units: number; activation: 'relu' } => ({
  kind: 'dense',
  units,
  activation: 'relu',
});

/** PyTorch's initialisation: weights and biases uniform in ±1/√fanIn, in the last layer too (see q-network.ts). */
const torchDense = (units: number): ReturnType<typeof dense> & { init: 'fanIn' } => ({
  ...dense(units),
  init: 'fanIn',
});

/** DQN as first published, without the improvements of our defaults. */
const plain = { gamma: 0.99, double: false, nStep: 1, learningRateSteps: 0, averageRate: 1 } as const;

/** Short runs on planes. */
const shortArcade = {
  network: 'auto',
  learningRate: 5e-4,
  optimizerEpsilon: 1.5e-4,
  replaySize: 100_000,
  learningStarts: 1000,
  batchSize: 32,
  trainEvery: 4,
  gradientSteps: 1,
  targetEvery: 1000,
  epsilonSteps: 10_000,
} as const;

/**
 * Rainbow's switches, with random actions at the start: exploring by noise alone left it stuck on CartPole, see docs/tuning.md.
 */
const everything = {
  double: true,
  nStep: 3,
  prioritized: true,
  dueling: true,
  noisy: true,
  distribution: 'categorical',
  epsilonStart: 1,
  epsilonEnd: 0,
} as const;

export const dqnPresets: Readonly<Record<string, Preset>> = {
  cleanrl: {
    source: 'CleanRL dqn.py, for classic control at 500k steps',
    suits: { observation: 'vector' },
    config: {
      ...plain,
      network: [torchDense(120), torchDense(84)],
      learningRate: 2.5e-4,
      replaySize: 10_000,
      learningStarts: 10_000,
      batchSize: 128,
      trainEvery: 10,
      gradientSteps: 1,
      targetEvery: 500,
      epsilonEnd: 0.05,
      epsilonSteps: 250_000,
      loss: 'mse',
      gradientClip: 0,
    },
  },
  'sb3-zoo': {
    source: 'RL Baselines3 Zoo, CartPole-v1 at 50k steps',
    suits: { observation: 'vector' },
    config: {
      ...plain,
      network: [torchDense(256), torchDense(256)],
      learningRate: 2.3e-3,
      replaySize: 100_000,
      learningStarts: 1000,
      batchSize: 64,
      trainEvery: 256,
      gradientSteps: 128,
      targetEvery: 10,
      epsilonEnd: 0.04,
      epsilonSteps: 8000,
    },
  },
  'cart-pole': {
    source:
      'our setting for CartPole at 50k steps: the distribution of returns (C51), a higher initial and lower final learning rate, a longer average',
    config: {
      learningRate: 2e-3,
      learningRateEnd: 2e-5,
      learningRateSteps: 50_000,
      averageRate: 0.001,
      distribution: 'categorical',
      atoms: 26,
      // No return is above 1 / (1 − γ).
      lowestReturn: 0,
      highestReturn: 50,
    },
  },
  'sb3-zoo-mountain-car': {
    source: 'RL Baselines3 Zoo, MountainCar-v0 at 120k steps',
    suits: { observation: 'vector' },
    config: {
      ...plain,
      network: [dense(256), dense(256)],
      gamma: 0.98,
      learningRate: 4e-3,
      replaySize: 10_000,
      learningStarts: 1000,
      batchSize: 128,
      trainEvery: 16,
      gradientSteps: 8,
      targetEvery: 600,
      epsilonEnd: 0.07,
      epsilonSteps: 24_000,
    },
  },
  'mountain-car': {
    source:
      'our setting for MountainCar at 120k steps: the distribution of returns (C51), exploration and updates of sb3-zoo-mountain-car, a buffer that hardly forgets, otherwise our defaults with a longer average',
    config: {
      learningRate: 2e-3,
      learningRateEnd: 2e-5,
      learningRateSteps: 120_000,
      gamma: 0.99,
      averageRate: 0.001,
      replaySize: 100_000,
      trainEvery: 16,
      gradientSteps: 8,
      targetEvery: 600,
      epsilonEnd: 0.07,
      epsilonSteps: 24_000,
      distribution: 'categorical',
      atoms: 26,
      // No return is below −1 / (1 − γ).
      lowestReturn: -100,
      highestReturn: 0,
    },
  },
  minatar: {
    source: 'MinAtar examples/dqn.py, for its five games at 5M steps',
    config: {
      ...plain,
      network: 'auto',
      learningRate: 2.5e-4,
      optimizer: 'rmsprop',
      optimizerEpsilon: 0.01,
      replaySize: 100_000,
      learningStarts: 5000,
      batchSize: 32,
      trainEvery: 1,
      gradientSteps: 1,
      targetEvery: 1000,
      epsilonEnd: 0.1,
      epsilonSteps: 100_000,
      gradientClip: 0,
    },
  },
  dqn: {
    source: 'Hessel et al. 2018, rows of their comparison on our settings: DQN',
    config: plain,
  },
  double: {
    source: 'ibid.: DQN with double targets',
    config: { ...plain, double: true },
  },
  prioritized: {
    source: 'ibid.: double DQN with prioritized replay, α 0.6',
    config: { ...plain, double: true, prioritized: true, priorityExponent: 0.6 },
  },
  dueling: {
    source: 'ibid.: double DQN with dueling streams',
    config: { ...plain, double: true, dueling: true },
  },
  noisy: {
    source: 'ibid.: DQN with noisy networks instead of ε',
    config: { ...plain, noisy: true, epsilonStart: 0, epsilonEnd: 0 },
  },
  distributional: {
    source: 'ibid.: C51',
    config: { ...plain, distribution: 'categorical' },
  },
  'qr-dqn': {
    source: 'Dabney et al. 2018, on our settings',
    config: { ...plain, distribution: 'quantile' },
  },
  rainbow: {
    source:
      'Hessel et al. 2018: all improvements together, for CartPole: returns from -10 to 60, random actions at the start',
    config: {
      ...everything,
      gradientSteps: 4,
      noisySigma: 0.1,
      atoms: 31,
      lowestReturn: -10,
      highestReturn: 60,
    },
  },
  'dqn-arcade': {
    source:
      'DQN as first published, with the settings of rainbow-arcade apart from its switches and exploration',
    config: { ...plain, ...shortArcade, epsilonEnd: 0.02 },
  },
  'rainbow-arcade': {
    source:
      'Rainbow for short runs in the arcade: replay, batch, updates and σ₀ after Obando-Ceron & Castro 2021 (Revisiting Rainbow)',
    config: {
      ...plain,
      ...shortArcade,
      ...everything,
      noisySigma: 0.1,
      importanceSteps: 200_000,
      lowestReturn: -1,
      highestReturn: 19,
    },
  },
};
