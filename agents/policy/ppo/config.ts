/** Settings of PPO and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { choice, integer, number, toggle } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

export const ppoConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  lambda: fields.gaeLambda(0.95),
  clip: number({
    label: 'Clip range',
    theme: 'Learning',
    help: 'How far the probability ratio of an action may move from 1 before its gradient vanishes (Schulman et al. 2017).',
    default: 0.2,
    min: 0.01,
    max: 1,
    live: true,
  }),
  clipValue: toggle({
    label: 'Clip the value loss',
    theme: 'Values and advantages',
    help: 'Keeps the value within the clip range of its old estimate as well; it seldom helps (Andrychowicz et al. 2021).',
    default: false,
  }),
  entropyCoefficient: fields.entropyCoefficient(0.01),
  noveltyBonus: number({
    label: 'Novelty bonus',
    theme: 'Exploration',
    help: 'Reward for an observation that is new in its episode, divided by the root of how often it has been (Tang et al. 2017).',
    default: 0,
    off: 0,
    min: 0,
    max: 10,
    scale: 'log',
  }),
  valueCoefficient: fields.valueCoefficient(0.5),
  numEnvs: fields.numEnvs(8),
  steps: fields.steps(64),
  epochs: fields.epochs(4),
  minibatches: fields.minibatches(4),
  normaliseAdvantages: fields.normaliseAdvantages(
    true,
    'Scales the advantages of a minibatch to mean 0 and standard deviation 1; this amplifies noise where rewards are rare.',
  ),
  gradientClip: fields.gradientClip(0.5),
  optimizerEpsilon: fields.optimizerEpsilon(1e-5),
  network: fields.policyNetwork(),
  shared: fields.shared(false),
  memory: choice({
    options: ['none', 'gru', 'lstm'],
    label: 'Memory',
    theme: 'Network',
    help: 'A recurrent layer behind the hidden ones, for worlds that show only a part of their state (Hausknecht & Stone 2015).',
    default: 'none',
  }),
  memorySize: integer({
    label: 'Memory size',
    theme: 'Network',
    help: 'Units of the recurrent layer: more remember more, and cost more.',
    default: 64,
    min: 1,
    max: 1024,
    scale: 'log',
    when: { field: 'memory', is: ['gru', 'lstm'] },
  }),
  sequenceLength: integer({
    label: 'Sequence length',
    theme: 'Network',
    help: 'Steps of back-propagation through time; it must divide the steps per rollout, and is cut to them (Werbos 1990).',
    unit: 'steps',
    default: 16,
    min: 1,
    max: 1024,
    scale: 'log',
    formerly: ['sequence'],
    // Layers of one's own may be recurrent too.
    when: { field: 'memory', is: ['gru', 'lstm'], or: 'network' },
  }),
});

export type PpoConfig = z.output<typeof ppoConfig>;

const MINIGRID: z.input<typeof ppoConfig> = {
  learningRate: 1e-3,
  normaliseAdvantages: false,
  numEnvs: 32,
  steps: 64,
  shared: true,
  network: [
    { kind: 'flatten' },
    { kind: 'dense', units: 64, activation: 'tanh' },
    { kind: 'dense', units: 64, activation: 'tanh' },
  ],
};

export const ppoPresets: Readonly<Record<string, AgentPreset<z.input<typeof ppoConfig>>>> = {
  cleanrl: {
    source: 'CleanRL ppo.py, for classic control at 500k steps',
    config: { learningRate: 2.5e-4, learningRateSteps: 500_000, clipValue: true, numEnvs: 4, steps: 128 },
  },
  'sb3-zoo': {
    source: 'RL Baselines3 Zoo, CartPole-v1 at 100k steps (where the clip range decays to 0 as well)',
    config: {
      learningRate: 1e-3,
      learningRateSteps: 100_000,
      gamma: 0.98,
      lambda: 0.8,
      entropyCoefficient: 0,
      numEnvs: 8,
      steps: 32,
      epochs: 20,
      minibatches: 1,
    },
  },
  // src/rl/environments/pendulum/ppo/cpu/config.h, then the defaults of algorithms/ppo/ppo.h and optimizers/adam/adam.h.
  'rltools-ppo': {
    source: 'RLtools, PPO on Pendulum-v1 at 300k steps (whose policy starts at σ = 2; ours at 1)',
    suits: { observation: 'vector', action: 'box' },
    config: {
      numEnvs: 4, // N_ENVIRONMENTS
      steps: 1024, // ON_POLICY_RUNNER_STEPS_PER_ENV
      minibatches: 16, // BATCH_SIZE = 256
      epochs: 2, // N_EPOCHS
      gamma: 0.9, // GAMMA
      entropyCoefficient: 0, // ACTION_ENTROPY_COEFFICIENT
      lambda: 0.95, // LAMBDA
      clip: 0.2, // EPSILON_CLIP
      normaliseAdvantages: true, // NORMALIZE_ADVANTAGE
      valueCoefficient: 1, // half the squared error
      learningRate: 1e-3, // ALPHA
      optimizerEpsilon: 1e-8, // EPSILON of DEFAULT_PARAMETERS_PYTORCH
      gradientClip: 0, // ENABLE_GRADIENT_CLIPPING = false
      // ACTOR_HIDDEN_DIM, CRITIC_HIDDEN_DIM = 64, NUM_LAYERS = 3 with the output's, RELU, KaimingUniform as in PyTorch
      network: [
        { kind: 'dense', units: 64, activation: 'relu', init: 'fanIn' },
        { kind: 'dense', units: 64, activation: 'relu', init: 'fanIn' },
      ],
    },
  },
  'cart-pole': {
    source: 'our setting for CartPole at 30k steps',
    config: { learningRate: 3e-3, entropyCoefficient: 0 },
  },
  'lunar-lander': {
    source: 'our setting for LunarLander at 500k steps',
    config: {
      learningRate: 1e-3,
      learningRateSteps: 500_000,
      // What is beside the pad sixty steps before touching down crashes.
      gamma: 0.995,
      lambda: 0.98,
      numEnvs: 16,
      steps: 256,
      epochs: 8,
      minibatches: 32,
    },
  },
  'sb3-zoo-minigrid-door-key': {
    source:
      'RL Baselines3 Zoo, MiniGrid-DoorKey-5x5 at 100k steps, with an entropy bonus added (and normalised observations: `--wrap normaliseObservation=true`)',
    config: {
      learningRate: 2.5e-4,
      numEnvs: 8,
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
      'our setting for MiniGrid-DoorKey-5x5 at 200k steps: advantages not normalised, a decaying learning rate (and normalised observations: `--wrap normaliseObservation=true`)',
    config: {
      learningRate: 1e-3,
      learningRateSteps: 200_000,
      normaliseAdvantages: false,
      numEnvs: 16,
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
  minigrid: {
    source:
      'our setting for the MiniGrid family at full speed: minigrid-door-key at a constant learning rate, with one network and more environments',
    config: MINIGRID,
  },
  'minigrid-curious': {
    source: 'minigrid with a novelty bonus and less entropy: our setting for RedBlueDoors',
    config: { ...MINIGRID, entropyCoefficient: 0.003, noveltyBonus: 0.1 },
  },
  'minigrid-rare': {
    source:
      'minigrid for worlds whose rewards are rare: a novelty bonus, less entropy, and credit that reaches further back',
    config: { ...MINIGRID, gamma: 0.995, lambda: 0.98, entropyCoefficient: 0.003, noveltyBonus: 0.02 },
  },
  'rl-starter-files': {
    suits: { observation: 'planes' },
    source:
      'rl-starter-files with torch-ac, MiniGrid DoorKey-5x5 (16 environments, batches of 256; its convolutions without the last)',
    config: {
      numEnvs: 16,
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
    source: 'our setting for the world Memory at 20k steps: a GRU, for delays of up to 10 steps',
    config: {
      learningRate: 2e-3,
      learningRateSteps: 20_000,
      epochs: 8,
      memory: 'gru',
      memorySize: 32,
      sequenceLength: 16,
    },
  },
  'minigrid-memory': {
    suits: { observation: 'planes' },
    source:
      'our setting for MiniGrid Memory at 800k steps: an LSTM behind a layer over single cells (with `--wrap oneHotPlanes=true --wrap normaliseObservation=true`)',
    config: {
      learningRate: 1e-3,
      gamma: 0.998,
      entropyCoefficient: 0.03,
      noveltyBonus: 0.02,
      numEnvs: 32,
      steps: 64,
      shared: true,
      memory: 'lstm',
      sequenceLength: 16,
      network: [
        { kind: 'conv2d', filters: 8, size: 1, activation: 'relu' },
        { kind: 'flatten' },
        { kind: 'dense', units: 64, activation: 'tanh' },
      ],
    },
  },
  minatar: {
    source: "our setting for MinAtar's games, after pgx: many environments, one network",
    config: {
      learningRate: 5e-4,
      numEnvs: 32,
      steps: 128,
      epochs: 4,
      minibatches: 4,
      shared: true,
    },
  },
  'arcade-dense': {
    source:
      'our setting for the arcade at full speed: dense layers, a fraction of the work of convolutions, so more of the game in the same time',
    config: {
      learningRate: 1e-3,
      numEnvs: 64,
      steps: 32,
      epochs: 3,
      shared: true,
      network: [
        { kind: 'flatten' },
        { kind: 'dense', units: 128, activation: 'relu' },
        { kind: 'dense', units: 128, activation: 'relu' },
      ],
    },
  },
  arcade: {
    source: 'minatar for short runs: a higher learning rate, decaying over 1M steps',
    config: {
      learningRate: 2e-3,
      learningRateSteps: 1_000_000,
      numEnvs: 32,
      steps: 128,
      epochs: 4,
      minibatches: 4,
      shared: true,
    },
  },
};
