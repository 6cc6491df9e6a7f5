/** Settings of SAC and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, number } from '#core/config.ts';
import * as fields from '#agents/fields.ts';
import * as replay from '#agents/replay-fields.ts';

export const sacConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  gamma: fields.gamma(0.99),
  targetRate: replay.softTargetRate(0.005),
  temperature: number({
    label: 'Initial temperature α',
    theme: 'Exploration',
    help: 'Weight of the entropy beside the reward at the start; from there it is tuned to the target entropy (Haarnoja et al. 2018).',
    default: 1,
    min: 0.0001,
    max: 100,
    scale: 'log',
  }),
  targetEntropy: number({
    label: 'Target entropy',
    theme: 'Exploration',
    help: 'Entropy that the temperature aims at: −1 times this per continuous action, or its share of the maximum for discrete ones.',
    default: 0.5,
    min: 0,
    max: 4,
  }),
  noiseSteps: integer({
    label: 'Steps per noise',
    theme: 'Exploration',
    help: 'Env steps that a continuous action keeps its noise: more push longer in one direction, where single pushes change little (Raffin et al. 2021).',
    unit: 'steps',
    default: 1,
    min: 1,
    max: 1000,
    scale: 'log',
  }),
  batchSize: replay.batchSize(128),
  trainEvery: replay.trainEvery(1),
  gradientSteps: replay.gradientSteps(1),
  learningStarts: replay.randomSteps(500),
  replaySize: replay.replaySize(100_000),
  gradientClip: fields.gradientClip(0),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  numEnvs: fields.numEnvs(1),
  network: fields.network(`64-64 for vectors, ${fields.IMAGES}`),
});

export type SacConfig = z.output<typeof sacConfig>;

const dense = { kind: 'dense', units: 256, activation: 'relu' } as const;

export const sacPresets: Readonly<Record<string, AgentPreset<z.input<typeof sacConfig>>>> = {
  'mountain-car': {
    source:
      'our setting for MountainCar, continuous: noise that lasts, and more random actions before learning starts',
    suits: { observation: 'vector', action: 'box' },
    config: { noiseSteps: 32, learningStarts: 4800 },
  },
  'sb3-zoo': {
    source: 'RL Baselines3 Zoo, Pendulum-v1 at 20k steps',
    suits: { observation: 'vector', action: 'box' },
    config: {
      learningRate: 1e-3,
      batchSize: 256,
      learningStarts: 100,
      replaySize: 1_000_000,
      targetEntropy: 1,
      network: [dense, dense],
    },
  },
  // src/rl/environments/pendulum/sac/cpu/training.h, then the defaults of algorithms/sac/sac.h and loop/core/config.h.
  'rltools-sac': {
    source: 'RLtools, SAC on Pendulum-v1 at 10k steps (whose log σ is cut off at −20; ours lies above −5)',
    suits: { observation: 'vector', action: 'box' },
    config: {
      batchSize: 100, // ACTOR_BATCH_SIZE, CRITIC_BATCH_SIZE
      replaySize: 10_000, // REPLAY_BUFFER_CAP = STEP_LIMIT
      gamma: 0.99, // GAMMA
      targetRate: 0.005, // 1 − CRITIC_POLYAK
      temperature: 0.5, // ALPHA
      targetEntropy: 1, // TARGET_ENTROPY = −ACTION_DIM
      trainEvery: 1, // CRITIC_TRAINING_INTERVAL, ACTOR_TRAINING_INTERVAL, CRITIC_TARGET_UPDATE_INTERVAL
      gradientSteps: 1,
      learningStarts: 100, // N_WARMUP_STEPS, N_WARMUP_STEPS_CRITIC, N_WARMUP_STEPS_ACTOR
      numEnvs: 1, // N_ENVIRONMENTS
      learningRate: 1e-3, // ALPHA of DEFAULT_PARAMETERS_TENSORFLOW
      optimizerEpsilon: 1e-7, // EPSILON of DEFAULT_PARAMETERS_TENSORFLOW
      gradientClip: 0, // ENABLE_GRADIENT_CLIPPING = false
      // ACTOR_HIDDEN_DIM, CRITIC_HIDDEN_DIM = 64, NUM_LAYERS = 3 with the output's, RELU, KaimingUniform as in PyTorch
      network: [
        { kind: 'dense', units: 64, activation: 'relu', init: 'fanIn' },
        { kind: 'dense', units: 64, activation: 'relu', init: 'fanIn' },
      ],
    },
  },
};
